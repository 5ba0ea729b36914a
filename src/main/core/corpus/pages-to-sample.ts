/** Pages as sampling needs them: in natural order, with what of them is left out by hand. */
import type Database from 'better-sqlite3'
import type { PageRegion } from '@shared/domain/page'
import { AppError } from '@shared/errors'
import type { PagesToSample, PageToSample } from '../ports'
import { LEVELS } from './catalogue'
import { readAllRegions, readRegions } from './page-regions'
import { conditionOf, fieldNames } from './page-search'

type PageRow = Omit<PageToSample, 'regions'> & { readonly excluded: string | null }

const COLUMNS = `pages.id, pages.file, pages.sha256, pages.width, pages.height, pages.excluded,
  styles.name AS style, composers.name AS composer, pieces.name AS piece`
const NO_REGIONS: readonly PageRegion[] = []

/** @throws AppError corpus/query-invalid */
export function listPagesToSample(database: Database.Database, where?: string): PagesToSample {
  const { sql, values } = conditionOf(database, { query: where })
  const rows = database
    .prepare<unknown[], PageRow>(
      `SELECT ${COLUMNS} FROM ${LEVELS} CROSS JOIN pages ON pages.piece = pieces.id WHERE ${sql}
       ORDER BY styles.sort_key, composers.sort_key, pieces.sort_key, pages.number, pages.sort_key`,
    )
    .all(...values)
  const regions = readAllRegions(database)
  const pages: PageToSample[] = []
  const leftOut: { sha256: string; reason: string }[] = []
  for (const { excluded, ...page } of rows)
    if (excluded === null) pages.push({ ...page, regions: regions.get(page.id) ?? NO_REGIONS })
    else leftOut.push({ sha256: page.sha256, reason: excluded })
  return { pages, excluded: leftOut }
}

/** @throws AppError corpus/page-unknown */
export function findPageToSample(database: Database.Database, page: number): PageToSample {
  const row = database
    .prepare<[number], PageRow>(
      `SELECT ${COLUMNS} FROM pages JOIN pieces ON pieces.id = pages.piece
         JOIN composers ON composers.id = pieces.composer JOIN styles ON styles.id = composers.style
       WHERE pages.id = ?`,
    )
    .get(page)
  if (row === undefined) throw AppError.of('corpus/page-unknown', { page })
  const { excluded: _, ...rest } = row
  return { ...rest, regions: readRegions(database, page) }
}

/** Page → what a field says of it; the field's name is folded as in searches. @throws AppError corpus/query-invalid */
export function readFieldValues(database: Database.Database, field: string): ReadonlyMap<number, string> {
  const names = fieldNames(database, { field, query: `${field}:*` })
  const rows = database
    .prepare<unknown[], { page: number; value: string }>(
      `SELECT page, value FROM page_fields WHERE name IN (${names.map(() => '?').join(', ')}) ORDER BY name DESC`,
    )
    .all(...names)
  return new Map(rows.map(({ page, value }) => [page, value]))
}
