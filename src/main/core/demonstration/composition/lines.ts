/** Building blocks of every idiom: rhythms that fill a bar, lines that move within a range, chords. */
import type { Chance } from '../chance'
import { barTicks, type Articulation, type Sound } from '../notation'
import {
  chordPitch,
  chordToneBelow,
  chordToneFrom,
  inKey,
  isChordTone,
  rootBelow,
  shifted,
  stackBelow,
  type Pitch,
} from '../pitch'
import { beatTicks, harmonyAt, type BarPlan, type Hand } from './plan'

const OCTAVE = 7
/** Lines from the middle of the left hand's staff to the lowest note that is still easy to read. */
const DEEPEST_BASS = 11

/** Puts rhythmic cells together until the time is filled; among the cells must be one for every remainder. */
export function fillRhythm(chance: Chance, ticks: number, cells: readonly (readonly number[])[]): number[] {
  const rhythm: number[] = []
  let left = ticks
  while (left > 0) {
    const cell = chance.pick(cells.filter((candidate) => sum(candidate) <= left))
    rhythm.push(...cell)
    left -= sum(cell)
  }
  return rhythm
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** When each length of a rhythm starts. */
export function onsets(rhythm: readonly number[]): number[] {
  let onset = 0
  return rhythm.map((ticks) => {
    const start = onset
    onset += ticks
    return start
  })
}

/** Moves a line by so many steps, turned round where it would leave its range. */
export function moved(hand: Hand, steps: number): number {
  const target = hand.line + steps
  const turned = Math.abs(target - hand.centre) > hand.reach ? hand.line - steps : target
  return Math.max(hand.centre - hand.reach, Math.min(hand.centre + hand.reach, turned))
}

/** A line that steps between beats and lands on chord tones on them; `leap` is the chance of a skip. */
export function walk(plan: BarPlan, hand: Hand, rhythm: readonly number[], leap = 0.2): number[] {
  return onsets(rhythm).map((onset) => {
    const strong = onset % beatTicks(plan.meter) === 0
    const size = plan.chance.happens(leap) ? plan.chance.integer(2, 4) : 1
    const target = moved(hand, plan.chance.happens(0.5) ? size : -size)
    const harmony = harmonyAt(plan, onset)
    hand.line = strong ? chordToneBelow(plan.key, harmony, target) : target
    if (hand.line < hand.centre - hand.reach) hand.line = chordToneFrom(plan.key, harmony, hand.line, 1)
    return hand.line
  })
}

/** One pitch of the chord that sounds at a moment. */
export function pitchAt(plan: BarPlan, onset: number, line: number): Pitch {
  return chordPitch(plan.key, harmonyAt(plan, onset), line)
}

/** The pitches under a melody note: itself alone, with a third or sixth below it, or a full chord. */
export function thickened(plan: BarPlan, onset: number, line: number): Pitch[] {
  const top = pitchAt(plan, onset, line)
  if (plan.chordNotes <= 2) return [top]
  const harmony = harmonyAt(plan, onset)
  const under = chordToneFrom(plan.key, harmony, line - 1, isChordTone(plan.key, harmony, line - 1) ? -1 : 0)
  if (plan.chordNotes === 3) return [pitchAt(plan, onset, under), top]
  const below = stackBelow(plan.key, harmony, under, plan.chordNotes - 2)
  return [...below.filter(({ line: low }) => low > line - 7), top].reduce<Pitch[]>(withoutDoubles, [
    { line: line - 7, alter: top.alter },
  ])
}

function withoutDoubles(pitches: Pitch[], pitch: Pitch): Pitch[] {
  return pitches.some(({ line }) => line === pitch.line) ? pitches : [...pitches, pitch]
}

/** A chord in close position with its highest note at or below a line. */
export function chordBelow(plan: BarPlan, onset: number, top: number, count = plan.chordNotes): Pitch[] {
  return stackBelow(plan.key, harmonyAt(plan, onset), top, count)
}

/** The root at or below a line, doubled at the octave where chords are full: below it, unless that is too deep. */
export function bassNote(plan: BarPlan, onset: number, hand: Hand, octaves = plan.chordNotes >= 4): Pitch[] {
  const root = rootBelow(plan.key, harmonyAt(plan, onset), hand.centre - 2)
  const pitch = pitchAt(plan, onset, root)
  if (!octaves) return [pitch]
  const low = root - OCTAVE < hand.centre - DEEPEST_BASS ? root : root - OCTAVE
  return [
    { line: low, alter: pitch.alter },
    { line: low + OCTAVE, alter: pitch.alter },
  ]
}

/** A semitone below a line: the chromatic neighbour. */
export function lowerNeighbour(plan: BarPlan, line: number): Pitch {
  const pitch = inKey(plan.key, line - 1)
  return pitch.alter < 1 ? shifted(pitch, 1) : pitch
}

/** A chord of at least so many notes, the same over and over, each as long as the other. */
export function pulsing(
  plan: BarPlan,
  {
    ticks,
    top,
    notes,
    accented = [],
  }: { ticks: number; top: number; notes: number; accented?: readonly number[] },
): Sound[] {
  return Array.from({ length: barTicks(plan.meter) / ticks }, (_, place) =>
    sound(
      ticks,
      chordBelow(plan, place * ticks, top, Math.max(notes, plan.chordNotes)),
      accented.includes(place) ? 'acc' : undefined,
    ),
  )
}

export function rest(ticks: number): Sound {
  return { ticks, pitches: [] }
}

export function sound(ticks: number, pitches: readonly Pitch[], articulation?: Articulation): Sound {
  return articulation === undefined ? { ticks, pitches } : { ticks, pitches, articulation }
}
