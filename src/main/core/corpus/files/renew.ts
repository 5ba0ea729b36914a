/** Takes other bytes for what pages are from now on. Sample sets keep what they were drawn from. */
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { LeftFile, RenewReport } from '@shared/domain/files'
import { AppError, throwIfCancelled } from '@shared/errors'
import { refusalOf } from '../../../decoding'
import { asWriteRefusal } from '../../../storage/write-problem'
import type { Clock, JobContext, OpenProject } from '../../ports'
import { readProblem } from '../folder-walk'
import { type ImageFormat, recogniseFile } from '../image-format'
import { DRAWN_DPI } from '../import'
import { type Change, ImportWriter, type KnownPage, type PageRecord, readKnownPages } from '../import-records'
import { statedDpi } from '../importer'
import {
  ChangedWhileReading,
  copyOriginal,
  copyPath,
  fileState,
  hashFile,
  isSameState,
  locationOf,
  pageHash,
  writeThumbnail,
} from '../page-files'
import { placesOf } from '../page-location'
import type { PictureDecoder } from '../picture-decoder'
import { findAmissFile, findProposal, forgetSettledProposals, type PagesFile } from './file-records'

export interface FileToRenew {
  readonly page: number
  /** Absent: the bytes that are in the file's place now. */
  readonly proposal?: number | undefined
}

interface RenewParts {
  readonly project: OpenProject
  readonly context: JobContext
  readonly decoder: PictureDecoder
  readonly clock: Clock
}

interface NewVersion {
  readonly path: string
  /** It lies elsewhere than the file that it replaces. */
  readonly isElsewhere: boolean
}

/** A file with the pages that the catalogue has of it, and those that it has of its place. */
interface Renewal extends NewVersion {
  readonly file: PagesFile
  readonly pages: readonly KnownPage[]
  readonly inPlace: readonly KnownPage[]
}

/** @throws AppError files/not-amiss, files/proposal-unknown */
export function requireRenewable(project: OpenProject, { page, proposal }: FileToRenew): void {
  const file = findAmissFile(project.database, page)
  if (file === undefined) throw AppError.of('files/not-amiss', { page })
  versionOf(project, file, proposal)
}

function versionOf(project: OpenProject, file: PagesFile, proposal: number | undefined): NewVersion {
  const [first = file.origin, ...others] = placesOf(project, file)
  if (proposal === undefined)
    return { path: [first, ...others].find((path) => existsSync(path)) ?? first, isElsewhere: false }
  const known = findProposal(project.database, proposal)
  if (known?.page !== file.page) throw AppError.of('files/proposal-unknown', { proposal })
  return { path: known.proposal.path, isElsewhere: true }
}

/** One transaction for all pages of a file; a file that cannot be taken is left as it was, and said. */
export async function renewFiles(asked: readonly FileToRenew[], parts: RenewParts): Promise<RenewReport> {
  const { project, context, clock } = parts
  const startMs = clock.elapsedMs()
  const left: LeftFile[] = []
  const byPlace = Map.groupBy(readKnownPages(project.database), ({ location }) => location)
  let [files, pages] = [0, 0]
  for (const [done, one] of asked.entries()) {
    context.progress({ label: 'Taking new versions of files', done, total: asked.length })
    throwIfCancelled(context.signal)
    const file = findAmissFile(project.database, one.page)
    if (file === undefined) continue
    const inPlace = byPlace.get(file.location) ?? []
    const ofFile = inPlace.filter(({ fileSha256 }) => fileSha256 === file.fileSha256)
    const version = versionOf(project, file, one.proposal)
    const renewed = await renewFile({ ...version, file, inPlace, pages: ofFile }, parts)
    left.push(...renewed.left)
    pages += renewed.pages
    files += renewed.pages > 0 ? 1 : 0
  }
  forgetSettledProposals(project.database)
  return { files, pages, left, seconds: (clock.elapsedMs() - startMs) / 1000 }
}

interface Renewed {
  readonly pages: number
  readonly left: readonly LeftFile[]
}

async function renewFile(renewal: Renewal, parts: RenewParts): Promise<Renewed> {
  const { file, path } = renewal
  const refuse = (reason: string): Renewed => ({ pages: 0, left: [{ file: file.file, reason }] })
  try {
    const format = await formatOf(path)
    if (format === null) return refuse('it is no image and no PDF now')
    return await takeVersion(renewal, format, parts)
  } catch (error) {
    if (error instanceof ChangedWhileReading) return refuse('it changed while it was read: try once more')
    const refusal = refusalOf(error)
    if (refusal !== null) return refuse(refusal)
    if (error instanceof Error && 'path' in error && error.path === path)
      return refuse(`it cannot be read: ${readProblem(error)}`)
    throw asWriteRefusal(error, parts.project.folder)
  }
}

async function takeVersion(renewal: Renewal, format: ImageFormat, parts: RenewParts): Promise<Renewed> {
  const { project, context, decoder } = parts
  const { file, path, isElsewhere } = renewal
  const state = await fileState(path)
  const fileSha256 = await hashFile(path, context.signal)
  const there = await decoder.ask('parts', { path, format })
  const kept = file.storage === 'copied' ? copyPath(project, fileSha256, format) : path
  const changes: Change[] = []
  for (const page of renewal.pages.filter(({ part }) => there.includes(part))) {
    throwIfCancelled(context.signal)
    const { drawnDpi: drawn, dpi } = readResolutions(project, page.id)
    const drawnDpi = format === 'pdf' ? (drawn ?? DRAWN_DPI) : null
    const { thumbnail, ...facts } = await decoder.ask('examine', { path, format, part: page.part, drawnDpi })
    const sha256 = pageHash(fileSha256, { part: page.part, parts: there.length, drawnDpi })
    writeThumbnail(project, sha256, thumbnail)
    const record: PageRecord = {
      ...page,
      ...facts,
      ...state,
      dpi: statedDpi(dpi) ?? facts.dpi,
      format,
      sha256,
      fileSha256,
      parts: there.length,
      drawnDpi,
      location: locationOf(project, kept),
      origin: isElsewhere ? path : page.origin,
      listed: undefined,
    }
    changes.push({ kind: 'renew', id: page.id, record })
  }
  if (!isSameState(await fileState(path), state)) throw new ChangedWhileReading(path)
  if (kept !== path && changes.length > 0) await copyOriginal(path, kept, { ...state, sha256: fileSha256 })
  new ImportWriter(project.database).write(changes)
  return { pages: changes.length, left: saidOfParts(renewal, there) }
}

/** What a file's pages have that a new version lacks, and the other way round. */
function saidOfParts({ file, pages, inPlace }: Renewal, there: readonly number[]): readonly LeftFile[] {
  const gone = pages.map(({ part }) => part).filter((part) => !there.includes(part))
  const added = there.filter((part) => !inPlace.some((page) => page.part === part))
  const reasons = [
    ...(gone.length === 0 ? [] : [`it no longer has page ${gone.sort((a, b) => a - b).join(', ')}`]),
    ...(added.length === 0 ? [] : [`it has ${String(added.length)} more: import it again to add them`]),
  ]
  return reasons.map((reason) => ({ file: file.file, reason }))
}

async function formatOf(path: string): Promise<ImageFormat | null> {
  const handle = await open(path, 'r')
  try {
    return (await recogniseFile(handle)).format
  } finally {
    await handle.close()
  }
}

/** How a page of a PDF is drawn, and what was written of its resolution. */
function readResolutions(
  project: OpenProject,
  page: number,
): { readonly drawnDpi: number | null; readonly dpi: string | undefined } {
  const row = project.database
    .prepare<[number], { drawnDpi: number | null; dpi: string | null }>(
      `SELECT drawn_dpi AS drawnDpi, (SELECT value FROM page_fields WHERE page = pages.id AND name = 'dpi') AS dpi
       FROM pages WHERE id = ?`,
    )
    .get(page)
  return { drawnDpi: row?.drawnDpi ?? null, dpi: row?.dpi ?? undefined }
}
