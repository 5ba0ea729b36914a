/** The catalogue's edits: each is one step that can be undone and done again, also after a restart. */
import { z } from 'zod'
import type {
  CatalogueCsv,
  CatalogueField,
  CsvPreview,
  EditHistory,
  EditResult,
  EditSummary,
  PagesInCommon,
  SavedSearch,
  TagCount,
} from '../domain/catalogue'
import { id, nothing, selection, tag } from './shapes'

/** SQLite and separated values end a text where a NUL stands. */
const plain = (text: string): boolean => !text.includes('\u0000')
const name = z.string().trim().min(1).max(300).refine(plain)
const fieldName = z.string().trim().min(1).max(100).refine(plain)
const value = z.string().max(20_000).refine(plain)
const pages = z.array(id).min(1).max(100_000)
/** Lists of tags are separated by semicolons. */
const pageTag = tag.refine((text) => plain(text) && !text.includes(';'))
const region = z.object({
  x: z.int().min(0),
  y: z.int().min(0),
  width: z.int().min(1),
  height: z.int().min(1),
  note: z.string().trim().max(200).refine(plain).default(''),
})
const level = z.enum(['style', 'composer', 'piece'])
/** The longest thing that any request holds: at three bytes a character it fits into what the serve process takes. */
const csv = z.string().max(40_000_000)

export const catalogueRequests = {
  /** Sets fields of pages; an empty value forgets the field. Other fields stay. */
  setFields: z.object({ pages, fields: z.record(fieldName, value) }),
  setTags: z.object({
    pages,
    add: z.array(pageTag).max(100).default([]),
    remove: z.array(pageTag).max(100).default([]),
  }),
  /** A page's position in its piece; null goes back to the order of the file names. */
  numberPage: z.object({ page: id, number: z.int().min(1).max(999_999).nullable() }),
  /** Numbers these pages of one piece from 1, in the order given. */
  orderPages: z.object({ pages }),
  /** A new name; where it is taken, `merge` joins the two. */
  rename: z.object({ level, id, name, merge: z.boolean().default(false) }),
  /** Everything below one node goes to another of its level; pieces and composers of one name become one. */
  merge: z.object({ level, id, into: id }),
  /** Leaves whole pages out of sampling and says why; null takes them in again. */
  setExcluded: z.object({
    pages,
    reason: z.string().trim().min(1).max(200).refine(plain).nullable(),
  }),
  /** The regions of a page that no crop may touch: all of them, in place of those that were there. */
  setRegions: z.object({ page: id, regions: z.array(region).max(200) }),
  /** To a piece that is there, or to places by name: what is left out stays as it is for each page. */
  movePages: z.object({
    pages,
    to: z.union([
      z.object({ pieceId: id }).strict(),
      z.object({ style: name.optional(), composer: name.optional(), piece: name.optional() }).strict(),
    ]),
  }),
  /** What these pages have in common; ids that are no page are left out. */
  inCommon: z.object({ pages }),
  fields: nothing,
  /** Makes a field or changes its type and choices. Values that do not fit are refused. */
  defineField: z.object({
    name: fieldName,
    type: z.enum(['text', 'number', 'date', 'choice']),
    choices: z.array(z.string().trim().min(1).max(200).refine(plain)).max(500).default([]),
  }),
  /** Forgets an own field and its values on all pages. */
  forgetField: z.object({ name: fieldName }),
  tags: nothing,
  history: nothing,
  /** The newest edits first, also those taken back. */
  edits: z.object({ limit: z.int().min(1).max(1000).default(100) }),
  undo: nothing,
  redo: nothing,
  searches: nothing,
  /** A search of this name is replaced. */
  saveSearch: z.object({ name: z.string().trim().min(1).max(100), query: z.string().trim().min(1).max(500) }),
  forgetSearch: z.object({ id }),
  exportCsv: z.object(selection),
  /** What `importCsv` would change; nothing is written. */
  previewCsv: z.object({ csv, limit: z.int().min(0).max(10_000).default(500) }),
  /** All changes of a list as one edit; empty cells forget their field, columns that are not there stay. */
  importCsv: z.object({ csv }),
} as const

export interface CatalogueReplies {
  setFields: EditResult
  setTags: EditResult
  numberPage: EditResult
  orderPages: EditResult
  rename: EditResult
  merge: EditResult
  setExcluded: EditResult
  setRegions: EditResult
  movePages: EditResult
  inCommon: PagesInCommon
  fields: readonly CatalogueField[]
  defineField: EditResult
  forgetField: EditResult
  tags: readonly TagCount[]
  history: EditHistory
  edits: readonly (EditSummary & { readonly undone: boolean })[]
  undo: EditResult
  redo: EditResult
  searches: readonly SavedSearch[]
  saveSearch: readonly SavedSearch[]
  forgetSearch: readonly SavedSearch[]
  exportCsv: CatalogueCsv
  previewCsv: CsvPreview
  importCsv: EditResult
}
