/** Reads the pictures of pages: grey pixels for sampling, pages and thumbnails for the screen. */
import { readFile } from 'node:fs/promises'
import type { EncodedPicture } from '@shared/api'
import type { GreyPixels, PictureSource } from '@shared/decode-api'
import { AppError } from '@shared/errors'
import type { PictureAddress } from '@shared/pictures'
import { refusalOf } from '../../decoding'
import { asWriteRefusal } from '../../storage/write-problem'
import type { OpenProject } from '../ports'
import { readProblem } from './folder-walk'
import type { ImageFormat } from './image-format'
import {
  fileState,
  type FileState,
  hashFile,
  isSameState,
  pathOf,
  thumbnailPath,
  writeThumbnail,
} from './page-files'
import type { PictureDecoder } from './picture-decoder'

interface PageFile extends FileState {
  readonly id: number
  readonly file: string
  readonly location: string
  readonly origin: string
  readonly storage: 'linked' | 'copied'
  readonly format: ImageFormat
  readonly orientation: number
  readonly sha256: string
  readonly fileSha256: string
  readonly part: number
  readonly drawnDpi: number | null
  readonly missing: number
}

/** Formats whose files a window shows as they are. */
const SHOWN_AS_THEY_ARE: Readonly<Partial<Record<ImageFormat, EncodedPicture['mediaType']>>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
}
/** Larger files are rendered instead of being sent whole. */
const WHOLE_FILE_BYTES = 64 * 1024 * 1024

/**
 * A page in grey, from the very bytes that were imported.
 * @throws AppError corpus/page-unknown, corpus/page-unreadable, corpus/page-changed
 */
export async function decodePage(
  project: OpenProject,
  decoder: PictureDecoder,
  page: number,
): Promise<GreyPixels> {
  const row = findPageFile(project, page)
  const { path, state } = await locate(project, row)
  return await reading(row, async () => {
    if (!isSameState(row, state) && (await hashFile(path)) !== row.fileSha256)
      throw AppError.of('corpus/page-changed', { file: row.file })
    return await decoder.ask('grey', sourceOf(row, path))
  })
}

/** @throws AppError corpus/page-unknown, corpus/page-unreadable */
export async function readPagePicture(
  project: OpenProject,
  decoder: PictureDecoder,
  address: PictureAddress & { readonly kind: 'thumbnail' | 'page' },
): Promise<EncodedPicture> {
  const row = findPageFile(project, address.page)
  // A page can be imported again with other bytes, so what is at its address may change.
  const immutable = false
  if (address.kind === 'thumbnail') {
    const kept = await readFile(thumbnailPath(project, row.sha256)).catch(() => null)
    const bytes = kept !== null && kept.byteLength > 0 ? kept : await redrawThumbnail(project, decoder, row)
    return { mediaType: 'image/jpeg', bytes, immutable }
  }
  const { path, state } = await locate(project, row)
  const mediaType = row.orientation === 1 ? (SHOWN_AS_THEY_ARE[row.format] ?? null) : null
  return await reading(row, async () => {
    if (address.side === undefined && mediaType !== null && state.sizeBytes <= WHOLE_FILE_BYTES)
      return { mediaType, bytes: await readFile(path), immutable }
    const bytes = await decoder.ask('render', { source: sourceOf(row, path), side: address.side })
    return { mediaType: 'image/jpeg', bytes, immutable }
  })
}

async function redrawThumbnail(
  project: OpenProject,
  decoder: PictureDecoder,
  row: PageFile,
): Promise<Uint8Array> {
  const { path } = await locate(project, row)
  const bytes = await reading(row, () => decoder.ask('thumbnail', sourceOf(row, path)))
  try {
    writeThumbnail(project, row.sha256, bytes)
  } catch (error) {
    throw asWriteRefusal(error, project.folder)
  }
  return bytes
}

function sourceOf({ format, part, drawnDpi }: PageFile, path: string): PictureSource {
  return { path, format, part, drawnDpi }
}

function findPageFile(project: OpenProject, page: number): PageFile {
  const row = project.database
    .prepare<[number], PageFile>(
      `SELECT id, file, location, origin, storage, format, orientation, sha256, missing, size_bytes AS sizeBytes,
         modified_ms AS modifiedMs, coalesce(file_sha256, sha256) AS fileSha256, part, drawn_dpi AS drawnDpi
       FROM pages WHERE id = ?`,
    )
    .get(page)
  if (row === undefined) throw AppError.of('corpus/page-unknown', { page })
  return row
}

/** Linked originals are looked for beside the project first, as they may have moved together, then where they were. */
async function locate(project: OpenProject, row: PageFile): Promise<{ path: string; state: FileState }> {
  const paths = [pathOf(project, row.location), ...(row.storage === 'linked' ? [row.origin] : [])]
  let problem: unknown
  for (const path of paths) {
    try {
      const state = await fileState(path)
      markMissing(project, row, false)
      return { path, state }
    } catch (error) {
      problem ??= error
    }
  }
  markMissing(project, row, true)
  throw AppError.of(
    'corpus/page-unreadable',
    { file: row.file, reason: readProblem(problem) },
    { cause: problem },
  )
}

function markMissing(project: OpenProject, { id, missing }: PageFile, isMissing: boolean): void {
  if ((missing === 1) === isMissing) return
  project.database.prepare('UPDATE pages SET missing = ? WHERE id = ?').run(isMissing ? 1 : 0, id)
}

async function reading<Result>(row: PageFile, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    const refusal = refusalOf(error)
    if (error instanceof AppError && refusal === null) throw error
    const reason = refusal ?? readProblem(error)
    throw AppError.of('corpus/page-unreadable', { file: row.file, reason }, { cause: error })
  }
}
