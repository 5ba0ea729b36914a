/** Naming: what people call channels, and whether they agree. */
import type { Estimate } from './evaluation'

export interface ChannelAddress {
  readonly run: string
  readonly layer: string
  readonly channel: number
}

/** What one rater calls one channel. */
export interface ChannelName extends ChannelAddress {
  readonly address: string
  readonly rater: string
  /** Empty where only a note was written. */
  readonly name: string
  readonly note: string
  readonly namedAt: string
}

/** A word for what a channel may answer to. */
export interface VocabularyTerm {
  readonly term: string
  readonly meaning: string
}

export interface ChannelList {
  readonly list: number
  readonly name: string
  readonly createdAt: string
  readonly channels: readonly (ChannelAddress & { readonly address: string })[]
}

/** A blind session's channels, in an order that depends on the run and the seed only: two raters see the same. */
export interface NamingQueue {
  readonly run: string
  readonly rater: string
  readonly seed: number
  readonly items: readonly (ChannelAddress & { readonly address: string; readonly own: ChannelName | null })[]
  readonly named: number
  /** Channels of the run that ever fire: from these the queue was drawn. */
  readonly outOf: number
}

/** How far two raters agree on the channels that both have named. */
export interface NamingAgreement {
  readonly run: string
  readonly raters: readonly [string, string]
  /** Channels that both have named; case and surrounding space do not matter. */
  readonly channels: number
  /** Cohen's kappa with its asymptotic interval; null where it is not defined: no channel, or one and the same name for all. */
  readonly kappa: Estimate | null
  readonly observed: number | null
  readonly expected: number | null
  /** All names that were used, in alphabetical order. */
  readonly names: readonly string[]
  /** Row: the first rater's name; column: the second's; both as in `names`. */
  readonly confusion: readonly (readonly number[])[]
  readonly disagreements: readonly {
    readonly address: string
    readonly layer: string
    readonly channel: number
    readonly names: readonly [string, string]
  }[]
  /** In plain words. */
  readonly sentence: string
}

/** A row of the naming table. */
export interface NamingRow {
  readonly address: string
  readonly layer: string
  readonly channel: number
  readonly names: Readonly<Record<string, string>>
  readonly notes: Readonly<Record<string, string>>
  readonly lists: readonly string[]
  /** Share of positions above 0; null until the features are computed. */
  readonly density: number | null
  /** Effect and q of the stored contrasts by style and composer; null where there are none. */
  readonly styleEffect: number | null
  readonly styleQ: number | null
  readonly composerEffect: number | null
  readonly composerQ: number | null
}

export interface NamingTable {
  readonly run: string
  readonly raters: readonly string[]
  readonly rows: readonly NamingRow[]
}

/** What notation is made of, and what scans add to it; a project may keep another list. */
export const DEFAULT_VOCABULARY: readonly VocabularyTerm[] = [
  { term: 'notehead', meaning: 'black or white head of a note' },
  { term: 'stem', meaning: 'vertical line at a notehead' },
  { term: 'beam', meaning: 'thick bar that joins stems' },
  { term: 'flag', meaning: 'hook at the end of a stem' },
  { term: 'staff line', meaning: 'one of the five lines' },
  { term: 'ledger line', meaning: 'short line above or below the staff' },
  { term: 'bar line', meaning: 'vertical line across the staff' },
  { term: 'clef', meaning: 'treble, bass or C clef' },
  { term: 'accidental', meaning: 'sharp, flat or natural' },
  { term: 'rest', meaning: 'sign of silence' },
  { term: 'dot', meaning: 'augmentation or staccato dot' },
  { term: 'tie', meaning: 'curve between two notes of one pitch' },
  { term: 'slur', meaning: 'curve over a phrase' },
  { term: 'dynamic', meaning: 'piano, forte and the like, hairpins' },
  { term: 'time signature', meaning: 'numbers or C at the start' },
  { term: 'key signature', meaning: 'accidentals after the clef' },
  { term: 'chord', meaning: 'several noteheads at one stem' },
  { term: 'ornament', meaning: 'trill, turn, mordent, grace note' },
  { term: 'brace', meaning: 'brace or bracket before staves' },
  { term: 'text', meaning: 'words: titles, tempo, lyrics, fingering' },
  { term: 'white paper', meaning: 'the ground between the signs' },
  { term: 'page edge', meaning: 'border, margin or shadow of the page' },
  { term: 'stain', meaning: 'stain, speck or bleed-through' },
  { term: 'other', meaning: 'something that has a form, but no word here' },
  { term: 'nothing', meaning: 'no form to be seen' },
]
