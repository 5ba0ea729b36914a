/** Where the file of pages is now, and whether its bytes are still those that were imported. */
import type { OpenProject } from '../ports'
import { fileState, type FileState, hashFile, isSameState, pathOf } from './page-files'

/** A file as the catalogue knows it; several pages may share it. Size and time are those of its import. */
export interface KnownFile extends FileState {
  readonly location: string
  readonly origin: string
  readonly storage: 'linked' | 'copied'
  readonly fileSha256: string
}

export interface LocatedFile {
  readonly path: string
  readonly state: FileState
  /** The very bytes that were imported. */
  readonly asImported: boolean
}

/** Linked originals are looked for beside the project first, as they may have moved together, then where they were. */
export function placesOf(
  project: OpenProject,
  { location, origin, storage }: Pick<KnownFile, 'location' | 'origin' | 'storage'>,
): readonly string[] {
  const path = pathOf(project, location)
  return storage === 'linked' && origin !== path ? [path, origin] : [path]
}

/**
 * A file whose size and time are known is as imported; another one is read to know.
 * @throws the system's error where it is nowhere
 */
export async function locateFile(
  project: OpenProject,
  known: KnownFile,
  signal?: AbortSignal,
): Promise<LocatedFile> {
  const found: Omit<LocatedFile, 'asImported'>[] = []
  let problem: unknown
  for (const path of placesOf(project, known)) {
    try {
      const state = await fileState(path)
      if (isSameState(known, state)) return { path, state, asImported: true }
      found.push({ path, state })
    } catch (error) {
      problem ??= error
    }
  }
  for (const file of found)
    if (file.state.sizeBytes === known.sizeBytes && (await hashFile(file.path, signal)) === known.fileSha256)
      return { ...file, asImported: true }
  const [first] = found
  if (first === undefined) throw problem
  return { ...first, asImported: false }
}

/**
 * Writes down what was seen of a file, on all of its pages; a new time on the same bytes too, so that they need not be
 * read again.
 * @returns whether anything differs from what was known
 */
export function noteFile(
  project: OpenProject,
  { location, fileSha256 }: Pick<KnownFile, 'location' | 'fileSha256'>,
  seen: LocatedFile | null,
): boolean {
  const missing = seen === null ? 1 : 0
  const changed = seen?.asImported === false ? 1 : 0
  const modifiedMs = seen?.asImported === true ? seen.state.modifiedMs : null
  const { changes } = project.database
    .prepare(
      `UPDATE pages SET missing = @missing, changed = @changed, modified_ms = coalesce(@modifiedMs, modified_ms)
       WHERE location = @location AND coalesce(file_sha256, sha256) = @fileSha256
         AND (missing <> @missing OR changed <> @changed OR modified_ms <> coalesce(@modifiedMs, modified_ms))`,
    )
    .run({ missing, changed, modifiedMs, location, fileSha256 })
  return changes > 0
}
