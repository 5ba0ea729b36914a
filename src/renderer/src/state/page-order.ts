/** Pages in the order of a field, and where in that order each value begins. */
import type { Page } from '@shared/domain/page'

/** null: as the catalogue has them, by style, composer, piece and page. */
export type SortField = string | null

/** What a page can be sorted by beside its fields. */
const COLUMNS: Readonly<Record<string, (page: Page) => string>> = {
  file: (page) => page.file,
  style: (page) => page.style,
  composer: (page) => page.composer,
  piece: (page) => page.piece,
  format: (page) => page.format,
  'pixels per inch': (page) => (page.dpi === null ? '' : String(page.dpi)),
  width: (page) => String(page.width),
  tags: (page) => page.tags.join(', '),
}

export const SORT_COLUMNS: readonly string[] = Object.keys(COLUMNS)

export function sortValue(page: Page, field: string): string {
  return COLUMNS[field]?.(page) ?? page.fields[field] ?? ''
}

const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** Stable: equal pages stay as they were; pages without a value come last. */
export function sortPages(pages: readonly Page[], field: SortField): readonly Page[] {
  if (field === null) return pages
  return pages
    .map((page) => ({ page, value: sortValue(page, field) }))
    .sort((a, b) => Number(a.value === '') - Number(b.value === '') || natural.compare(a.value, b.value))
    .map(({ page }) => page)
}

export interface PageGroup {
  readonly value: string
  readonly pages: number
  /** Place of its first page in the list. */
  readonly start: number
}

/** Neighbours of one value, of pages that are sorted by it. */
export function groupsOf(pages: readonly Page[], field: SortField): readonly PageGroup[] {
  if (field === null) return []
  const groups: { value: string; pages: number; start: number }[] = []
  for (const [index, page] of pages.entries()) {
    const value = sortValue(page, field)
    const last = groups.at(-1)
    if (last?.value === value) last.pages += 1
    else groups.push({ value, pages: 1, start: index })
  }
  return groups
}
