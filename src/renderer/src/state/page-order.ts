/** What a list of pages can be sorted by, and what each page has of it. */
import type { Page, SORT_COLUMNS } from '@shared/domain/page'

/** null: as the catalogue has them, by style, composer, piece and page. */
export type SortField = string | null

const COLUMNS: Readonly<Record<(typeof SORT_COLUMNS)[number], (page: Page) => string>> = {
  file: (page) => page.file,
  style: (page) => page.style,
  composer: (page) => page.composer,
  piece: (page) => page.piece,
  format: (page) => page.format,
  'pixels per inch': (page) => (page.dpi === null ? '' : String(page.dpi)),
  width: (page) => String(page.width),
  tags: (page) => page.tags.join(', '),
}

/** A column goes before a field of its name, as in the engine. */
export function sortValue(page: Page, field: string): string {
  const isColumn = (name: string): name is keyof typeof COLUMNS => Object.hasOwn(COLUMNS, name)
  return (isColumn(field) ? COLUMNS[field](page) : page.fields[field]) ?? ''
}
