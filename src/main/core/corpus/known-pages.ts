/** How an import tells pages that are in the catalogue from new ones. */
import type { FoundFile } from './folder-walk'
import type { KnownPage, PageRecord } from './import-records'
import { isSameState } from './page-files'
import type { PagePlace } from './page-place'

/**
 * A file is known when the same relative file has the same size and time (nothing is read then), or when its piece
 * already has a page with the same bytes: one that was renamed, moved or copied. The same bytes in another piece are
 * another page.
 */
export class KnownPages {
  private readonly files = new Map<string, KnownPage[]>()
  private readonly origins = new Map<string, KnownPage>()
  private readonly contents = new Map<string, KnownPage>()
  private lastUnsaved = 0

  constructor(pages: readonly KnownPage[]) {
    for (const page of pages) this.add(page)
  }

  unchanged(found: FoundFile): KnownPage | null {
    const here = this.origins.get(found.path)
    if (here !== undefined && here.file === found.file && isSameState(here, found)) return here
    const alike = (page: KnownPage): boolean =>
      page.sizeBytes === found.sizeBytes && page.modifiedMs === found.modifiedMs
    return (this.files.get(found.file) ?? []).find(alike) ?? null
  }

  sameBytes(found: FoundFile, sha256: string, place: PagePlace): KnownPage | null {
    const here = this.origins.get(found.path)
    if (here?.sha256 === sha256) return here
    return this.contents.get(contentKey(sha256, place)) ?? null
  }

  sameOrigin(found: FoundFile): KnownPage | null {
    return this.origins.get(found.path) ?? null
  }

  /** A page that is about to be added; until it has a row its id is negative. */
  note(record: PageRecord): void {
    this.lastUnsaved -= 1
    this.add({ ...record, id: this.lastUnsaved, missing: false })
  }

  private add(page: KnownPage): void {
    this.files.set(page.file, [...(this.files.get(page.file) ?? []), page])
    this.origins.set(page.origin, page)
    this.contents.set(contentKey(page.sha256, page.place), page)
  }
}

function contentKey(sha256: string, { style, composer, piece }: PagePlace): string {
  return JSON.stringify([sha256, style, composer, piece])
}
