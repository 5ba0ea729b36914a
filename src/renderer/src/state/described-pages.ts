/** What many pages have in common: one value, several, or none. */
import type { TagCount } from '@shared/domain/catalogue'
import type { Page } from '@shared/domain/page'

export interface CommonValue {
  /** The value that all have; empty where none has one or they differ. */
  readonly value: string
  /** They do not all have the same. */
  readonly mixed: boolean
}

export function commonValue(pages: readonly Page[], read: (page: Page) => string): CommonValue {
  const values = new Set(pages.map(read))
  const [first = ''] = values
  return values.size > 1 ? { value: '', mixed: true } : { value: first, mixed: false }
}

export function commonField(pages: readonly Page[], name: string): CommonValue {
  return commonValue(pages, (page) => page.fields[name] ?? '')
}

/** Tags of any of the pages, with how many of them have each. */
export function tagsOf(pages: readonly Page[]): readonly TagCount[] {
  const counts = new Map<string, number>()
  for (const { tags } of pages) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts].map(([tag, count]) => ({ tag, pages: count })).sort((a, b) => a.tag.localeCompare(b.tag))
}
