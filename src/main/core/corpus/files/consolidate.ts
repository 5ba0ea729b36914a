/** Turns links into copies inside the project, and copies back into links. */
import { existsSync, rmSync } from 'node:fs'
import type { ConsolidateReport, LeftFile, StorageChoice } from '@shared/domain/files'
import { Cancelled, throwIfCancelled } from '@shared/errors'
import { requireSpace } from '../../../storage/free-space'
import { asWriteRefusal } from '../../../storage/write-problem'
import type { Clock, JobContext, OpenProject } from '../../ports'
import { readProblem } from '../folder-walk'
import {
  ChangedWhileReading,
  copyOriginal,
  copyPath,
  fileState,
  hashFile,
  locationOf,
  pathOf,
} from '../page-files'
import { locateFile, noteFile } from '../page-location'
import { type PagesFile, readFiles } from './file-records'

interface ConsolidateParts {
  readonly project: OpenProject
  readonly context: JobContext
  readonly clock: Clock
  readonly onNoticed: () => void
}

/** One file turned: how many pages it has. A reason, where it stays as it was. */
type Turned = { readonly pages: number } | { readonly reason: string }

/**
 * File by file, each checked by its hash before its rows are written: whenever it ends, every page is valid, and what
 * is left can be gone on with. A copy is removed only when no page is read from it any more.
 * @throws AppError training/no-space, project/no-write
 */
export async function consolidateFiles(
  to: StorageChoice,
  parts: ConsolidateParts,
): Promise<ConsolidateReport> {
  const { project, context, clock } = parts
  const startMs = clock.elapsedMs()
  const files = readFiles(project.database, to === 'copy' ? 'linked' : 'copied')
  const weight = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  if (to === 'copy') requireSpace(project.folder, weight)
  else await removeLeftovers(parts)
  const turn = to === 'copy' ? copyLinked : linkCopied
  const label = to === 'copy' ? 'Copying pages into the project' : 'Linking to the originals'
  const left: LeftFile[] = []
  const done = { files: 0, bytes: 0, pages: 0 }
  for (const [at, file] of files.entries()) {
    throwIfCancelled(context.signal)
    context.progress({ label, done: at, total: files.length })
    const turned = await turnOne(file, parts, turn)
    if ('reason' in turned) left.push({ file: file.file, reason: turned.reason })
    else {
      done.files += 1
      done.bytes += file.sizeBytes
      done.pages += turned.pages
    }
  }
  parts.onNoticed()
  return { to, ...done, left, seconds: (clock.elapsedMs() - startMs) / 1000 }
}

type Turn = (file: PagesFile, parts: ConsolidateParts) => Promise<Turned>

async function turnOne(file: PagesFile, parts: ConsolidateParts, turn: Turn): Promise<Turned> {
  try {
    return await turn(file, parts)
  } catch (error) {
    if (error instanceof Cancelled) throw error
    if (error instanceof ChangedWhileReading) return { reason: CHANGED }
    throw asWriteRefusal(error, parts.project.folder)
  }
}

const CHANGED = 'it changed since it was imported'

async function copyLinked(file: PagesFile, { project, context }: ConsolidateParts): Promise<Turned> {
  const located = await locateFile(project, file, context.signal).catch((error: unknown) => {
    if (error instanceof Cancelled) throw error
    return readProblem(error)
  })
  if (typeof located === 'string') {
    noteFile(project, file, null)
    return { reason: `it cannot be read: ${located}` }
  }
  noteFile(project, file, located)
  if (!located.asImported) return { reason: CHANGED }
  const copy = copyPath(project, file.fileSha256, file.format)
  const isThere = existsSync(copy) && (await hashFile(copy, context.signal)) === file.fileSha256
  if (!isThere) await copyOriginal(located.path, copy, { ...located.state, sha256: file.fileSha256 })
  const { modifiedMs } = isThere ? await fileState(copy) : located.state
  const { changes } = project.database
    .prepare(
      `UPDATE pages SET storage = 'copied', location = @to, origin = @origin, modified_ms = @modifiedMs
       WHERE storage = 'linked' AND location = @location AND coalesce(file_sha256, sha256) = @fileSha256`,
    )
    .run({
      to: locationOf(project, copy),
      origin: located.path,
      modifiedMs,
      location: file.location,
      fileSha256: file.fileSha256,
    })
  return { pages: changes }
}

/** Pages of one copy may have come from several originals: each goes back to its own. */
async function linkCopied(file: PagesFile, { project, context }: ConsolidateParts): Promise<Turned> {
  const { location, fileSha256 } = file
  const origins = project.database
    .prepare<[string, string], string>(
      `SELECT DISTINCT origin FROM pages
       WHERE storage = 'copied' AND location = ? AND coalesce(file_sha256, sha256) = ?`,
    )
    .pluck()
    .all(location, fileSha256)
  const link = project.database.prepare(
    `UPDATE pages SET storage = 'linked', location = @to, modified_ms = @modifiedMs, missing = 0, changed = 0
     WHERE storage = 'copied' AND location = @location AND origin = @origin
       AND coalesce(file_sha256, sha256) = @fileSha256`,
  )
  let [pages, reason] = [0, '']
  for (const origin of origins) {
    throwIfCancelled(context.signal)
    const problem = await whyNotOriginal(origin, fileSha256, context.signal)
    if (problem !== null) {
      reason = problem
      continue
    }
    const { modifiedMs } = await fileState(origin)
    const to = locationOf(project, origin)
    pages += link.run({ to, modifiedMs, location, origin, fileSha256 }).changes
  }
  if (!isInUse(project, location)) rmSync(pathOf(project, location), { force: true })
  return reason === '' ? { pages } : { reason }
}

/** Null where the original is there with the bytes that were imported. */
async function whyNotOriginal(origin: string, sha256: string, signal: AbortSignal): Promise<string | null> {
  try {
    if ((await hashFile(origin, signal)) === sha256) return null
    return `its original at ${origin} has other bytes now`
  } catch (error) {
    if (error instanceof Cancelled) throw error
    return `its original at ${origin} cannot be read: ${readProblem(error)}`
  }
}

function isInUse(project: OpenProject, location: string): boolean {
  const found = project.database
    .prepare<[string]>('SELECT 1 FROM pages WHERE location = ? LIMIT 1')
    .get(location)
  return found !== undefined
}

/** Copies of pages that were linked before a kill: they go once their originals are seen to be whole. */
async function removeLeftovers({ project, context }: ConsolidateParts): Promise<void> {
  for (const file of readFiles(project.database, 'linked')) {
    const copy = copyPath(project, file.fileSha256, file.format)
    if (!existsSync(copy) || isInUse(project, locationOf(project, copy))) continue
    throwIfCancelled(context.signal)
    const original = pathOf(project, file.location)
    if ((await whyNotOriginal(original, file.fileSha256, context.signal)) === null)
      rmSync(copy, { force: true })
  }
}
