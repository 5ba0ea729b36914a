/** What of a page sampling leaves alone: the page as a whole, or regions of it. */
import type Database from 'better-sqlite3'
import type { PageRegion } from '@shared/domain/page'
import { AppError } from '@shared/errors'

/** From top to bottom, then from left to right. */
export function readRegions(database: Database.Database, page: number): readonly PageRegion[] {
  return database
    .prepare<[number], PageRegion>(
      'SELECT x, y, width, height, note FROM page_regions WHERE page = ? ORDER BY y, x, height, width',
    )
    .all(page)
}

/** Regions of all pages that have any. */
export function readAllRegions(database: Database.Database): ReadonlyMap<number, readonly PageRegion[]> {
  const rows = database
    .prepare<[], PageRegion & { readonly page: number }>(
      'SELECT page, x, y, width, height, note FROM page_regions ORDER BY page, y, x, height, width',
    )
    .all()
  const byPage = Map.groupBy(rows, ({ page }) => page)
  return new Map(
    [...byPage].map(([page, regions]) => [page, regions.map(({ page: _, ...region }) => region)]),
  )
}

/** In place of the regions that a page has; two of the same place are one. @throws AppError catalogue/region-outside */
export function writeRegions(
  database: Database.Database,
  page: { readonly id: number; readonly file: string; readonly width: number; readonly height: number },
  regions: readonly PageRegion[],
): void {
  const outside = regions.find(
    ({ x, y, width, height }) => x + width > page.width || y + height > page.height,
  )
  if (outside !== undefined) {
    const { x, y, width, height } = outside
    throw AppError.of('catalogue/region-outside', { x, y, width, height, file: page.file })
  }
  const keyOf = ({ x, y, width, height }: PageRegion): string => JSON.stringify([x, y, width, height])
  const wanted = new Map(regions.map((region) => [keyOf(region), region]))
  const had = new Map(readRegions(database, page.id).map((region) => [keyOf(region), region]))
  const remove = database.prepare(
    'DELETE FROM page_regions WHERE page = @page AND x = @x AND y = @y AND width = @width AND height = @height',
  )
  const write = database.prepare(
    `INSERT INTO page_regions (page, x, y, width, height, note) VALUES (@page, @x, @y, @width, @height, @note)
     ON CONFLICT DO UPDATE SET note = excluded.note`,
  )
  for (const [key, { x, y, width, height }] of had)
    if (!wanted.has(key)) remove.run({ page: page.id, x, y, width, height })
  for (const [key, region] of wanted)
    if (had.get(key)?.note !== region.note) write.run({ page: page.id, ...region })
}

/** Leaves pages out of sampling for a reason; null takes them in again. */
export function writeExcluded(
  database: Database.Database,
  pages: readonly number[],
  reason: string | null,
): void {
  database
    .prepare(
      `UPDATE pages SET excluded = @reason WHERE id IN (SELECT value FROM json_each(@pages)) AND excluded IS NOT @reason`,
    )
    .run({ reason, pages: JSON.stringify(pages) })
}
