/** Lists of pages in the order of a column or a field. */
import type Database from 'better-sqlite3'
import type { PageGroup, PageOrder, PageSelection, SORT_COLUMNS } from '@shared/domain/page'
import { listPageIds } from './catalogue'
import { compareKeys, naturalKey } from './natural-order'

/** More are no help in finding a place, e.g. one for each file. */
const MOST_GROUPS = 1000

/** What has a value, as SQL over `pages.id` and the value: of one column, or of a field whose name is given. */
const OF_PLACES = `pages CROSS JOIN pieces ON pieces.id = pages.piece
  CROSS JOIN composers ON composers.id = pieces.composer CROSS JOIN styles ON styles.id = composers.style`

const COLUMN_SQL: Readonly<Record<(typeof SORT_COLUMNS)[number], string>> = {
  file: 'SELECT id, file FROM pages',
  style: `SELECT pages.id, styles.name FROM ${OF_PLACES}`,
  composer: `SELECT pages.id, composers.name FROM ${OF_PLACES}`,
  piece: 'SELECT pages.id, pieces.name FROM pages CROSS JOIN pieces ON pieces.id = pages.piece',
  format: 'SELECT id, format FROM pages',
  'pixels per inch': 'SELECT id, dpi FROM pages',
  width: 'SELECT id, width FROM pages',
  tags: "SELECT page, group_concat(tag, ', ' ORDER BY search_text) FROM page_tags GROUP BY page",
}

const FIELD_SQL = 'SELECT page, value FROM page_fields WHERE name = ?'

/**
 * The ids of a list. Sorted by something, pages with one value stay in catalogue order and pages without come last.
 * @throws AppError corpus/query-invalid
 */
export function orderPages(
  database: Database.Database,
  { sortBy, ...selection }: PageSelection & { readonly sortBy?: string | undefined },
): PageOrder {
  const pages = listPageIds(database, selection)
  if (sortBy === undefined) return { pages, groups: [] }
  const values = valuesOf(database, sortBy)
  const grouped = Map.groupBy(pages, (page) => values.get(page) ?? '')
  const sorted = [...grouped]
    .map(([value, inGroup]) => ({ value, inGroup, key: naturalKey(value) }))
    .sort((a, b) => Number(a.value === '') - Number(b.value === '') || compareKeys(a.key, b.key))
  return {
    pages: sorted.flatMap(({ inGroup }) => inGroup),
    groups: sorted.length > MOST_GROUPS ? [] : groupsOf(sorted),
  }
}

function valuesOf(database: Database.Database, sortBy: string): ReadonlyMap<number, string> {
  const isColumn = (name: string): name is keyof typeof COLUMN_SQL => Object.hasOwn(COLUMN_SQL, name)
  const [sql, given] = isColumn(sortBy) ? [COLUMN_SQL[sortBy], []] : [FIELD_SQL, [sortBy]]
  const rows = database
    .prepare<string[], [number, string | number | null]>(sql)
    .raw()
    .all(...given)
  return new Map(rows.map(([page, value]) => [page, String(value ?? '')]))
}

function groupsOf(
  sorted: readonly { readonly value: string; readonly inGroup: readonly number[] }[],
): readonly PageGroup[] {
  let start = 0
  return sorted.map(({ value, inGroup: { length: pages } }) => {
    const group = { value, pages, start }
    start += pages
    return group
  })
}
