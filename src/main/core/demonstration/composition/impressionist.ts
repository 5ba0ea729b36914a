/** Impressionist: long chords planed along the whole-tone scale, short sweeps, wide registers, deep held bass notes. */
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
import { bassNote, rest, sound } from './lines'
import { major, minor, progression, type BarPlan, type Hand, type IdiomRules } from './plan'

/** How often a chord is rolled. */
const ROLLED = 0.6

/** The whole-tone index nearest to a line: six tones for every seven lines. */
function toneAt(line: number): number {
  return Math.round((line * 6) / 7)
}

/** Every other tone of the scale below the given one: an augmented chord, with a ninth where chords are full. */
function planed(plan: BarPlan, tone: number): Pitch[] {
  const below = [6, 4, 2].slice(4 - plan.chordNotes)
  return [...below.map((distance) => wholeTone(tone - distance)), wholeTone(tone)]
}

/** One chord a step or two along the scale from the last, rolled more often than not. */
function planedChord(plan: BarPlan, hand: Hand, ticks: number): Sound {
  const limit = toneAt(hand.centre + hand.reach)
  const tone = toneAt(hand.line)
  const next = tone >= limit ? tone - 2 : tone + plan.chance.pick([-2, -1, 1, 2])
  hand.line = Math.max(hand.centre - hand.reach, Math.round((next * 7) / 6))
  const chord = sound(ticks, planed(plan, toneAt(hand.line)), ticks === QUARTER ? 'ten' : undefined)
  return plan.chance.happens(ROLLED) ? { ...chord, ornament: 'arpeggio' } : chord
}

/** A sweep of two eighths, four sixteenths or eight thirty-seconds along the scale. */
function arabesque(plan: BarPlan, hand: Hand): Sound[] {
  const step = plan.chance.happens(0.2) ? THIRTY_SECOND : plan.chance.pick([SIXTEENTH, EIGHTH])
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

/** A chord that is held, a sweep, and silence or another chord; every fourth bar is one chord. */
function colours(plan: BarPlan, hand: Hand): Sound[] {
  if (plan.index % 3 === 2) hand.line = hand.centre + 11
  else if (Math.abs(hand.line - hand.centre) > hand.reach) hand.line = hand.centre
  const ticks = barTicks(plan.meter)
  if (plan.cadence) return [planedChord(plan, hand, ticks)]
  const held = planedChord(plan, hand, HALF)
  const first = plan.chance.happens(0.4)
    ? { ...held, grace: wholeTone(toneAt(held.pitches.at(-1)?.line ?? hand.line) + 1) }
    : held
  const sweep = arabesque(plan, hand)
  if (ticks === HALF + QUARTER) return [first, ...sweep]
  return [first, ...sweep, plan.chance.happens(0.5) ? rest(QUARTER) : planedChord(plan, hand, QUARTER)]
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
  spacing: 'airy',
  pedalled: false,
  sungRhythms: () => [[QUARTER], [HALF], [HALF], [DOTTED_QUARTER, EIGHTH]],
  melody: colours,
  right: colours,
  inner: (plan, hand) => [planedChord(plan, hand, barTicks(plan.meter))],
  left(plan, hand) {
    const ticks = barTicks(plan.meter)
    const low = bassNote(plan, 0, hand, true)
    const middle = toneAt(hand.centre + 2) + plan.chance.integer(-2, 2)
    if (plan.cadence) {
      const held = planed(plan, middle).filter(({ line }) => line > (low.at(-1)?.line ?? line) + 1)
      return [sound(ticks, [...low, ...held])]
    }
    const ripples = rippling(plan, hand)
    if (ticks === HALF + QUARTER) return [sound(HALF, low), ...ripples]
    return [sound(HALF, low), ...ripples, sound(QUARTER, planed(plan, middle))]
  },
}

/** Four sixteenths up through every other tone of the scale. */
function rippling(plan: BarPlan, hand: Hand): Sound[] {
  const start = toneAt(hand.centre - 4) + plan.chance.integer(0, 2)
  return [0, 2, 4, 6].map((step) => sound(SIXTEENTH, [wholeTone(start + step)]))
}
