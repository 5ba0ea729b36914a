/** Classical: a periodic tune with turns and rests over broken chords. */
import {
  barTicks,
  DOTTED_QUARTER,
  EIGHTH,
  HALF,
  QUARTER,
  SIXTEENTH,
  DOTTED_EIGHTH,
  type Sound,
} from '../notation'
import { chordToneFrom, rootBelow } from '../pitch'
import {
  bassNote,
  chordBelow,
  fillRhythm,
  lowerNeighbour,
  onsets,
  pitchAt,
  rest,
  sound,
  thickened,
  walk,
} from './lines'
import { harmonyAt, major, minor, progression, type BarPlan, type Hand, type IdiomRules } from './plan'

const TUNE = [
  [QUARTER],
  [QUARTER, EIGHTH, EIGHTH],
  [DOTTED_QUARTER, EIGHTH],
  [EIGHTH, EIGHTH],
  [EIGHTH, EIGHTH, EIGHTH, EIGHTH],
  [DOTTED_EIGHTH, SIXTEENTH],
  [SIXTEENTH, SIXTEENTH, SIXTEENTH, SIXTEENTH],
]

/** How often an eighth off the beat is a rest: the tune breathes. */
const SILENCE = 0.45

function tune(plan: BarPlan, hand: Hand): Sound[] {
  const ticks = barTicks(plan.meter)
  const rhythm = fillRhythm(plan.chance, plan.cadence ? ticks - QUARTER : ticks, TUNE)
  const starts = onsets(rhythm)
  const sounds = walk(plan, hand, rhythm, 0.3).map((line, place): Sound => {
    const onset = starts[place] ?? 0
    const length = rhythm[place] ?? QUARTER
    const pitches =
      length >= EIGHTH && onset % QUARTER === 0 ? thickened(plan, onset, line) : [pitchAt(plan, onset, line)]
    if (length === EIGHTH && onset % QUARTER !== 0 && plan.chance.happens(SILENCE)) return rest(length)
    if (length === EIGHTH && plan.chance.happens(0.6)) return sound(length, pitches, 'stacc')
    if (length < QUARTER) return sound(length, pitches)
    if (plan.chance.happens(0.3)) return { ...sound(length, pitches), grace: lowerNeighbour(plan, line) }
    return plan.chance.happens(0.25)
      ? { ...sound(length, pitches), ornament: 'turn' }
      : sound(length, pitches)
  })
  return plan.cadence ? [...sounds, rest(QUARTER)] : sounds
}

/** Alberti's figure: low, high, middle, high, always single notes; where chords are full, the first is doubled. */
function brokenChord(plan: BarPlan, hand: Hand, onset: number): Sound[] {
  const harmony = harmonyAt(plan, onset)
  const low = rootBelow(plan.key, harmony, hand.centre)
  const tone = (place: number) => pitchAt(plan, onset, chordToneFrom(plan.key, harmony, low, place))
  return [0, 2, 1, 2].map((place, stroke) =>
    sound(EIGHTH, stroke === 0 ? bassNote(plan, onset, hand) : [tone(place)]),
  )
}

export const classical: IdiomRules = {
  titles: ['Sonatina', 'Rondo', 'Minuet', 'Divertimento'],
  numbered: true,
  tempos: ['Allegro con brio', 'Andante grazioso', 'Allegretto'],
  tempoChanges: ['poco rit.', 'a tempo', 'calando'],
  meters: [
    { count: 4, unit: 4 },
    { count: 2, unit: 4 },
  ],
  keys: [major(0), major(1), major(2), major(3), major(-1), major(-2), major(-3), minor(-3), minor(0)],
  progressions: [
    progression('1', '1', '57', '1', '4', '1', '2 57', '1', '5', '57', '1', '5', '1', '4', '1 57', '1'),
    progression('1', '57', '57', '1', '6', '2', '5', '5', '1', '57', '1', '4', '2', '1', '57', '1'),
  ],
  chordSymbols: false,
  spacing: 'usual',
  pedalled: false,
  sungRhythms: () => [
    [QUARTER],
    [QUARTER, QUARTER],
    [HALF],
    [EIGHTH, EIGHTH],
    [DOTTED_QUARTER, EIGHTH],
    [DOTTED_EIGHTH, SIXTEENTH],
  ],
  melody: tune,
  right(plan, hand, accompanying) {
    if (!accompanying) return tune(plan, hand)
    const beats = barTicks(plan.meter) / QUARTER
    return Array.from({ length: beats }, (_, beat) => {
      const chord = chordBelow(plan, beat * QUARTER, hand.centre + 2)
      return [rest(EIGHTH), sound(EIGHTH, chord, 'stacc')]
    }).flat()
  },
  inner(plan, hand) {
    const beats = barTicks(plan.meter) / QUARTER
    return Array.from({ length: beats }, (_, beat) => {
      const chord = chordBelow(plan, beat * QUARTER, hand.centre + 1, Math.max(1, plan.chordNotes - 1))
      return [rest(EIGHTH), sound(EIGHTH, chord, 'stacc')]
    }).flat()
  },
  left(plan, hand) {
    const halves = barTicks(plan.meter) / HALF
    if (plan.cadence && plan.meter.count === 4) {
      const strokes = [0, 1, 2].map((beat) =>
        sound(QUARTER, chordBelow(plan, beat * QUARTER, hand.centre + 3)),
      )
      return [...strokes, rest(QUARTER)]
    }
    return Array.from({ length: halves }, (_, half) => brokenChord(plan, hand, half * HALF)).flat()
  },
}
