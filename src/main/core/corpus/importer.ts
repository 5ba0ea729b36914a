/** Takes the files of one import, one after the other in effect, several at once in time. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { RefusedFile } from '@shared/domain/page'
import { throwIfCancelled } from '@shared/errors'
import { refusalOf } from '../../decoding'
import { asWriteRefusal } from '../../storage/write-problem'
import { inOrder } from '../ordered-work'
import type { Clock, JobContext, OpenProject, ProjectAccess } from '../ports'
import { FileHashes } from './file-hashes'
import { type FoundFile, readProblem } from './folder-walk'
import { type ImportItem, listItems } from './import-items'
import { type Change, ImportWriter, type KnownPage, type PageRecord, readKnownPages } from './import-records'
import { KnownPages } from './known-pages'
import {
  ChangedWhileReading,
  copyOriginal,
  copyPath,
  fileState,
  isSameState,
  locationOf,
  pageHash,
  pathOf,
  writeThumbnail,
} from './page-files'
import { noteFile } from './page-location'
import { type ListedPage, type PageList, pageInList } from './page-list'
import { type PagePlace, type Placing, placeOf } from './page-place'
import type { PictureDecoder } from './picture-decoder'

/** Rows are written together, but never held back longer than this. */
const BATCH_PAGES = 32
const BATCH_MS = 500
const MOST_AT_ONCE = 4

/** What became of one file. */
type Outcome =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'known'; readonly change: Change | null }
  | { readonly kind: 'new'; readonly change: Change & { kind: 'add' | 'renew' } }

interface ImporterOptions {
  readonly project: OpenProject
  readonly projects: ProjectAccess
  readonly clock: Clock
  readonly context: JobContext
  readonly storage: 'link' | 'copy'
  readonly list: PageList
  readonly placing: Placing
  readonly decoder: PictureDecoder
  /** Resolution at which pages of PDFs are drawn that are no scans. */
  readonly drawnDpi: number
}

export class Importer {
  added = 0
  skipped = 0
  readonly refused: RefusedFile[] = []
  private readonly writer: ImportWriter
  private readonly known: KnownPages
  private readonly hashes: FileHashes
  private readonly waiting: Change[] = []
  /** Copies being made, by where they go. */
  private readonly copies = new Map<string, Promise<void>>()
  private lastWriteMs: number

  constructor(private readonly options: ImporterOptions) {
    const { database } = options.project
    this.writer = new ImportWriter(database)
    this.known = new KnownPages(readKnownPages(database))
    this.hashes = new FileHashes(options.context.signal)
    this.lastWriteMs = options.clock.elapsedMs()
  }

  async run(found: readonly FoundFile[]): Promise<void> {
    const { context, project } = this.options
    const concurrency = Math.min(MOST_AT_ONCE, availableParallelism())
    let done = 0
    try {
      const items = await listItems(found, this.known, { ...this.options, concurrency })
      this.noteVanished(items)
      for await (const [item, outcome] of inOrder(items, (item) => this.examine(item), { concurrency })) {
        this.settle(item, outcome)
        done += 1
        context.progress({ label: 'Importing pages', done, total: items.length })
        throwIfCancelled(context.signal)
      }
    } catch (error) {
      throw asWriteRefusal(error, project.folder)
    } finally {
      this.write()
    }
  }

  /** Pages of files that have fewer pages now: they stay in the catalogue, and their file counts as changed. */
  private noteVanished(items: readonly ImportItem[]): void {
    const opened = items.filter(({ problem }) => problem === null)
    for (const [{ found }, parts] of partsByFile(opened)) {
      const gone = this.known.pagesOf(found).filter(({ part }) => !parts.has(part))
      if (gone.length === 0) continue
      const seen = { path: found.path, state: found, asImported: false }
      for (const page of gone) if (page.storage === 'linked') noteFile(this.options.project, page, seen)
      const named = gone.map(({ part }) => part).join(', ')
      const reason = `it no longer has page ${named}: what is known of it stays in the catalogue`
      this.refused.push({ file: found.file, reason })
    }
  }

  /** Runs for several files at once: reads and decodes, writes files, but no rows. */
  private async examine(item: ImportItem): Promise<readonly [ImportItem, Outcome]> {
    const { found, part, parts, problem } = item
    throwIfCancelled(this.options.context.signal)
    try {
      if (problem !== null) return [item, { kind: 'refused', reason: problem }]
      const before = item.known ?? (parts === 1 ? this.known.unchanged(found)?.[0] : undefined)
      return [item, before === undefined ? await this.read(item) : await this.recognise(before, item)]
    } catch (error) {
      const reason = refusalReason(error, found.path)
      if (reason === null) throw error
      return [item, { kind: 'refused', reason: parts === 1 ? reason : `page ${String(part)}: ${reason}` }]
    }
  }

  private async read(item: ImportItem): Promise<Outcome> {
    const { found, part, parts } = item
    const { project, storage, decoder } = this.options
    const drawnDpi = found.format === 'pdf' ? this.options.drawnDpi : null
    const fileSha256 = await this.hashes.of(found, parts)
    const sha256 = pageHash(fileSha256, { part, parts, drawnDpi })
    const place = this.placeFor(item)
    const twin = this.known.sameContent(found, part, sha256, place)
    if (twin !== null) return await this.recognise(twin, item)
    const { path: from, format } = found
    const { thumbnail, ...facts } = await decoder.ask('examine', { path: from, format, part, drawnDpi })
    if (!isSameState(await fileState(found.path), found)) throw new ChangedWhileReading(found.path)
    writeThumbnail(project, sha256, thumbnail)
    const path = storage === 'copy' ? copyPath(project, fileSha256, found.format) : found.path
    if (storage === 'copy') await this.copyOnce(found, path, fileSha256)
    const listed = this.listed(item)
    const record: PageRecord = {
      ...facts,
      dpi: statedDpi(listed?.fields['dpi']) ?? facts.dpi,
      file: found.file,
      origin: found.path,
      location: locationOf(project, path),
      storage: storage === 'copy' ? 'copied' : 'linked',
      format: found.format,
      sizeBytes: found.sizeBytes,
      modifiedMs: found.modifiedMs,
      sha256,
      fileSha256,
      part,
      parts,
      drawnDpi,
      place,
      listed,
    }
    const earlier = this.known.sameOrigin(found, part)
    if (earlier === null) return { kind: 'new', change: { kind: 'add', record } }
    return { kind: 'new', change: { kind: 'renew', id: earlier.id, record } }
  }

  /** In the order of the files: counts and writes rows. */
  private settle({ found, part }: ImportItem, outcome: Outcome): void {
    if (outcome.kind === 'refused') {
      this.refused.push({ file: found.file, reason: outcome.reason })
      return
    }
    const { change } = outcome
    // Two files of one piece with the same bytes may have been examined at the same moment.
    const twin =
      change?.kind === 'add'
        ? this.known.sameContent(found, part, change.record.sha256, change.record.place)
        : null
    if (outcome.kind === 'known' || twin !== null) this.skipped += 1
    else this.added += 1
    if (change === null || twin !== null) return
    this.waiting.push(change)
    if (change.kind === 'add') this.known.note(change.record)
    const waitedMs = this.options.clock.elapsedMs() - this.lastWriteMs
    if (this.waiting.length >= BATCH_PAGES || waitedMs >= BATCH_MS) this.write()
  }

  private write(): void {
    this.lastWriteMs = this.options.clock.elapsedMs()
    if (this.waiting.length === 0) return
    try {
      this.writer.write(this.waiting.splice(0))
    } catch (error) {
      throw asWriteRefusal(error, this.options.project.folder)
    }
    this.options.projects.announceChange()
  }

  /** A page that is known already; its copy is made again should it be gone. */
  private async recognise(page: KnownPage, item: ImportItem): Promise<Outcome> {
    if (page.storage === 'copied') {
      await this.copyOnce(item.found, pathOf(this.options.project, page.location), page.fileSha256)
    }
    return { kind: 'known', change: page.id < 0 ? null : this.refresh(page, item) }
  }

  /** Files with the same bytes share one copy, and may be examined at the same moment. */
  private copyOnce(found: FoundFile, path: string, sha256: string): Promise<void> {
    const underWay = this.copies.get(path)
    if (underWay !== undefined) return underWay
    const copy = existsSync(path) ? Promise.resolve() : copyOriginal(found.path, path, { ...found, sha256 })
    const tracked = copy.finally(() => this.copies.delete(path))
    this.copies.set(path, tracked)
    return tracked
  }

  /** What a known page may take from where it was found now, and from the list. */
  private refresh(page: KnownPage, item: ImportItem): Change | null {
    const { id } = page
    const { found } = item
    const listed = this.listed(item)
    const isLinked = page.storage === 'linked'
    const location = isLinked ? locationOf(this.options.project, found.path) : page.location
    const isHere = page.origin === found.path
    const isStale = page.missing || page.changed || !isSameState(page, found) || page.location !== location
    if (isHere ? isStale : !existsSync(page.origin))
      return { kind: 'relink', id, found: { ...found, origin: found.path, location }, listed }
    return listed === undefined ? null : { kind: 'describe', id, listed }
  }

  private listed({ found, part, parts }: ImportItem): ListedPage | undefined {
    return pageInList(this.options.list, found.file, parts === 1 ? null : part)
  }

  private placeFor(item: ImportItem): PagePlace {
    const { found, parts } = item
    const isPaged = found.format === 'pdf' || parts > 1
    return { ...placeOf(found.file, this.options.placing, isPaged), ...this.listed(item)?.place }
  }
}

/** What is written of a page's resolution goes before what its file says. */
export function statedDpi(field: string | undefined): number | null {
  const stated = Number(field ?? Number.NaN)
  return Number.isFinite(stated) && stated > 0 ? stated : null
}

/** Each file once, with the numbers of its pages. */
function partsByFile(items: readonly ImportItem[]): ReadonlyMap<ImportItem, ReadonlySet<number>> {
  const files = new Map<string, readonly [ImportItem, Set<number>]>()
  for (const item of items) {
    const known = files.get(item.found.path)
    if (known === undefined) files.set(item.found.path, [item, new Set([item.part])])
    else known[1].add(item.part)
  }
  return new Map(files.values())
}

/** In words that follow a file's name; null for failures that are not the file's. */
function refusalReason(error: unknown, path: string): string | null {
  if (error instanceof ChangedWhileReading) return 'it changed while it was read: import again'
  if (isReadFailure(error, path)) return `it cannot be read: ${readProblem(error)}`
  return refusalOf(error)
}

/** Failures of the file that is read, as against those of the project that is written. */
function isReadFailure(error: unknown, path: string): error is NodeJS.ErrnoException {
  return error instanceof Error && 'path' in error && error.path === path
}
