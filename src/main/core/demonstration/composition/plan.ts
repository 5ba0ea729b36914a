/** What the composer knows while it writes one bar of one staff. */
import type { Spacing } from '../../../engraving/engraver'
import type { Chance } from '../chance'
import { barTicks, QUARTER, type Meter, type Sound } from '../notation'
import type { Harmony, Key } from '../pitch'
import type { ChordDensity } from '../traits'

export interface BarPlan {
  /** Counted from 0. */
  readonly index: number
  readonly key: Key
  readonly meter: Meter
  /** One chord, or several that divide the bar evenly. */
  readonly harmonies: readonly Harmony[]
  /** The last bar of a four-bar phrase. */
  readonly cadence: boolean
  /** How many notes a full chord has. */
  readonly chordNotes: number
  readonly chance: Chance
}

/** Where a staff's line has got to; it stays within `reach` lines of its centre. */
export interface Hand {
  line: number
  readonly centre: number
  readonly reach: number
}

/** How one idiom writes. */
export interface IdiomRules {
  readonly titles: readonly string[]
  /** Pieces are called by their kind and a number, not by a name of their own. */
  readonly numbered: boolean
  /** Words at the start, and words on the way. */
  readonly tempos: readonly string[]
  readonly tempoChanges: readonly string[]
  readonly meters: readonly Meter[]
  readonly keys: readonly Key[]
  /** Chords bar by bar; a bar may have several. */
  readonly progressions: readonly (readonly (readonly Harmony[])[])[]
  /** Chord symbols over the top staff. */
  readonly chordSymbols: boolean
  /** How much room its editions give the notes. */
  readonly spacing: Spacing
  /** Pedal signs under every bar. */
  readonly pedalled: boolean
  /** Rhythms of the singing voice, put together to fill a bar. */
  sungRhythms(meter: Meter): readonly (readonly number[])[]
  /** An instrument alone or above others. */
  melody(plan: BarPlan, hand: Hand): Sound[]
  /** The upper staff of a keyboard; `accompanying` when a line stands above it. */
  right(plan: BarPlan, hand: Hand, accompanying: boolean): Sound[]
  /** One of the strings between the top and the bottom. */
  inner(plan: BarPlan, hand: Hand): Sound[]
  /** The lowest staff. */
  left(plan: BarPlan, hand: Hand): Sound[]
}

const NOTES_PER_CHORD: Readonly<Record<ChordDensity, number>> = { thin: 2, medium: 3, thick: 4 }

export function notesPerChord(density: ChordDensity): number {
  return NOTES_PER_CHORD[density]
}

/** The chord that sounds at a moment of the bar, counted in ticks. */
export function harmonyAt(plan: BarPlan, onset: number): Harmony {
  const share = Math.floor((onset * plan.harmonies.length) / barTicks(plan.meter))
  const harmony = plan.harmonies[Math.min(share, plan.harmonies.length - 1)]
  if (harmony === undefined) throw new RangeError('A bar has at least one chord.')
  return harmony
}

/** Ticks of a beat as it is felt: a dotted quarter in six-eight. */
export function beatTicks(meter: Meter): number {
  return meter.unit === 8 ? QUARTER * 1.5 : QUARTER
}

/** Chords named by degrees counted from 1, as musicians do: 57 is a seventh chord on 5, 2x one with a major third. */
export function progression(...bars: readonly string[]): Harmony[][] {
  return bars.map((bar) => bar.split(' ').map(harmony))
}

function harmony(name: string): Harmony {
  const kind = name.slice(1)
  return { degree: Number(name[0]) - 1, size: kind === '' ? 3 : 4, dominant: kind === 'x' }
}

export function major(fifths: number): Key {
  return { fifths, minor: false }
}

export function minor(fifths: number): Key {
  return { fifths, minor: true }
}
