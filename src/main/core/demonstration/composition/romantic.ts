/** Romantic: long chromatic lines over wide arpeggios in triplets or sixteenths. */
import {
  barTicks,
  DOTTED_QUARTER,
  EIGHTH,
  HALF,
  QUARTER,
  TRIPLET_EIGHTH,
  SIXTEENTH,
  type Meter,
  type Sound,
} from '../notation'
import { chordToneFrom, rootBelow } from '../pitch'
import {
  chordBelow,
  fillRhythm,
  lowerNeighbour,
  onsets,
  pitchAt,
  pulsing,
  sound,
  thickened,
  walk,
} from './lines'
import {
  beatTicks,
  harmonyAt,
  major,
  minor,
  progression,
  type BarPlan,
  type Hand,
  type IdiomRules,
} from './plan'

const LONG_LINES = {
  4: [[HALF], [DOTTED_QUARTER, EIGHTH], [QUARTER, QUARTER], [QUARTER], [HALF + QUARTER, QUARTER]],
  8: [[DOTTED_QUARTER], [QUARTER, EIGHTH], [EIGHTH, EIGHTH, EIGHTH], [DOTTED_QUARTER * 2]],
}

function rhythms(meter: Meter): readonly (readonly number[])[] {
  return meter.unit === 8 ? LONG_LINES[8] : LONG_LINES[4]
}

function song(plan: BarPlan, hand: Hand): Sound[] {
  const rhythm = fillRhythm(plan.chance, barTicks(plan.meter), rhythms(plan.meter))
  const starts = onsets(rhythm)
  return walk(plan, hand, rhythm, 0.4).map((line, place) => {
    const onset = starts[place] ?? 0
    const length = rhythm[place] ?? QUARTER
    const leading = length <= QUARTER && onset > 0 && plan.chance.happens(0.3)
    if (leading) return sound(length, [lowerNeighbour(plan, line + 1)])
    return sound(
      length,
      thickened(plan, onset, line),
      length <= EIGHTH && plan.chance.happens(0.3) ? 'ten' : undefined,
    )
  })
}

/** A tune of one note to a beat, on top of chords that are struck again and again under it. */
function songInChords(plan: BarPlan, hand: Hand): Sound[] {
  const [step, beat] = [stepOf(plan.meter), beatTicks(plan.meter)]
  const tops = walk(plan, hand, fillRhythm(plan.chance, barTicks(plan.meter), [[beat]]), 0.4)
  return tops.flatMap((top, place) =>
    Array.from({ length: beat / step }, (_, stroke) =>
      sound(
        step,
        chordBelow(plan, place * beat, top, Math.max(3, plan.chordNotes)),
        stroke === 0 ? 'ten' : undefined,
      ),
    ),
  )
}

/** Up over two octaves and back: the shape of one beat or half bar, as chord tones above the bass. */
const WAVE = [0, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2]

/** The accompaniment never stops moving: in triplets, or in sixteenths where beats have three parts already. */
function stepOf(meter: Meter): number {
  return meter.unit === 8 ? SIXTEENTH : TRIPLET_EIGHTH
}

function wave(plan: BarPlan, hand: Hand): Sound[] {
  const step = stepOf(plan.meter)
  const count = barTicks(plan.meter) / step
  return Array.from({ length: count }, (_, place) => {
    const onset = place * step
    const harmony = harmonyAt(plan, onset)
    const low = rootBelow(plan.key, harmony, hand.centre - 3)
    const tone = chordToneFrom(plan.key, harmony, low, WAVE[place % WAVE.length] ?? 0)
    const strong = onset % beatTicks(plan.meter) === 0
    const pitches =
      strong && plan.chordNotes >= 3
        ? chordBelow(plan, onset, tone, plan.chordNotes - 1)
        : [pitchAt(plan, onset, tone)]
    return sound(step, pitches)
  })
}

export const romantic: IdiomRules = {
  titles: ['Nocturne', 'Romance', 'Ballade', 'Barcarolle'],
  numbered: true,
  tempos: ['Andante espressivo', 'Lento con anima', 'Allegro appassionato'],
  tempoChanges: ['poco rit.', 'a tempo', 'stringendo', 'sostenuto'],
  meters: [
    { count: 4, unit: 4 },
    { count: 6, unit: 8 },
  ],
  keys: [major(-4), major(-5), major(-6), major(4), major(5), minor(-5), minor(-4), minor(4), minor(3)],
  progressions: [
    progression('1', '67', '27', '57', '3', '67', '4 27', '57', '1', '47', '77', '37', '6', '27', '57', '1'),
    progression('17', '4', '27', '5 57', '6', '47', '2 57', '1'),
  ],
  chordSymbols: false,
  spacing: 'usual',
  pedalled: true,
  sungRhythms: rhythms,
  melody: song,
  right(plan, hand, accompanying) {
    if (!accompanying) return songInChords(plan, hand)
    return pulsing(plan, { ticks: stepOf(plan.meter), top: hand.centre + 2 + (plan.index % 3), notes: 3 })
  },
  inner(plan, hand) {
    return pulsing(plan, { ticks: stepOf(plan.meter), top: hand.centre + (plan.index % 3), notes: 2 })
  },
  left: wave,
}
