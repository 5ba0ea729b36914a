/** Ragtime: a syncopated right hand in octaves and chords over a striding bass. */
import { EIGHTH, QUARTER, SIXTEENTH, type Sound } from '../notation'
import { chordBelow, bassNote, lowerNeighbour, onsets, pitchAt, sound, thickened, walk } from './lines'
import { harmonyAt, major, progression, type BarPlan, type Hand, type IdiomRules } from './plan'
import { chordToneFrom, type Pitch } from '../pitch'

/** Whole bars of two-four, each against the beat. */
const SYNCOPATIONS = [
  [SIXTEENTH, EIGHTH, SIXTEENTH, EIGHTH, EIGHTH],
  [SIXTEENTH, EIGHTH, SIXTEENTH, SIXTEENTH, EIGHTH, SIXTEENTH],
  [EIGHTH, SIXTEENTH, EIGHTH, SIXTEENTH, EIGHTH],
  [SIXTEENTH, SIXTEENTH, SIXTEENTH, EIGHTH, SIXTEENTH, EIGHTH],
  [SIXTEENTH, SIXTEENTH, SIXTEENTH, SIXTEENTH, SIXTEENTH, EIGHTH, SIXTEENTH],
]

function syncopated(plan: BarPlan, hand: Hand): Sound[] {
  const rhythm = plan.cadence ? [EIGHTH, EIGHTH, QUARTER] : plan.chance.pick(SYNCOPATIONS)
  const starts = onsets(rhythm)
  return walk(plan, hand, rhythm, 0.6).map((line, place) => {
    const onset = starts[place] ?? 0
    const length = rhythm[place] ?? EIGHTH
    const offbeat = length === EIGHTH && onset % EIGHTH !== 0
    if (length === SIXTEENTH && plan.chance.happens(0.2))
      return sound(length, [lowerNeighbour(plan, line + 1)])
    const chordLine = length >= EIGHTH ? chordToneFrom(plan.key, harmonyAt(plan, onset), line, 0) : line
    const pitches =
      length >= EIGHTH ? inOctaves(thickened(plan, onset, chordLine)) : [pitchAt(plan, onset, line)]
    return sound(length, pitches, offbeat && plan.chance.happens(0.4) ? 'acc' : undefined)
  })
}

/** With the highest note doubled an octave below, as the right hand of a rag has it. */
function inOctaves(pitches: readonly Pitch[]): Pitch[] {
  const top = pitches.at(-1)
  if (top === undefined) return []
  const low = { line: top.line - 7, alter: top.alter }
  return [low, ...pitches.filter(({ line }) => line > low.line)]
}

export const ragtime: IdiomRules = {
  titles: ['Paper Moon Rag', 'Inkwell Rag', 'Sycamore Rag', 'Ferryboat Rag'],
  numbered: false,
  tempos: ['Tempo di marcia', 'Not fast', 'Slow march tempo'],
  tempoChanges: ['rit.', 'a tempo'],
  meters: [{ count: 2, unit: 4 }],
  keys: [major(-1), major(-2), major(-3), major(-4), major(0)],
  progressions: [
    progression('1', '57', '57', '1', '1', '6x', '2x', '57', '1', '57', '57', '1', '4', '1', '2x 57', '1'),
    progression('4', '4', '1', '1', '57', '57', '1', '1', '4', '4', '1', '6x', '2x', '57', '1', '1'),
  ],
  chordSymbols: false,
  spacing: 'close',
  pedalled: false,
  sungRhythms: () => [
    [EIGHTH, EIGHTH],
    [QUARTER],
    [SIXTEENTH, EIGHTH, SIXTEENTH],
    [EIGHTH, SIXTEENTH, SIXTEENTH],
  ],
  melody: syncopated,
  right(plan, hand, accompanying) {
    if (!accompanying || plan.chance.happens(0.7)) return syncopated(plan, hand)
    return [0, 1, 2, 3].map((eighth) => sound(EIGHTH, chordBelow(plan, eighth * EIGHTH, hand.centre + 2)))
  },
  inner: (plan, hand) => syncopated(plan, hand),
  left(plan, hand) {
    return [0, 1].flatMap((beat) => {
      const onset = beat * QUARTER
      const low = bassNote(plan, onset, hand, true)
      return [
        sound(EIGHTH, low),
        sound(EIGHTH, chordBelow(plan, onset, hand.centre + 5, Math.max(3, plan.chordNotes))),
      ]
    })
  },
}
