/** Reads the pictures of pages: grey pixels for sampling, pages and thumbnails for the screen. */
import { readFile } from 'node:fs/promises'
import type { EncodedPicture } from '@shared/api'
import type { GreyPixels, PictureSource } from '@shared/decode-api'
import type { PageHealth, Portrait } from '@shared/domain/page-health'
import { AppError } from '@shared/errors'
import type { PictureAddress } from '@shared/pictures'
import { refusalOf } from '../../decoding'
import { asWriteRefusal } from '../../storage/write-problem'
import type { OpenProject } from '../ports'
import { readProblem } from './folder-walk'
import type { ImageFormat } from './image-format'
import { fileState, isSameState, thumbnailPath, writeThumbnail } from './page-files'
import { type KnownFile, type LocatedFile, locateFile, noteFile } from './page-location'
import type { PictureDecoder } from './picture-decoder'

/** What reading pages needs. */
export interface PageReading {
  readonly project: OpenProject
  readonly decoder: PictureDecoder
  /** A file was seen to be missing, changed, or back. */
  readonly onNoticed: () => void
}

interface PageFile extends KnownFile {
  readonly id: number
  readonly file: string
  readonly format: ImageFormat
  readonly orientation: number
  readonly sha256: string
  readonly part: number
  readonly drawnDpi: number | null
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
export async function decodePage(reading: PageReading, page: number): Promise<GreyPixels> {
  return await ofPage(reading, page, (source) => reading.decoder.ask('grey', source))
}

/** @throws AppError corpus/page-unknown, corpus/page-unreadable, corpus/page-changed */
export async function measurePage(reading: PageReading, page: number): Promise<PageHealth> {
  return await ofPage(reading, page, (source) => reading.decoder.ask('measure', source))
}

/** Null of a page without print. @throws AppError corpus/page-unknown, corpus/page-unreadable, corpus/page-changed */
export async function portrayPage(reading: PageReading, page: number): Promise<Portrait | null> {
  return await ofPage(reading, page, (source) => reading.decoder.ask('portray', source))
}

async function ofPage<Result>(
  reading: PageReading,
  page: number,
  ask: (source: PictureSource) => Promise<Result>,
): Promise<Result> {
  const row = findPageFile(reading.project, page)
  return await fromFile(reading, row, ({ path }) => ask(sourceOf(row, path)))
}

/**
 * A page as it was imported: the picture of a file that changed since is refused, whatever wants to show it.
 * @throws AppError corpus/page-unknown, corpus/page-unreadable, corpus/page-changed
 */
export async function readPagePicture(
  reading: PageReading,
  address: PictureAddress & { readonly kind: 'thumbnail' | 'page' },
): Promise<EncodedPicture> {
  const { project, decoder } = reading
  const row = findPageFile(project, address.page)
  // A page can be imported again with other bytes, so what is at its address may change.
  const immutable = false
  if (address.kind === 'thumbnail') {
    const kept = await readFile(thumbnailPath(project, row.sha256)).catch(() => null)
    const bytes = kept !== null && kept.byteLength > 0 ? kept : await redrawThumbnail(reading, row)
    return { mediaType: 'image/jpeg', bytes, immutable }
  }
  const mediaType = row.orientation === 1 ? (SHOWN_AS_THEY_ARE[row.format] ?? null) : null
  return await fromFile(reading, row, async ({ path, state }) => {
    if (address.side === undefined && mediaType !== null && state.sizeBytes <= WHOLE_FILE_BYTES)
      return { mediaType, bytes: await readFile(path), immutable }
    const bytes = await decoder.ask('render', { source: sourceOf(row, path), side: address.side })
    return { mediaType: 'image/jpeg', bytes, immutable }
  })
}

async function redrawThumbnail(reading: PageReading, row: PageFile): Promise<Uint8Array> {
  const { project, decoder } = reading
  const bytes = await fromFile(reading, row, ({ path }) => decoder.ask('thumbnail', sourceOf(row, path)))
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
      `SELECT id, file, location, origin, storage, format, orientation, sha256, size_bytes AS sizeBytes,
         modified_ms AS modifiedMs, coalesce(file_sha256, sha256) AS fileSha256, part, drawn_dpi AS drawnDpi
       FROM pages WHERE id = ?`,
    )
    .get(page)
  if (row === undefined) throw AppError.of('corpus/page-unknown', { page })
  return row
}

/**
 * What is read of a page's file while its bytes are those that were imported, before and after.
 * @throws AppError corpus/page-unreadable, corpus/page-changed
 */
async function fromFile<Result>(
  reading: PageReading,
  row: PageFile,
  read: (located: LocatedFile) => Promise<Result>,
): Promise<Result> {
  const located = await locate(reading, row)
  try {
    const result = await read(located)
    if (!isSameState(located.state, await fileState(located.path))) await locate(reading, row)
    return result
  } catch (error) {
    const refusal = refusalOf(error)
    if (error instanceof AppError && refusal === null) throw error
    const reason = refusal ?? readProblem(error)
    throw AppError.of('corpus/page-unreadable', { file: row.file, reason }, { cause: error })
  }
}

async function locate({ project, onNoticed }: PageReading, row: PageFile): Promise<LocatedFile> {
  const note = (seen: LocatedFile | null): void => {
    if (noteFile(project, row, seen)) onNoticed()
  }
  const located = await locateFile(project, row).catch((error: unknown) => {
    note(null)
    throw AppError.of(
      'corpus/page-unreadable',
      { file: row.file, reason: readProblem(error) },
      { cause: error },
    )
  })
  note(located)
  if (!located.asImported) throw AppError.of('corpus/page-changed', { file: row.file })
  return located
}
