/** Takes other bytes for what pages are from now on. Sample sets keep what they were drawn from. */
import { open } from 'node:fs/promises'
import type { LeftFile, RenewReport } from '@shared/domain/files'
import { AppError, throwIfCancelled } from '@shared/errors'
import { refusalOf } from '../../../decoding'
import { asWriteRefusal } from '../../../storage/write-problem'
import type { Clock, JobContext, OpenProject } from '../../ports'
import { readProblem } from '../folder-walk'
import { type ImageFormat, recognise, SIGNATURE_BYTES } from '../image-format'
import { DRAWN_DPI } from '../import'
import { type Change, ImportWriter, type PageRecord, readKnownPages } from '../import-records'
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
  pathOf,
  writeThumbnail,
} from '../page-files'
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

/** What is to be renewed. @throws AppError files/not-amiss, files/proposal-unknown */
export function requireRenewable(project: OpenProject, { page, proposal }: FileToRenew): PagesFile {
  const file = findAmissFile(project.database, page)
  if (file === undefined) throw AppError.of('files/not-amiss', { page })
  versionOf(project, file, proposal)
  return file
}

function versionOf(project: OpenProject, file: PagesFile, proposal: number | undefined): NewVersion {
  if (proposal === undefined) return { path: pathOf(project, file.location), isElsewhere: false }
  const known = findProposal(project.database, proposal)
  if (known?.page !== file.page) throw AppError.of('files/proposal-unknown', { proposal })
  return { path: known.proposal.path, isElsewhere: true }
}

/** One transaction for all pages of a file; a file that cannot be taken is left as it was, and said. */
export async function renewFiles(asked: readonly FileToRenew[], parts: RenewParts): Promise<RenewReport> {
  const { project, context, clock } = parts
  const startMs = clock.elapsedMs()
  const left: LeftFile[] = []
  let [files, pages] = [0, 0]
  for (const [done, one] of asked.entries()) {
    context.progress({ label: 'Taking new versions of files', done, total: asked.length })
    throwIfCancelled(context.signal)
    const file = findAmissFile(project.database, one.page)
    if (file === undefined) continue
    const renewed = await renewFile(file, versionOf(project, file, one.proposal), parts)
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

async function renewFile(file: PagesFile, version: NewVersion, parts: RenewParts): Promise<Renewed> {
  const refuse = (reason: string): Renewed => ({ pages: 0, left: [{ file: file.file, reason }] })
  try {
    return await takeVersion(file, version, parts)
  } catch (error) {
    if (error instanceof ChangedWhileReading) return refuse('it changed while it was read: try once more')
    const refusal = refusalOf(error)
    if (refusal !== null) return refuse(refusal)
    if (error instanceof Error && 'path' in error && error.path === version.path)
      return refuse(`it cannot be read: ${readProblem(error)}`)
    throw asWriteRefusal(error, parts.project.folder)
  }
}

async function takeVersion(
  file: PagesFile,
  { path, isElsewhere }: NewVersion,
  parts: RenewParts,
): Promise<Renewed> {
  const { project, context, decoder } = parts
  const state = await fileState(path)
  const format = await formatOf(path)
  if (format === null)
    return { pages: 0, left: [{ file: file.file, reason: 'it is no image and no PDF now' }] }
  const fileSha256 = await hashFile(path, context.signal)
  const there = await decoder.ask('parts', { path, format })
  const known = readKnownPages(project.database).filter(
    (page) => page.location === file.location && page.fileSha256 === file.fileSha256,
  )
  const gone = known.filter(({ part }) => !there.includes(part))
  const kept = file.storage === 'copied' ? copyPath(project, fileSha256, format) : path
  const changes: (Change & { kind: 'renew' })[] = []
  for (const page of known.filter(({ part }) => there.includes(part))) {
    throwIfCancelled(context.signal)
    const { id, part } = page
    const { drawnDpi: drawn, dpi } = readResolutions(project, id)
    const drawnDpi = format === 'pdf' ? (drawn ?? DRAWN_DPI) : null
    const { thumbnail, ...facts } = await decoder.ask('examine', { path, format, part, drawnDpi })
    const sha256 = pageHash(fileSha256, { part, parts: there.length, drawnDpi })
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
    changes.push({ kind: 'renew', id, record })
  }
  if (!isSameState(await fileState(path), state)) throw new ChangedWhileReading(path)
  if (kept !== path) await copyOriginal(path, kept, { ...state, sha256: fileSha256 })
  new ImportWriter(project.database).write(changes)
  return {
    pages: changes.length,
    left: saidOfParts(
      file,
      gone.map(({ part }) => part),
      there.length - known.length + gone.length,
    ),
  }
}

/** What a file's pages have that a new version lacks, and the other way round. */
function saidOfParts(file: PagesFile, gone: readonly number[], added: number): readonly LeftFile[] {
  const reasons = [
    ...(gone.length === 0 ? [] : [`it no longer has page ${gone.join(', ')}`]),
    ...(added <= 0 ? [] : [`it has ${String(added)} more: import it again to add them`]),
  ]
  return reasons.map((reason) => ({ file: file.file, reason }))
}

async function formatOf(path: string): Promise<ImageFormat | null> {
  const handle = await open(path, 'r')
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(SIGNATURE_BYTES), 0, SIGNATURE_BYTES, 0)
    return recognise(buffer.subarray(0, bytesRead)).format
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
