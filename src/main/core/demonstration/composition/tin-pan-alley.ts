/** Tin Pan Alley: a singable tune, doubled in chords by the right hand, over bass and afterbeat. */
import {
  barTicks,
  DOTTED_EIGHTH,
  DOTTED_HALF,
  EIGHTH,
  HALF,
  QUARTER,
  SIXTEENTH,
  WHOLE,
  type Sound,
} from '../notation'
import {
  bassNote,
  chordBelow,
  fillRhythm,
  lowerNeighbour,
  onsets,
  pulsing,
  rest,
  sound,
  thickened,
  walk,
} from './lines'
import { major, minor, progression, type BarPlan, type Hand, type IdiomRules } from './plan'

const TUNE = [
  [DOTTED_EIGHTH, SIXTEENTH, QUARTER, HALF],
  [QUARTER, DOTTED_EIGHTH, SIXTEENTH, HALF],
  [HALF, DOTTED_EIGHTH, SIXTEENTH, QUARTER],
  [DOTTED_EIGHTH, SIXTEENTH, DOTTED_EIGHTH, SIXTEENTH, HALF],
  [DOTTED_EIGHTH, SIXTEENTH, DOTTED_EIGHTH, SIXTEENTH, QUARTER, QUARTER],
  [DOTTED_HALF, DOTTED_EIGHTH, SIXTEENTH],
]

function tune(plan: BarPlan, hand: Hand): Sound[] {
  const rhythm = plan.cadence ? [DOTTED_HALF] : fillRhythm(plan.chance, barTicks(plan.meter), TUNE)
  const starts = onsets(rhythm)
  const sounds = walk(plan, hand, rhythm, 0.35).map((line, place): Sound => {
    const onset = starts[place] ?? 0
    const length = rhythm[place] ?? QUARTER
    if (length <= QUARTER && onset > 0 && plan.chance.happens(0.2))
      return sound(length, [lowerNeighbour(plan, line + 1)])
    return sound(length, thickened(plan, onset, line))
  })
  return plan.cadence ? [...sounds, rest(QUARTER)] : sounds
}

export const tinPanAlley: IdiomRules = {
  titles: ['When the Lamps Are Low', 'Sailing Down the Avenue', 'A Penny for the Moon', 'Roses on the Rail'],
  numbered: false,
  tempos: ['Moderato', 'Slowly, with expression', 'Tempo di ballad'],
  tempoChanges: ['rall.', 'a tempo', 'colla voce'],
  meters: [{ count: 4, unit: 4 }],
  keys: [major(-3), major(-2), major(-1), major(0), major(1), minor(-1)],
  progressions: [
    progression(
      '1',
      '1 6x',
      '2x',
      '57',
      '1',
      '6x',
      '27 57',
      '1',
      '4',
      '4',
      '1',
      '6x',
      '2x',
      '2x',
      '57',
      '57',
    ),
    progression('1', '3x', '6x', '6x', '2x', '57', '1', '57', '1', '3x', '4', '4', '1 6x', '27 57', '1', '1'),
  ],
  chordSymbols: true,
  spacing: 'airy',
  pedalled: false,
  sungRhythms: () => [...TUNE, [WHOLE], [HALF, HALF]],
  melody: tune,
  right(plan, hand, accompanying) {
    if (!accompanying) return tune(plan, hand)
    const doubled = tune(plan, hand).filter(({ pitches }) => pitches.length > 0)
    return plan.cadence ? [sound(HALF, chordBelow(plan, 0, hand.centre + 3)), ...fill(plan, hand)] : doubled
  },
  inner: (plan, hand) => pulsing(plan, { ticks: QUARTER, top: hand.centre + 1, notes: 2 }),
  left(plan, hand) {
    return [0, 1].flatMap((half) => {
      const onset = half * HALF
      const low = bassNote(plan, onset, hand, plan.chordNotes >= 3)
      const chord = chordBelow(plan, onset, hand.centre + 4)
      const doubled = half === 1 && plan.chance.happens(0.5)
      return [
        sound(QUARTER, low),
        ...(doubled ? [EIGHTH, EIGHTH] : [QUARTER]).map((ticks) => sound(ticks, chord)),
      ]
    })
  },
}

/** The piano answers where the singer breathes. */
function fill(plan: BarPlan, hand: Hand): Sound[] {
  const rhythm = [EIGHTH, EIGHTH, EIGHTH, EIGHTH]
  return walk(plan, hand, rhythm, 0.2).map((line, place) =>
    sound(EIGHTH, thickened(plan, HALF + place * EIGHTH, line)),
  )
}
