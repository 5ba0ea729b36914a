/** Files that were found again with the same bytes become the files of their pages. */
import type Database from 'better-sqlite3'
import { resolve } from 'node:path'
import type { LeftFile, RelinkReport } from '@shared/domain/files'
import { AppError } from '@shared/errors'
import { asWriteRefusal } from '../../../storage/write-problem'
import type { OpenProject } from '../../ports'
import { readProblem } from '../folder-walk'
import {
  copyOriginal,
  fileState,
  type FileState,
  hashFile,
  isSameState,
  locationOf,
  pathOf,
} from '../page-files'
import {
  findAmissFile,
  findProposal,
  forgetSettledProposals,
  type KnownProposal,
  type PagesFile,
} from './file-records'

/** A file whose bytes were seen to be those that were imported. */
interface Relinked {
  readonly file: PagesFile
  readonly path: string
  readonly state: FileState
}

/**
 * All rows in one transaction, after every file was looked at once more; a lost copy is made again. Files that are no
 * longer as they were found are left, and said.
 * @throws AppError files/proposal-unknown, files/proposal-differs, project/no-write
 */
export async function relinkFiles(project: OpenProject, proposals: readonly number[]): Promise<RelinkReport> {
  const { database } = project
  const chosen = proposals.map((id) => requireProposal(database, id))
  const relinked: Relinked[] = []
  const left: LeftFile[] = []
  const taken = new Set<number>()
  for (const { page, proposal } of chosen) {
    const file = findAmissFile(database, page)
    // Another proposal of the same file was taken before, or it is back.
    if (file === undefined || taken.has(page)) continue
    const reason = await refusal(project, file, proposal)
    if (reason === null) {
      taken.add(page)
      relinked.push({ file, path: proposal.path, state: await fileState(proposal.path) })
    } else left.push({ file: file.file, reason })
  }
  const pages = writeRelinked(project, relinked)
  return { files: relinked.length, pages, left }
}

function requireProposal(database: Database.Database, id: number): KnownProposal {
  const known = findProposal(database, id)
  if (known === undefined) throw AppError.of('files/proposal-unknown', { proposal: id })
  const { path, sameBytes } = known.proposal
  if (!sameBytes) throw AppError.of('files/proposal-differs', { path })
  return known
}

/** Why a file cannot be taken; null where it was, and where a lost copy was made again from it. */
async function refusal(
  project: OpenProject,
  file: PagesFile,
  { path, ...found }: FileState & { readonly path: string },
): Promise<string | null> {
  try {
    if (!isSameState(found, await fileState(path)) && (await hashFile(path)) !== file.fileSha256)
      return `${path} changed since it was found`
  } catch (error) {
    return `${path} cannot be read: ${readProblem(error)}`
  }
  if (file.storage === 'linked') return null
  try {
    await copyOriginal(path, pathOf(project, file.location), { ...file, sha256: file.fileSha256 })
    return null
  } catch (error) {
    throw asWriteRefusal(error, project.folder)
  }
}

function writeRelinked(project: OpenProject, relinked: readonly Relinked[]): number {
  const write = project.database.prepare(
    `UPDATE pages SET location = @to, origin = @path, modified_ms = @modifiedMs, missing = 0, changed = 0
     WHERE location = @location AND coalesce(file_sha256, sha256) = @fileSha256`,
  )
  try {
    return project.database
      .transaction(() => {
        let pages = 0
        for (const { file, path, state } of relinked) {
          const { location, fileSha256, storage } = file
          const isLinked = storage === 'linked'
          const to = isLinked ? locationOf(project, path) : location
          const modifiedMs = isLinked ? state.modifiedMs : file.modifiedMs
          pages += write.run({ to, path: resolve(path), modifiedMs, location, fileSha256 }).changes
        }
        forgetSettledProposals(project.database)
        return pages
      })
      .immediate()
  } catch (error) {
    throw asWriteRefusal(error, project.folder)
  }
}
