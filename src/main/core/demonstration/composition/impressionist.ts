/** Impressionist: chords planed along the whole-tone scale, arabesques, wide registers, long bass notes. */
import {
  barTicks,
  DOTTED_QUARTER,
  EIGHTH,
  HALF,
  QUARTER,
  SIXTEENTH,
  THIRTY_SECOND,
  type Sound,
} from '../notation'
import { wholeTone, type Pitch } from '../pitch'
import { bassNote, fillRhythm, pitchAt, sound, walk } from './lines'
import { major, minor, progression, type BarPlan, type Hand, type IdiomRules } from './plan'

/** The whole-tone index nearest to a line: six tones for every seven lines. */
function toneAt(line: number): number {
  return Math.round((line * 6) / 7)
}

/** Every other tone of the scale below the given one: an augmented chord, with a ninth where chords are full. */
function planed(plan: BarPlan, tone: number): Pitch[] {
  const below = [6, 4, 2].slice(4 - plan.chordNotes)
  return [...below.map((distance) => wholeTone(tone - distance)), wholeTone(tone)]
}

function planing(plan: BarPlan, hand: Hand, ticks: number): Sound[] {
  const rhythm = fillRhythm(plan.chance, ticks, [[EIGHTH, EIGHTH], [QUARTER], [EIGHTH, SIXTEENTH, SIXTEENTH]])
  let tone = toneAt(hand.line)
  return rhythm.map((length) => {
    const limit = toneAt(hand.centre + hand.reach)
    tone += tone >= limit ? -1 : plan.chance.pick([-1, -1, 1, 1, 2])
    hand.line = Math.max(hand.centre - hand.reach, Math.round((tone * 7) / 6))
    tone = toneAt(hand.line)
    return sound(length, planed(plan, tone), length === QUARTER ? 'ten' : undefined)
  })
}

/** A sweep of eight thirty-seconds or four sixteenths along the scale. */
function arabesque(plan: BarPlan, hand: Hand): Sound[] {
  const step = plan.chance.happens(0.6) ? THIRTY_SECOND : SIXTEENTH
  const count = QUARTER / step
  const rises = hand.line < hand.centre + 3
  const start = toneAt(hand.line)
  const sounds = Array.from({ length: count }, (_, place) => {
    const turn = place % 4 === 3 ? place - 2 : place
    return sound(step, [wholeTone(rises ? start + turn : start - turn)])
  })
  hand.line = sounds.at(-1)?.pitches[0]?.line ?? hand.line
  return sounds
}

function colours(plan: BarPlan, hand: Hand): Sound[] {
  if (plan.index % 5 === 4) hand.line = hand.centre + 11
  else if (Math.abs(hand.line - hand.centre) > hand.reach) hand.line = hand.centre
  const beats = barTicks(plan.meter) / QUARTER
  const sounds: Sound[] = []
  for (let beat = 0; beat < beats;) {
    const sweeps = plan.chance.happens(0.45) || beats - beat < 2
    sounds.push(...(sweeps ? arabesque(plan, hand) : planing(plan, hand, HALF)))
    beat += sweeps ? 1 : 2
  }
  const [first] = sounds
  const decorated = first !== undefined && first.pitches.length > 0 && plan.chance.happens(0.4)
  return decorated
    ? [
        { ...first, grace: wholeTone(toneAt(first.pitches.at(-1)?.line ?? hand.line) + 1) },
        ...sounds.slice(1),
      ]
    : sounds
}

export const impressionist: IdiomRules = {
  titles: ['Arabesque', 'Prelude', 'Image', 'Reflection'],
  numbered: true,
  tempos: ['Lent et calme', 'Modéré, sans rigueur', 'Très doux'],
  tempoChanges: ['cédez', 'au mouvement', 'en animant', 'retenu'],
  meters: [
    { count: 3, unit: 4 },
    { count: 4, unit: 4 },
  ],
  keys: [major(0), major(-2), major(3), minor(1), minor(-1), major(5)],
  progressions: [
    progression('1', '1', '7', '2', '6', '6', '3', '5'),
    progression('1', '2', '3', '2', '4', '3', '7', '5'),
  ],
  chordSymbols: false,
  sungRhythms: () => [
    [QUARTER],
    [EIGHTH, EIGHTH],
    [DOTTED_QUARTER, EIGHTH],
    [QUARTER, EIGHTH, EIGHTH],
    [HALF],
  ],
  melody(plan, hand) {
    if (plan.index % 2 === 0) return colours(plan, hand)
    const ticks = barTicks(plan.meter)
    const rhythm = fillRhythm(plan.chance, ticks, [
      [QUARTER],
      [DOTTED_QUARTER, EIGHTH],
      [HALF],
      [EIGHTH, SIXTEENTH, SIXTEENTH],
    ])
    return walk(plan, hand, rhythm, 0.4).map((line, place) =>
      sound(rhythm[place] ?? QUARTER, [pitchAt(plan, 0, line)]),
    )
  },
  right: colours,
  left(plan, hand) {
    const ticks = barTicks(plan.meter)
    const low = bassNote(plan, 0, hand, plan.chordNotes >= 3)
    const middle = toneAt(hand.centre + 2) + plan.chance.integer(-2, 2)
    if (plan.index % 4 === 3) {
      const held = planed(plan, middle).filter(({ line }) => line > (low[0]?.line ?? line) + 1)
      return [sound(ticks, [...low.slice(0, 1), ...held])]
    }
    if (plan.index % 4 === 1) return rippling(plan, hand, ticks)
    const first = plan.index % 4 === 0 ? QUARTER : HALF
    const after = Array.from({ length: (ticks - first) / QUARTER }, (_, place) =>
      sound(QUARTER, planed(plan, middle + plan.chance.integer(-1, 1) + place)),
    )
    return [sound(first, low), ...after]
  },
}

/** Sixteenths that rise and fall through every other tone of the scale. */
function rippling(plan: BarPlan, hand: Hand, ticks: number): Sound[] {
  const start = toneAt(hand.centre - 4) + plan.chance.integer(0, 2)
  const shape = [0, 2, 4, 6, 8, 6, 4, 2]
  return Array.from({ length: ticks / SIXTEENTH }, (_, place) =>
    sound(SIXTEENTH, [wholeTone(start + (shape[place % shape.length] ?? 0))]),
  )
}
