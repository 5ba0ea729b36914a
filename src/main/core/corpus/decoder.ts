/** Everything that opens an image. Only JPEG, PNG, TIFF and WebP files reach the decoder, and they decode whole or not at all. */
import sharp, { type Metadata, type Sharp } from 'sharp'
import type { EncodedPicture } from '@shared/api'
import { toGrey } from './grey'
import type { ImageFormat } from './image-format'

// One page per thread of the pool: parallel over pages, not within one. The cache would only hold pages in memory.
sharp.concurrency(1)
sharp.cache(false)
// Loaders that no page needs. SVG stays allowed from memory, where only our own drawings come from.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadTiff',
    'VipsForeignLoadWebp',
    'VipsForeignLoadSvgBuffer',
  ],
})

/** 150 megapixels: an A0 sheet at 280 dpi. More is refused as a decompression bomb. */
export const PIXEL_LIMIT = 150_000_000
export const THUMBNAIL_SIDE = 320
const THUMBNAIL_QUALITY = 82
const PICTURE_QUALITY = 88
/** Formats whose files a window shows as they are. */
const SHOWN_AS_THEY_ARE: Readonly<Partial<Record<ImageFormat, EncodedPicture['mediaType']>>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
}

/** Why a picture is refused, in words that follow its name. */
export class PictureProblem extends Error {
  override readonly name = 'PictureProblem'
}

/** What a file says of its picture. */
export interface PictureFacts {
  /** After EXIF orientation is applied. */
  readonly width: number
  readonly height: number
  /** 1–8 as EXIF numbers them; 1 where none is stated. */
  readonly orientation: number
  readonly dpi: number | null
}

/**
 * Reads a file's head. @throws PictureProblem
 * @param format what its first bytes said
 */
export async function readFacts(path: string, format: ImageFormat): Promise<PictureFacts> {
  const metadata = await decoding(() => sharp(path, { limitInputPixels: false }).metadata())
  if (metadata.format !== format) throw new PictureProblem('it is not a JPEG, PNG, TIFF or WebP image')
  if ((metadata.pages ?? 1) > 1)
    throw new PictureProblem(
      `it holds ${String(metadata.pages)} pictures: split it so that each page is a file of its own`,
    )
  const pixels = metadata.width * metadata.height
  if (pixels > PIXEL_LIMIT)
    throw new PictureProblem(
      `it is too large: ${String(metadata.width)} × ${String(metadata.height)} pixels, at most 150 million are read`,
    )
  const orientation = orientationOf(metadata)
  const turned = orientation >= 5
  return {
    width: turned ? metadata.height : metadata.width,
    height: turned ? metadata.width : metadata.height,
    orientation,
    dpi: metadata.density !== undefined && metadata.density > 0 ? metadata.density : null,
  }
}

/**
 * Decodes a whole file once, so that any damage in it is found, and keeps a small picture of it (JPEG, longest side
 * 320 pixels). JPEGs are reduced while they are decoded, which reads every byte but is quicker. @throws PictureProblem
 */
export function drawThumbnail(path: string): Promise<Buffer> {
  return decoding(() =>
    fitInside(upright(path), THUMBNAIL_SIDE).jpeg({ quality: THUMBNAIL_QUALITY }).toBuffer(),
  )
}

export interface GreyPixels {
  readonly width: number
  readonly height: number
  /** One byte per pixel, row by row; see grey.ts for what grey means. */
  readonly pixels: Uint8Array
}

/** @throws PictureProblem */
export async function decodeGrey(path: string): Promise<GreyPixels> {
  const { data, info } = await decoding(() =>
    upright(path).toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }),
  )
  return { width: info.width, height: info.height, pixels: toGrey(data, info.channels) }
}

/** A page for the screen, in colour; at its full size where `side` is left out. @throws PictureProblem */
export async function renderPage(
  path: string,
  side: number | undefined,
): Promise<Omit<EncodedPicture, 'immutable'>> {
  const picture = side === undefined ? upright(path) : fitInside(upright(path), side)
  const bytes = await decoding(() =>
    picture.toColourspace('srgb').jpeg({ quality: PICTURE_QUALITY }).toBuffer(),
  )
  return { mediaType: 'image/jpeg', bytes }
}

/** The media type under which a page's own file can be shown, or null where it has to be rendered. */
export function shownAsItIs(format: ImageFormat, orientation: number): EncodedPicture['mediaType'] | null {
  return orientation === 1 ? (SHOWN_AS_THEY_ARE[format] ?? null) : null
}

/** EXIF orientation applied, transparency on white. */
function upright(path: string): Sharp {
  return sharp(path, { failOn: 'warning', limitInputPixels: PIXEL_LIMIT, autoOrient: true }).flatten({
    background: '#ffffff',
  })
}

function fitInside(picture: Sharp, side: number): Sharp {
  return picture.resize(side, side, { fit: 'inside', withoutEnlargement: true })
}

function orientationOf({ orientation = 1 }: Metadata): number {
  return orientation >= 1 && orientation <= 8 ? orientation : 1
}

async function decoding<Result>(action: () => Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof PictureProblem) throw error
    throw new PictureProblem(explain(error), { cause: error })
  }
}

const EXPLANATIONS: readonly (readonly [RegExp, string])[] = [
  [
    /premature end|truncated|too short|not enough|unexpected end|read error|out of order|EOF/i,
    'it is cut short or damaged',
  ],
  [/pixel limit/i, 'it is too large: at most 150 million pixels are read'],
  [/Input file is missing/i, 'it is not there'],
]

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const detail = message.replace(/\s+/g, ' ').trim().slice(0, 200)
  const known = EXPLANATIONS.find(([pattern]) => pattern.test(message))
  return known === undefined ? `it is damaged (${detail})` : `${known[1]} (${detail})`
}
