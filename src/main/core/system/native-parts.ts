import Database from 'better-sqlite3'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
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

function folderOf(name: string): string {
  return dirname(require.resolve(`${name}/package.json`))
}
