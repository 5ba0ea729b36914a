/** Baroque: running sixteenths handed from one voice to the other over a walking bass. */
import { barTicks, EIGHTH, HALF, QUARTER, SIXTEENTH, type Sound } from '../notation'
import { chordToneFrom } from '../pitch'
import { bassNote, chordBelow, moved, pitchAt, sound, sum, thickened, walk, fillRhythm } from './lines'
import { harmonyAt, major, minor, progression, type BarPlan, type Hand, type IdiomRules } from './plan'

/** Four sixteenths as steps from the first. */
const FIGURES = [
  [0, 1, 2, 1],
  [0, -1, 0, 1],
  [0, -1, -2, -1],
  [0, 1, 2, 3],
  [0, -1, -2, -3],
  [0, 2, 1, 2],
]

/** How often the voice whose turn it is not runs all the same, and how often a walking beat has an ornament. */
const RUNS_ALONG = 0.5
const ORNAMENTED = 0.5

function runningBeat(plan: BarPlan, hand: Hand, onset: number): Sound[] {
  const figure = plan.chance.pick(FIGURES)
  const arpeggio = plan.chance.happens(0.25)
  const start = chordToneFrom(plan.key, harmonyAt(plan, onset), moved(hand, plan.chance.integer(-2, 3)), 0)
  hand.line = start
  const lines = figure.map((step, place) =>
    arpeggio ? chordToneFrom(plan.key, harmonyAt(plan, onset), start, place % 3) : start + step,
  )
  hand.line = lines.at(-1) ?? start
  return lines.map((line, place) => {
    const full = place === 0 && plan.chordNotes >= 3 && onset % HALF === 0
    return sound(SIXTEENTH, full ? thickened(plan, onset, line) : [pitchAt(plan, onset, line)])
  })
}

/** Two eighths, the first often with a mordent or a trill. */
function walkingBeat(plan: BarPlan, hand: Hand, onset: number): Sound[] {
  return walk(plan, hand, [EIGHTH, EIGHTH], 0.5).map((line, place): Sound => {
    const full = plan.chordNotes >= 3 && place === 0
    const beat = sound(
      EIGHTH,
      full ? chordBelow(plan, onset, line, plan.chordNotes - 1) : [pitchAt(plan, onset, line)],
    )
    if (place > 0 || !plan.chance.happens(ORNAMENTED)) return beat
    return { ...beat, ornament: plan.chance.pick(['mordent', 'trill'] as const) }
  })
}

/** The voice whose turn it is runs; the other walks, or runs along. They change places every half bar. */
function handed(plan: BarPlan, hand: Hand, firstRuns: boolean): Sound[] {
  const beats = barTicks(plan.meter) / QUARTER
  return Array.from({ length: beats }, (_, beat) => {
    const turn = (plan.index + Math.floor(beat / 2)) % 2 === 0
    const onset = beat * QUARTER
    return turn === firstRuns || plan.chance.happens(RUNS_ALONG)
      ? runningBeat(plan, hand, onset)
      : walkingBeat(plan, hand, onset)
  }).flat()
}

export const baroque: IdiomRules = {
  titles: ['Invention', 'Allemande', 'Courante', 'Fantasia'],
  numbered: true,
  tempos: ['Allegro', 'Andante', 'Vivace'],
  tempoChanges: ['poco adagio', 'a tempo', 'tenuto'],
  meters: [
    { count: 4, unit: 4 },
    { count: 3, unit: 4 },
  ],
  keys: [major(0), major(1), major(2), major(-1), minor(0), minor(-1), minor(-2), minor(1)],
  progressions: [
    progression('1 4', '7 3', '6 2', '5 1', '1 6', '2 5', '1 4', '5 1'),
    progression('1 5', '6 3', '4 1', '2 57', '1 2', '5 6', '4 57', '1 1'),
  ],
  chordSymbols: false,
  spacing: 'close',
  pedalled: false,
  sungRhythms: () => [
    [EIGHTH, EIGHTH],
    [EIGHTH, SIXTEENTH, SIXTEENTH],
    [SIXTEENTH, SIXTEENTH, SIXTEENTH, SIXTEENTH],
    [SIXTEENTH, SIXTEENTH, EIGHTH],
  ],
  melody(plan, hand) {
    if (!plan.cadence) {
      const beats = barTicks(plan.meter) / QUARTER
      return Array.from({ length: beats }, (_, beat) => {
        const walks = plan.chance.happens(0.1)
        return walks ? walkingBeat(plan, hand, beat * QUARTER) : runningBeat(plan, hand, beat * QUARTER)
      }).flat()
    }
    const rhythm = fillRhythm(plan.chance, barTicks(plan.meter), [
      [QUARTER],
      [QUARTER + EIGHTH, EIGHTH],
      [EIGHTH, EIGHTH],
    ])
    return walk(plan, hand, rhythm).map((line, place) => {
      const ticks = rhythm[place] ?? QUARTER
      return sound(ticks, thickened(plan, sum(rhythm.slice(0, place)), line))
    })
  },
  right(plan, hand) {
    return handed(plan, hand, true)
  },
  inner(plan, hand) {
    return handed(plan, hand, plan.index % 2 === 0)
  },
  left(plan, hand) {
    if (!plan.cadence) return handed(plan, hand, false)
    const beats = barTicks(plan.meter) / QUARTER
    return Array.from({ length: beats }, (_, beat) => sound(QUARTER, bassNote(plan, beat * QUARTER, hand)))
  },
}
