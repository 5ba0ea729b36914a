/** Describing the corpus: fields and tags of pages, edits that can be taken back, lists that go out and come in. */

export type FieldType = 'text' | 'number' | 'date' | 'choice'

/** A field that pages can have. */
export interface CatalogueField {
  readonly name: string
  readonly type: FieldType
  /** What may be chosen, for a choice; else empty. */
  readonly choices: readonly string[]
  /** Comes with Scorescope and cannot be forgotten. */
  readonly standard: boolean
  /** How many pages have a value. */
  readonly pages: number
}

/** Fields that every project has, in the order in which they are shown. */
export const STANDARD_FIELDS: readonly { readonly name: string; readonly type: FieldType }[] = [
  { name: 'title', type: 'text' },
  { name: 'year', type: 'date' },
  { name: 'publisher', type: 'text' },
  { name: 'edition', type: 'text' },
  { name: 'scan source', type: 'text' },
  { name: 'stated dpi', type: 'number' },
  { name: 'rights', type: 'text' },
  { name: 'notes', type: 'text' },
]

/** Names that mean something else in a search or a list. */
export const RESERVED_FIELDS: readonly string[] = [
  'file',
  'style',
  'composer',
  'piece',
  'page',
  'width',
  'height',
  'dpi',
  'tag',
  'tags',
  'sha256',
  'part',
  'excluded',
  'regions',
  'is',
]

/** What many pages have of one thing. */
export interface CommonValue {
  /** The value that all have; empty where none has one or they differ. */
  readonly value: string
  /** They do not all have the same. */
  readonly mixed: boolean
}

/** What many pages have in common. */
export interface PagesInCommon {
  readonly pages: number
  readonly style: CommonValue
  readonly composer: CommonValue
  readonly piece: CommonValue
  /** Position in the piece. */
  readonly page: CommonValue
  /** Fields that any of them has. */
  /** The reason why they are left out of sampling; empty for pages that are sampled. */
  readonly excluded: CommonValue
  /** How many of them are left out. */
  readonly excludedPages: number
  readonly fields: Readonly<Record<string, CommonValue>>
  /** Tags of any of them, with how many of them have each. */
  readonly tags: readonly TagCount[]
}

export type CatalogueLevel = 'style' | 'composer' | 'piece'

/** One thing that was done to the catalogue. */
export interface EditSummary {
  readonly edit: number
  /** What was changed: "publisher of 12 pages". */
  readonly label: string
  readonly madeAt: string
}

/** What can be taken back and what can be done again. */
export interface EditHistory {
  readonly undo: EditSummary | null
  readonly redo: EditSummary | null
}

/** What an edit, an undo or a redo did. */
export interface EditResult extends EditHistory {
  /** Null where everything was so already: then nothing was written. */
  readonly done: EditSummary | null
}

export interface TagCount {
  readonly tag: string
  readonly pages: number
}

export interface SavedSearch {
  readonly id: number
  readonly name: string
  readonly query: string
}

/** The catalogue as separated values (RFC 4180): one row per page. */
export interface CatalogueCsv {
  readonly csv: string
  readonly pages: number
  readonly columns: readonly string[]
}

export interface CsvChange {
  readonly page: number
  readonly file: string
  readonly column: string
  readonly before: string
  readonly after: string
}

/** What a list would change. */
export interface CsvPreview {
  readonly rows: number
  readonly matchedPages: number
  /** Files of the list that no page of the catalogue has, or that several have. */
  readonly unmatched: readonly string[]
  /** Columns that become fields which no page has yet. */
  readonly newFields: readonly string[]
  readonly changedPages: number
  readonly changedValues: number
  /** The first of the changes. */
  readonly changes: readonly CsvChange[]
}
