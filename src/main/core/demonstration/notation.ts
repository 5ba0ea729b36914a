/** Music as it will stand on the page, before it is written as MEI. */
import type { Key, Pitch } from './pitch'

/** Time is counted in ticks: 24 to a quarter note. */
export const QUARTER = 24
export const HALF = 48
export const WHOLE = 96
export const EIGHTH = 12
export const SIXTEENTH = 6
export const THIRTY_SECOND = 3
export const TRIPLET_EIGHTH = 8
export const DOTTED_EIGHTH = 18
export const DOTTED_QUARTER = 36
export const DOTTED_HALF = 72

export type Articulation = 'stacc' | 'acc' | 'ten'

/** A sign over a note, or the wavy line before a chord that is rolled. */
export type Ornament = 'trill' | 'mordent' | 'turn' | 'arpeggio'

/** A note, a chord (several pitches, lowest first) or a rest (none). */
export interface Sound {
  readonly ticks: number
  readonly pitches: readonly Pitch[]
  /** Tied to the next sound of its voice. */
  readonly tied?: boolean
  readonly articulation?: Articulation
  readonly ornament?: Ornament
  /** A small note before the beat. */
  readonly grace?: Pitch
  readonly syllable?: Syllable
}

export interface Syllable {
  readonly text: string
  /** Its place in the word: alone, initial, middle, terminal. */
  readonly place: 's' | 'i' | 'm' | 't'
}

export type ClefName = 'treble' | 'alto' | 'bass'

/** What a staff does in the texture. */
export type Role = 'voice' | 'melody' | 'inner' | 'right' | 'left'

export interface StaffPlan {
  readonly role: Role
  readonly clef: ClefName
  readonly label: string
}

/** Where a sound stands; its id in the MEI follows from it. Staff and bar count from 0. */
export interface Place {
  readonly bar: number
  readonly staff: number
  readonly index: number
}

/** What is written over or under the notes. `beat` counts quarters or the metre's own unit from 1, as MEI does. */
export type Mark =
  | {
      readonly kind: 'dynamic'
      readonly staff: number
      readonly above: boolean
      readonly beat: number
      readonly text: string
    }
  | {
      readonly kind: 'hairpin'
      readonly staff: number
      readonly above: boolean
      readonly from: number
      readonly to: number
      readonly grows: boolean
    }
  | { readonly kind: 'slur'; readonly from: Place; readonly to: Place }
  | { readonly kind: 'octave'; readonly from: Place; readonly to: Place }
  | { readonly kind: 'ornament'; readonly at: Place; readonly ornament: Ornament }
  | { readonly kind: 'pedal'; readonly staff: number; readonly beat: number; readonly down: boolean }
  | { readonly kind: 'tempo'; readonly beat: number; readonly text: string }
  | { readonly kind: 'harmony'; readonly beat: number; readonly text: string }

export interface Bar {
  /** One voice per staff. */
  readonly staves: readonly (readonly Sound[])[]
  readonly marks: readonly Mark[]
}

export interface Meter {
  readonly count: number
  readonly unit: 2 | 4 | 8
}

/** Ticks in a bar. */
export function barTicks(meter: Meter): number {
  return (meter.count * WHOLE) / meter.unit
}

export interface Score {
  readonly title: string
  readonly scribe: string
  readonly key: Key
  readonly meter: Meter
  readonly staves: readonly StaffPlan[]
  readonly bars: readonly Bar[]
}

const BASES = [1, 2, 4, 8, 16, 32]

/** The written value of a length: its base, its dots, and whether it belongs to a triplet. */
export function writtenValue(ticks: number): { base: number; dots: 0 | 1; triplet: boolean } {
  for (const base of BASES) {
    const plain = WHOLE / base
    if (ticks === plain) return { base, dots: 0, triplet: false }
    if (ticks === plain * 1.5) return { base, dots: 1, triplet: false }
    if (ticks * 3 === plain * 2) return { base, dots: 0, triplet: true }
  }
  throw new RangeError(`No single note lasts ${String(ticks)} ticks.`)
}
