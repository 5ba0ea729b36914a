/** Pop-Rock: a syncopated, repetitive tune under chord symbols, over pulsing eighths. */
import { barTicks, DOTTED_QUARTER, EIGHTH, HALF, QUARTER, SIXTEENTH, type Sound } from '../notation'
import { rootBelow } from '../pitch'
import { onsets, pitchAt, pulsing, rest, sound, thickened, walk } from './lines'
import { harmonyAt, major, minor, progression, type BarPlan, type Hand, type IdiomRules } from './plan'

/** Half bars. */
const RIFFS = [
  [EIGHTH, EIGHTH, EIGHTH, EIGHTH],
  [EIGHTH, QUARTER, EIGHTH],
  [DOTTED_QUARTER, EIGHTH],
  [EIGHTH, SIXTEENTH, SIXTEENTH, QUARTER],
  [SIXTEENTH, EIGHTH, SIXTEENTH, EIGHTH, EIGHTH],
]

/** Places among the eighths of a bar. */
const BACKBEATS = [2, 6]

/** A riff repeats its pitch as often as it moves. */
function riff(plan: BarPlan, hand: Hand): Sound[] {
  const halves = barTicks(plan.meter) / HALF
  const rhythm = Array.from({ length: halves }, () => plan.chance.pick(RIFFS)).flat()
  const starts = onsets(rhythm)
  let held: number | null = null
  const sounds = walk(plan, hand, rhythm, 0.25).map((line, place): Sound => {
    const onset = starts[place] ?? 0
    const repeats = held !== null && plan.chance.happens(0.45)
    held = repeats && held !== null ? held : line
    return sound(rhythm[place] ?? EIGHTH, thickened(plan, onset, held))
  })
  const last = sounds.at(-1)
  if (!plan.cadence || last === undefined) return sounds
  return [...sounds.slice(0, -1), rest(last.ticks)]
}

export const popRock: IdiomRules = {
  titles: ['Neon Harbour', 'Paper Satellites', 'Run the Red Light', 'Second-Hand Summer'],
  numbered: false,
  tempos: ['Driving rock', 'Medium groove', 'Steady ballad'],
  tempoChanges: ['half-time feel', 'tempo primo', 'build'],
  meters: [{ count: 4, unit: 4 }],
  keys: [major(2), major(1), major(4), major(0), minor(0), minor(1), major(3)],
  progressions: [
    progression('1', '5', '6', '4', '1', '5', '6', '4', '6', '4', '1', '5', '6', '4', '5', '5'),
    progression('6', '4', '1', '5', '6', '4', '1', '5', '2', '4', '6', '5', '2', '4', '57', '57'),
  ],
  chordSymbols: true,
  spacing: 'usual',
  pedalled: false,
  sungRhythms: () => [...RIFFS, [QUARTER, QUARTER]],
  melody: riff,
  right(plan, hand, accompanying) {
    if (!accompanying) return riff(plan, hand)
    return pulsing(plan, { ticks: EIGHTH, top: hand.centre + 3, notes: 3, accented: BACKBEATS })
  },
  inner(plan, hand) {
    return pulsing(plan, { ticks: EIGHTH, top: hand.centre + 1, notes: 2, accented: BACKBEATS })
  },
  left(plan, hand) {
    const eighths = barTicks(plan.meter) / EIGHTH
    return Array.from({ length: eighths }, (_, place) => {
      const onset = place * EIGHTH
      const root = rootBelow(plan.key, harmonyAt(plan, onset), hand.centre)
      if (place % 4 === 3)
        return sound(EIGHTH, [pitchAt(plan, onset, root + 7 > hand.centre + 7 ? root : root + 7)])
      const power = [pitchAt(plan, onset, root), pitchAt(plan, onset, root + 4)]
      return sound(EIGHTH, plan.chordNotes >= 3 ? power : [pitchAt(plan, onset, root)])
    })
  },
}
