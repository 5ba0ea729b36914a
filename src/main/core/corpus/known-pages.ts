/** How an import tells pages that are in the catalogue from new ones. */
import { append } from './append'
import type { FoundFile } from './folder-walk'
import type { KnownPage, PageRecord } from './import-records'
import { isSameState } from './page-files'
import type { PagePlace } from './page-place'

/**
 * A file is known when the same relative file has the same size and time and all of its pages are there (nothing is read
 * then), or when its piece already has a page with the same content: one that was renamed, moved or copied. The same
 * content in another piece is another page.
 */
export class KnownPages {
  private readonly files = new Map<string, KnownPage[]>()
  private readonly origins = new Map<string, KnownPage[]>()
  private readonly contents = new Map<string, KnownPage>()
  private lastUnsaved = 0

  constructor(pages: readonly KnownPage[]) {
    for (const page of pages) this.add(page)
  }

  /** All pages of a file that did not change, in their order; null where any is unknown. */
  unchanged(found: FoundFile): readonly KnownPage[] | null {
    const here = (this.origins.get(found.path) ?? []).filter(
      (page) => page.file === found.file && isSameState(page, found),
    )
    const complete = wholeFile(here)
    if (complete !== null) return complete
    const alike = (this.files.get(found.file) ?? []).filter(
      (page) => page.sizeBytes === found.sizeBytes && page.modifiedMs === found.modifiedMs,
    )
    return wholeFile(alike.filter(({ origin }) => origin === alike[0]?.origin))
  }

  sameContent(found: FoundFile, part: number, sha256: string, place: PagePlace): KnownPage | null {
    const here = this.sameOrigin(found, part)
    if (here?.sha256 === sha256) return here
    return this.contents.get(contentKey(sha256, place)) ?? null
  }

  sameOrigin(found: FoundFile, part: number): KnownPage | null {
    return this.origins.get(found.path)?.find((page) => page.part === part) ?? null
  }

  /** What is known of the pages of a file, in their order. */
  pagesOf({ path }: FoundFile): readonly KnownPage[] {
    return [...(this.origins.get(path) ?? [])].sort((one, other) => one.part - other.part)
  }

  /** A page that is about to be added; until it has a row its id is negative. */
  note(record: PageRecord): void {
    this.lastUnsaved -= 1
    this.add({ ...record, id: this.lastUnsaved, missing: false, changed: false })
  }

  private add(page: KnownPage): void {
    append(this.files, page.file, page)
    // The newest row of a file's page stands for it.
    const others = (this.origins.get(page.origin) ?? []).filter(({ part }) => part !== page.part)
    this.origins.set(page.origin, [...others, page])
    this.contents.set(contentKey(page.sha256, page.place), page)
  }
}

function wholeFile(pages: readonly KnownPage[]): readonly KnownPage[] | null {
  const [first] = pages
  if (first === undefined) return null
  const byPart = new Map(pages.map((page) => [page.part, page]))
  if (byPart.size < first.parts) return null
  return [...byPart.values()].sort((one, other) => one.part - other.part)
}

function contentKey(sha256: string, { style, composer, piece }: PagePlace): string {
  return JSON.stringify([sha256, style, composer, piece])
}
