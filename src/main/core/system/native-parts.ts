import Database from 'better-sqlite3'
import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import sharp from 'sharp'
import type { BackendReport } from '@shared/compute-api'
import type { DoctorReport } from '@shared/domain/system'

const require = createRequire(import.meta.url)

/** The parts that are not JavaScript: which version runs, and where it was loaded from. */
export function nativeParts(backend: BackendReport | null): DoctorReport['natives'] {
  const parts = [
    { name: 'Node', version: process.versions.node, origin: process.execPath },
    { name: 'SQLite', version: sqliteVersion(), origin: folderOf('better-sqlite3') },
    {
      name: 'sharp',
      version: `${sharp.versions.sharp} (libvips ${sharp.versions.vips})`,
      origin: folderOf('sharp'),
    },
  ]
  if (backend === null) return parts
  return [
    ...parts,
    { name: 'TensorFlow', version: backend.tensorflow ?? 'not loaded', origin: backend.origin },
  ]
}

function sqliteVersion(): string {
  const database = new Database(':memory:')
  try {
    return String(database.prepare('SELECT sqlite_version()').pluck().get())
  } finally {
    database.close()
  }
}

/** The folder of a package, found from its main file: not every package lets its package.json be asked for. */
function folderOf(name: string): string {
  const main = require.resolve(name)
  const marker = `${sep}node_modules${sep}${name}${sep}`
  const at = main.lastIndexOf(marker)
  return at === -1 ? dirname(main) : main.slice(0, at + marker.length - 1)
}
