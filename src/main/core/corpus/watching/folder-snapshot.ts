/** What is in a folder now, short enough to be compared: no file is opened. */
import { createHash } from 'node:crypto'
import { fileState } from '../page-files'
import { filesBelow } from '../files-below'

export interface FolderSnapshot {
  /** SHA-256 in hex over paths, sizes and times of all files. */
  readonly signature: string
  /** Absolute; the folder itself first. */
  readonly folders: readonly string[]
}

/** @throws the system's error where the folder cannot be read */
export async function takeSnapshot(folder: string, signal: AbortSignal): Promise<FolderSnapshot> {
  const folders: string[] = []
  const files: string[] = []
  for await (const entry of filesBelow(folder, signal)) {
    if (entry.kind === 'folder') folders.push(entry.path)
    else {
      const state = await fileState(entry.path).catch(() => null)
      files.push(JSON.stringify([entry.path, state?.sizeBytes, state?.modifiedMs]))
    }
  }
  // Systems list folders in an order of their own.
  const digest = createHash('sha256')
  for (const file of files.sort()) digest.update(file)
  return { signature: digest.digest('hex'), folders }
}
