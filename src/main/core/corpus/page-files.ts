/** Where the bytes of pages are: linked originals, copies inside the project, thumbnails. */
import { createHash } from 'node:crypto'
import { createReadStream, renameSync, utimesSync, writeFileSync, mkdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { throwIfCancelled } from '@shared/errors'
import { createPendingFile } from '../../storage/atomic-file'
import type { OpenProject } from '../ports'
import type { ImageFormat } from './image-format'

const EXTENSIONS: Readonly<Record<ImageFormat, string>> = {
  jpeg: 'jpg',
  png: 'png',
  tiff: 'tif',
  webp: 'webp',
  pdf: 'pdf',
}

/** What tells one state of a file from another without reading it. */
export interface FileState {
  readonly sizeBytes: number
  readonly modifiedMs: number
}

export async function fileState(path: string): Promise<FileState> {
  const { size, mtimeMs } = await stat(path)
  return { sizeBytes: size, modifiedMs: mtimeMs }
}

/** Copies carry the original's time only as exactly as the file system keeps it. */
const SAME_TIME_MS = 2

export function isSameState(a: FileState, b: FileState): boolean {
  return a.sizeBytes === b.sizeBytes && Math.abs(a.modifiedMs - b.modifiedMs) < SAME_TIME_MS
}

/** SHA-256 of a file in hex, read in pieces. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const digest = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    throwIfCancelled(signal)
    digest.update(chunk as Buffer)
  }
  return digest.digest('hex')
}

/**
 * What stands for a page's content: the file's own hash where the file is the page, else a hash of it with the number of
 * the page, so that pages of one file are not taken for copies of each other.
 */
export function contentHash(fileSha256: string, part: number, drawnDpi: number | null): string {
  return createHash('sha256')
    .update(JSON.stringify([fileSha256, part, drawnDpi]))
    .digest('hex')
}

/** The hash of a page: of its file where the file is the page. */
export function pageHash(
  fileSha256: string,
  {
    part,
    parts,
    drawnDpi,
  }: { readonly part: number; readonly parts: number; readonly drawnDpi: number | null },
): string {
  return parts === 1 && drawnDpi === null ? fileSha256 : contentHash(fileSha256, part, drawnDpi)
}

/** A path as the catalogue keeps it: relative to the project where that is possible, with forward slashes. */
export function locationOf(project: OpenProject, path: string): string {
  return relative(project.folder, path).split(sep).join('/')
}

/** The absolute path of a location. */
export function pathOf(project: OpenProject, location: string): string {
  return isAbsolute(location) ? location : resolve(project.folder, ...location.split('/'))
}

export function copyPath(project: OpenProject, sha256: string, format: ImageFormat): string {
  return project.path('pages', sha256.slice(0, 2), `${sha256}.${EXTENSIONS[format]}`)
}

export function thumbnailPath(project: OpenProject, sha256: string): string {
  return project.path('thumbnails', sha256.slice(0, 2), `${sha256}.jpg`)
}

/**
 * Keeps a thumbnail. It can be made again from the page, so it is whole or absent but not forced to the disk; one that
 * a power cut emptied counts as absent.
 */
export function writeThumbnail(project: OpenProject, sha256: string, bytes: Uint8Array): void {
  const path = thumbnailPath(project, sha256)
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true })
  const draft = join(folder, `.${sha256}.partial-${String(process.pid)}`)
  writeFileSync(draft, bytes)
  renameSync(draft, path)
}

/** An original whose bytes changed while it was being copied. */
export class ChangedWhileReading extends Error {
  override readonly name = 'ChangedWhileReading'
}

/**
 * Copies an original into the project, durably, with its time of change. The copy is checked against the digest.
 * @throws ChangedWhileReading
 */
export async function copyOriginal(
  from: string,
  to: string,
  expected: FileState & { sha256: string },
): Promise<void> {
  const digest = createHash('sha256')
  const pending = createPendingFile(to)
  try {
    for await (const chunk of createReadStream(from, { highWaterMark: 1024 * 1024 })) {
      digest.update(chunk as Buffer)
      pending.write(chunk as Buffer)
    }
    if (digest.digest('hex') !== expected.sha256) throw new ChangedWhileReading(from)
    pending.commit()
  } finally {
    pending.discard()
  }
  const seconds = expected.modifiedMs / 1000
  utimesSync(to, seconds, seconds)
}
