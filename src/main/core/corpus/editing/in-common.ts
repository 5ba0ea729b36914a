/** What many pages have in common: one value, several, or none. */
import type Database from 'better-sqlite3'
import type { CommonValue, PagesInCommon, TagCount } from '@shared/domain/catalogue'

const LEVELS = {
  style: 'styles.name',
  composer: 'composers.name',
  piece: 'pieces.name',
  page: 'pages.number',
  excluded: "coalesce(pages.excluded, '')",
} as const

/** Values are the same where the least and the greatest of them are. */
export const PLACES_IN_COMMON_SQL = `SELECT count(*) AS pages, count(pages.excluded) AS excluded, ${Object.entries(
  LEVELS,
)
  .map(([level, column]) => `min(${column}) AS least_${level}, max(${column}) AS greatest_${level}`)
  .join(', ')}
  FROM json_each(?) AS wanted CROSS JOIN pages ON pages.id = wanted.value
    CROSS JOIN pieces ON pieces.id = pages.piece CROSS JOIN composers ON composers.id = pieces.composer
    CROSS JOIN styles ON styles.id = composers.style`

export const FIELDS_IN_COMMON_SQL = `SELECT page_fields.name, count(*) AS pages,
  min(page_fields.value) AS least, max(page_fields.value) AS greatest
  FROM json_each(?) AS wanted CROSS JOIN page_fields ON page_fields.page = wanted.value GROUP BY page_fields.name`

export const TAGS_IN_COMMON_SQL = `SELECT min(tag) AS tag, count(*) AS pages
  FROM json_each(?) AS wanted CROSS JOIN page_tags ON page_tags.page = wanted.value
  GROUP BY search_text ORDER BY search_text`

type Limits = Readonly<Record<`${'least' | 'greatest'}_${keyof typeof LEVELS}`, string | number | null>>

/** Of pages given once each; ids that are no page are left out. */
export function inCommon(database: Database.Database, given: readonly number[]): PagesInCommon {
  const ids = JSON.stringify([...new Set(given)])
  const places = database
    .prepare<[string], Limits & { readonly pages: number; readonly excluded: number }>(PLACES_IN_COMMON_SQL)
    .get(ids)
  const pages = places?.pages ?? 0
  const of = (level: keyof typeof LEVELS): CommonValue =>
    commonValue(places?.[`least_${level}`], places?.[`greatest_${level}`])
  const fields = database
    .prepare<[string], { name: string; pages: number; least: string; greatest: string }>(FIELDS_IN_COMMON_SQL)
    .all(ids)
    .map((field) => [
      field.name,
      field.pages < pages ? { value: '', mixed: true } : commonValue(field.least, field.greatest),
    ])
  return {
    pages,
    style: of('style'),
    composer: of('composer'),
    piece: of('piece'),
    page: of('page'),
    excluded: of('excluded'),
    excludedPages: places?.excluded ?? 0,
    fields: Object.fromEntries(fields) as Record<string, CommonValue>,
    tags: database.prepare<[string], TagCount>(TAGS_IN_COMMON_SQL).all(ids),
  }
}

function commonValue(least: string | number | null | undefined, greatest: typeof least): CommonValue {
  return least === greatest ? { value: String(least ?? ''), mixed: false } : { value: '', mixed: true }
}
