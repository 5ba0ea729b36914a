/** What counts as a project's folder, and how one comes to be. */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import { AppError } from '@shared/errors'
import { sweepPendingFiles } from '../../storage/atomic-file'
import { refusingFailedWrites } from '../../storage/write-problem'

export const PROJECT_SUFFIX = '.scorescope'

/**
 * The absolute path of a project's folder.
 * @throws AppError project/bad-name
 */
export function projectFolder(given: string): string {
  const folder = resolve(given)
  if (extname(folder) !== PROJECT_SUFFIX) throw AppError.of('project/bad-name', { folder: given })
  return folder
}

/** The folder's name without its suffix. */
export function projectName(folder: string): string {
  return basename(folder, PROJECT_SUFFIX)
}

/**
 * Makes the folder of a new project; an empty one that is there already will do.
 * @throws AppError project/exists, project/no-write
 */
export function makeProjectFolder(folder: string): void {
  if (existsSync(folder) && (!statSync(folder).isDirectory() || readdirSync(folder).length > 0))
    throw AppError.of('project/exists', { folder })
  refusingFailedWrites(folder, () => mkdirSync(folder, { recursive: true }))
}

/** Removes what killed writers left anywhere in a project. Returns how many files went. */
export function sweepProject(folder: string): number {
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return (
    sweepPendingFiles(folder) + below.reduce((sum, entry) => sum + sweepProject(join(folder, entry.name)), 0)
  )
}
