/** Walks everything below a folder, one entry at a time, without opening any file. */
import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { throwIfCancelled } from '@shared/errors'
import { PASSED_OVER } from './folder-walk'

export interface EntryBelow {
  /** Absolute. */
  readonly path: string
  readonly name: string
  readonly kind: 'file' | 'folder'
}

/**
 * Each folder is entered once, also where links lead in circles; what cannot be read below the root is passed over.
 * The root itself is the first entry.
 * @throws the system's error where the root cannot be read
 */
export async function* filesBelow(root: string, signal: AbortSignal): AsyncGenerator<EntryBelow> {
  const visited = new Set<string>()
  const waiting = [root]
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    throwIfCancelled(signal)
    const entries = await entriesOf(folder, visited).catch((error: unknown) => {
      if (folder === root) throw error
      return null
    })
    if (entries === null) continue
    yield { path: folder, name: '', kind: 'folder' }
    for (const entry of entries) {
      if (PASSED_OVER.test(entry.name)) continue
      const path = join(folder, entry.name)
      const kind = await kindOf(entry, path)
      if (kind === 'folder') waiting.push(path)
      else if (kind === 'file') yield { path, name: entry.name, kind }
    }
  }
}

/** Null for a folder that was entered already. */
async function entriesOf(folder: string, visited: Set<string>): Promise<readonly Dirent[] | null> {
  const real = await realpath(folder)
  if (visited.has(real)) return null
  visited.add(real)
  return await readdir(folder, { withFileTypes: true })
}

async function kindOf(entry: Dirent, path: string): Promise<EntryBelow['kind'] | null> {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  if (!entry.isSymbolicLink()) return null
  const target = await stat(path).catch(() => null)
  if (target === null) return null
  return target.isDirectory() ? 'folder' : target.isFile() ? 'file' : null
}
