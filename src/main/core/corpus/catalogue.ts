/** What the catalogue answers: the tree, counts, lists of pages. */
import type Database from 'better-sqlite3'
import type { Listing } from '@shared/api'
import type { ImportReport, Page, PageSelection, StyleNode } from '@shared/domain/page'
import type { CorpusCounts } from '@shared/domain/project'
import { AppError } from '@shared/errors'
import { conditionOf } from './page-search'

export function readCounts(database: Database.Database): CorpusCounts {
  const counts = database
    .prepare<[], CorpusCounts>(
      `SELECT (SELECT count(*) FROM styles) AS styles, (SELECT count(*) FROM composers) AS composers,
         (SELECT count(*) FROM pieces) AS pieces, (SELECT count(*) FROM pages) AS pages`,
    )
    .get()
  return counts ?? { styles: 0, composers: 0, pieces: 0, pages: 0 }
}

interface PieceRow {
  readonly styleId: number
  readonly style: string
  readonly composerId: number
  readonly composer: string
  readonly id: number
  readonly name: string
  readonly pages: number
}

/** Outer loops first: each level is read through the index that orders it, so that nothing needs sorting. */
export const LEVELS = `styles CROSS JOIN composers ON composers.style = styles.id
  CROSS JOIN pieces ON pieces.composer = composers.id`

/** Everything in natural order, with how many pages are below each node. */
export function readTree(database: Database.Database): readonly StyleNode[] {
  const rows = database
    .prepare<[], PieceRow>(
      `SELECT styles.id AS styleId, styles.name AS style, composers.id AS composerId, composers.name AS composer,
         pieces.id, pieces.name, (SELECT count(*) FROM pages WHERE pages.piece = pieces.id) AS pages
       FROM ${LEVELS} ORDER BY styles.sort_key, composers.sort_key, pieces.sort_key`,
    )
    .all()
  return groupBy(rows, (row) => row.styleId).map((inStyle) => ({
    id: inStyle[0].styleId,
    name: inStyle[0].style,
    pages: pagesIn(inStyle),
    composers: groupBy(inStyle, (row) => row.composerId).map((inComposer) => ({
      id: inComposer[0].composerId,
      name: inComposer[0].composer,
      pages: pagesIn(inComposer),
      pieces: inComposer.map(({ id, name, pages }) => ({ id, name, pages })),
    })),
  }))
}

type NonEmpty<Item> = readonly [Item, ...Item[]]

/** Neighbours with the same key, together. */
function groupBy<Item>(items: readonly Item[], key: (item: Item) => number): readonly NonEmpty<Item>[] {
  const groups = new Map<number, [Item, ...Item[]]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group === undefined) groups.set(key(item), [item])
    else group.push(item)
  }
  return [...groups.values()]
}

function pagesIn(rows: readonly PieceRow[]): number {
  return rows.reduce((sum, row) => sum + row.pages, 0)
}

const PAGE_COLUMNS = `pages.id, pages.file, styles.name AS style, composers.name AS composer, pieces.name AS piece,
  pages.number AS page, pages.width, pages.height, pages.dpi, pages.size_bytes AS sizeBytes, pages.sha256, pages.format, pages.part,
  pages.orientation, pages.storage, pages.missing, pages.changed, pages.excluded,
  (SELECT json_group_object(name, value) FROM page_fields WHERE page_fields.page = pages.id) AS fields,
  (SELECT json_group_array(tag) FROM page_tags WHERE page_tags.page = pages.id) AS tags`

type PageRow = Omit<Page, 'missing' | 'changed' | 'fields' | 'tags'> & {
  readonly missing: number
  readonly changed: number
  readonly fields: string
  readonly tags: string
}

/** SQL of one list of pages; exported so that a test can hold its plan to the indices. */
export function pageListSql(where: string): string {
  return `SELECT ${PAGE_COLUMNS} FROM ${LEVELS} CROSS JOIN pages ON pages.piece = pieces.id WHERE ${where}
    ORDER BY styles.sort_key, composers.sort_key, pieces.sort_key, pages.number, pages.sort_key LIMIT ? OFFSET ?`
}

/**
 * Pages in natural order of style, composer and piece, then by position.
 * @throws AppError corpus/query-invalid
 */
export function listPages(
  database: Database.Database,
  { offset, limit, ...selection }: PageSelection & { readonly offset: number; readonly limit: number },
): Listing<Page> {
  const { sql, values } = conditionOf(database, selection)
  const rows = database.prepare<unknown[], PageRow>(pageListSql(sql)).all(...values, limit, offset)
  const items = rows.map(pageFrom)
  // A part that is not full is the last one: then nothing need be counted.
  if (items.length < limit && (items.length > 0 || offset === 0))
    return { total: offset + items.length, items }
  const counted = database
    .prepare<unknown[], { total: number }>(
      `SELECT count(*) AS total FROM ${LEVELS} CROSS JOIN pages ON pages.piece = pieces.id WHERE ${sql}`,
    )
    .get(...values)
  return { total: counted?.total ?? 0, items }
}

/** SQL of the ids of a list; exported so that a test can hold its plan to the indices. */
export function pageIdsSql(where: string): string {
  return `SELECT pages.id FROM ${LEVELS} CROSS JOIN pages ON pages.piece = pieces.id WHERE ${where}
    ORDER BY styles.sort_key, composers.sort_key, pieces.sort_key, pages.number, pages.sort_key`
}

/**
 * The ids of pages in natural order of style, composer and piece, then by position.
 * @throws AppError corpus/query-invalid
 */
export function listPageIds(database: Database.Database, selection: PageSelection): readonly number[] {
  const { sql, values } = conditionOf(database, selection)
  return database
    .prepare<unknown[], number>(pageIdsSql(sql))
    .pluck()
    .all(...values)
}

/** SQL of pages by a list of ids; exported so that a test can hold its plan to the indices. */
export const DESCRIBED_SQL = `SELECT ${PAGE_COLUMNS} FROM json_each(?) AS wanted
  CROSS JOIN pages ON pages.id = wanted.value CROSS JOIN pieces ON pieces.id = pages.piece
  CROSS JOIN composers ON composers.id = pieces.composer CROSS JOIN styles ON styles.id = composers.style
  ORDER BY wanted.key`

/** These pages in this order; ids that are no page are left out. */
export function describePages(database: Database.Database, pages: readonly number[]): readonly Page[] {
  return database.prepare<[string], PageRow>(DESCRIBED_SQL).all(JSON.stringify(pages)).map(pageFrom)
}

/** @throws AppError corpus/page-unknown */
export function findPage(database: Database.Database, page: number): Page {
  const [found] = describePages(database, [page])
  if (found === undefined) throw AppError.of('corpus/page-unknown', { page })
  return found
}

const NO_TAGS: readonly string[] = []

function pageFrom({ missing, changed, fields, tags, ...row }: PageRow): Page {
  return {
    ...row,
    missing: missing === 1,
    changed: changed === 1,
    fields: JSON.parse(fields) as Record<string, string>,
    tags: tags === '[]' ? NO_TAGS : (JSON.parse(tags) as string[]),
  }
}

export function readLastImport(database: Database.Database): ImportReport | null {
  const row = database
    .prepare<[], { report: string }>('SELECT report FROM imports ORDER BY id DESC LIMIT 1')
    .get()
  return row === undefined ? null : (JSON.parse(row.report) as ImportReport)
}
