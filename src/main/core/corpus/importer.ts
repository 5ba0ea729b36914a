/** Takes the files of one import, one after the other in effect, several at once in time. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { RefusedFile } from '@shared/domain/page'
import { throwIfCancelled } from '@shared/errors'
import { asWriteRefusal } from '../../storage/write-problem'
import { inOrder } from '../ordered-work'
import type { Clock, JobContext, OpenProject, ProjectAccess } from '../ports'
import { drawThumbnail, PictureProblem, readFacts } from './decoder'
import { type FoundFile, readProblem } from './folder-walk'
import { type Change, ImportWriter, type KnownPage, type PageRecord, readKnownPages } from './import-records'
import { KnownPages } from './known-pages'
import {
  ChangedWhileReading,
  copyOriginal,
  copyPath,
  fileState,
  hashFile,
  isSameState,
  locationOf,
  pathOf,
  writeThumbnail,
} from './page-files'
import { listKey, type ListedPage, type PageList } from './page-list'
import { type PagePlace, placeOf } from './page-place'

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
}

export class Importer {
  added = 0
  skipped = 0
  readonly refused: RefusedFile[] = []
  private readonly writer: ImportWriter
  private readonly known: KnownPages
  private readonly waiting: Change[] = []
  /** Copies being made, by where they go. */
  private readonly copies = new Map<string, Promise<void>>()
  private lastWriteMs: number

  constructor(private readonly options: ImporterOptions) {
    const { database } = options.project
    this.writer = new ImportWriter(database)
    this.known = new KnownPages(readKnownPages(database))
    this.lastWriteMs = options.clock.elapsedMs()
  }

  async run(found: readonly FoundFile[]): Promise<void> {
    const { context, project } = this.options
    const concurrency = Math.min(MOST_AT_ONCE, availableParallelism())
    let done = 0
    try {
      for await (const [file, outcome] of inOrder(found, (file) => this.examine(file), { concurrency })) {
        this.settle(file, outcome)
        done += 1
        context.progress({ label: 'Importing pages', done, total: found.length })
        throwIfCancelled(context.signal)
      }
    } catch (error) {
      throw asWriteRefusal(error, project.folder)
    } finally {
      this.write()
    }
  }

  /** Runs for several files at once: reads and decodes, writes files, but no rows. */
  private async examine(found: FoundFile): Promise<readonly [FoundFile, Outcome]> {
    throwIfCancelled(this.options.context.signal)
    try {
      const before = this.known.unchanged(found)
      return [found, before === null ? await this.read(found) : await this.recognise(before, found)]
    } catch (error) {
      if (error instanceof PictureProblem) return [found, { kind: 'refused', reason: error.message }]
      if (error instanceof ChangedWhileReading)
        return [found, { kind: 'refused', reason: 'it changed while it was read: import again' }]
      if (isReadFailure(error, found.path))
        return [found, { kind: 'refused', reason: `it cannot be read: ${readProblem(error)}` }]
      throw error
    }
  }

  private async read(found: FoundFile): Promise<Outcome> {
    const { project, storage } = this.options
    const sha256 = await hashFile(found.path, this.options.context.signal)
    const place = this.placeFor(found.file)
    const twin = this.known.sameBytes(found, sha256, place)
    if (twin !== null) return await this.recognise(twin, found)
    const facts = await readFacts(found.path, found.format)
    const thumbnail = await drawThumbnail(found.path)
    if (!isSameState(await fileState(found.path), found)) throw new ChangedWhileReading(found.path)
    writeThumbnail(project, sha256, thumbnail)
    const path = storage === 'copy' ? copyPath(project, sha256, found.format) : found.path
    if (storage === 'copy') await this.copyOnce(found, path, sha256)
    const listed = this.listed(found.file)
    const record: PageRecord = {
      ...facts,
      dpi: statedDpi(listed) ?? facts.dpi,
      file: found.file,
      origin: found.path,
      location: locationOf(project, path),
      storage: storage === 'copy' ? 'copied' : 'linked',
      format: found.format,
      sizeBytes: found.sizeBytes,
      modifiedMs: found.modifiedMs,
      sha256,
      place,
      listed,
    }
    const earlier = this.known.sameOrigin(found)
    if (earlier === null) return { kind: 'new', change: { kind: 'add', record } }
    return { kind: 'new', change: { kind: 'renew', id: earlier.id, record } }
  }

  /** In the order of the files: counts and writes rows. */
  private settle(found: FoundFile, outcome: Outcome): void {
    if (outcome.kind === 'refused') {
      this.refused.push({ file: found.file, reason: outcome.reason })
      return
    }
    const { change } = outcome
    // Two files of one piece with the same bytes may have been examined at the same moment.
    const twin =
      change?.kind === 'add' ? this.known.sameBytes(found, change.record.sha256, change.record.place) : null
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
  private async recognise(page: KnownPage, found: FoundFile): Promise<Outcome> {
    if (page.storage === 'copied') {
      await this.copyOnce(found, pathOf(this.options.project, page.location), page.sha256)
    }
    return { kind: 'known', change: page.id < 0 ? null : this.refresh(page, found) }
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
  private refresh(page: KnownPage, found: FoundFile): Change | null {
    const { id } = page
    const listed = this.listed(found.file)
    const isLinked = page.storage === 'linked'
    const location = isLinked ? locationOf(this.options.project, found.path) : page.location
    const isHere = page.origin === found.path
    const isStale = page.missing || !isSameState(page, found) || page.location !== location
    if (isHere ? isStale : !existsSync(page.origin))
      return { kind: 'relink', id, found: { ...found, origin: found.path, location }, listed }
    return listed === undefined ? null : { kind: 'describe', id, listed }
  }

  private listed(file: string): ListedPage | undefined {
    return this.options.list.get(listKey(file))
  }

  private placeFor(file: string): PagePlace {
    return { ...placeOf(file), ...this.listed(file)?.place }
  }
}

function statedDpi(listed: ListedPage | undefined): number | null {
  const stated = Number(listed?.fields['dpi'] ?? Number.NaN)
  return Number.isFinite(stated) && stated > 0 ? stated : null
}

/** Failures of the file that is read, as against those of the project that is written. */
function isReadFailure(error: unknown, path: string): error is NodeJS.ErrnoException {
  return error instanceof Error && 'path' in error && error.path === path
}
