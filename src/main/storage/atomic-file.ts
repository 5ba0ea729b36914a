/** Files that are whole or absent: temporary file in the same folder, fsync, rename, fsync of the folder. */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

const TEMPORARY_MARK = '.partial-'

/** A file being written; nothing exists under its name until `commit`. */
export interface PendingFile {
  write(bytes: Uint8Array): void
  /** Overwrites bytes already written, e.g. a header whose digest is known only at the end. */
  writeAt(bytes: Uint8Array, position: number): void
  commit(): void
  /** Drops what was written; harmless after `commit`. */
  discard(): void
}

/** Writes all of `bytes`, however short single writes come out. */
function writeFully(file: number, bytes: Uint8Array, position: number): void {
  let done = 0
  while (done < bytes.byteLength)
    done += writeSync(file, bytes, done, bytes.byteLength - done, position + done)
}

/** Starts a file that appears under `path` only when committed. */
export function createPendingFile(path: string): PendingFile {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true })
  const temporary = join(folder, `.${basename(path)}${TEMPORARY_MARK}${String(process.pid)}`)
  const file = openSync(temporary, 'w')
  let length = 0
  let open = true
  let settled = false
  const close = (): void => {
    if (open) closeSync(file)
    open = false
  }
  return {
    write(bytes) {
      writeFully(file, bytes, length)
      length += bytes.byteLength
    },
    writeAt(bytes, position) {
      writeFully(file, bytes, position)
    },
    commit() {
      fsyncSync(file)
      close()
      renameSync(temporary, path)
      settled = true
      syncFolder(folder)
    },
    discard() {
      if (settled) return
      settled = true
      close()
      rmSync(temporary, { force: true })
    },
  }
}

/** Writes a whole file at once; on any failure the old file stays as it was. */
export function writeFileAtomically(path: string, bytes: Uint8Array | string): void {
  const pending = createPendingFile(path)
  try {
    pending.write(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes)
    pending.commit()
  } finally {
    pending.discard()
  }
}

/** Makes a rename durable; Windows cannot open folders and does not need it. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Removes what earlier, killed writers left in a folder. Returns how many files went. */
export function sweepPendingFiles(folder: string): number {
  let removed = 0
  for (const name of readdirSync(folder)) {
    if (!name.startsWith('.') || !name.includes(TEMPORARY_MARK)) continue
    rmSync(join(folder, name), { force: true })
    removed += 1
  }
  return removed
}
