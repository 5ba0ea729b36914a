/** Everything that libvips does: only JPEG, PNG, TIFF and WebP files reach it, and they decode whole or not at all. */
import sharp, { type Metadata, type Sharp } from 'sharp'
import type { GreyPixels, PictureFacts, PictureSource } from '@shared/decode-api'
import { AppError } from '@shared/errors'
import { toGrey } from './grey'
import { pictureProblem } from './picture-problem'

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
const THUMBNAIL_SIDE = 320
const THUMBNAIL_QUALITY = 82
const PICTURE_QUALITY = 88

/** Where the pixels of one page are: a picture in a file, or pixels that were drawn already, [height, width, 3]. */
export type Pixels =
  | Pick<PictureSource, 'path' | 'part'>
  | { readonly width: number; readonly height: number; readonly rgb: Uint8Array }

/** @throws AppError corpus/picture-refused */
export function refuseTooLarge(width: number, height: number): void {
  if (width * height > PIXEL_LIMIT)
    throw pictureProblem(
      `it is too large: ${String(width)} × ${String(height)} pixels, at most 150 million are read`,
    )
}

/** Reads a file's head. @throws AppError corpus/picture-refused */
export async function readFacts(source: Omit<PictureSource, 'drawnDpi'>): Promise<PictureFacts> {
  const { path, part, format } = source
  const metadata = await decoding(() =>
    sharp(path, { limitInputPixels: false, ...pageOption(part) }).metadata(),
  )
  if (metadata.format !== format) throw pictureProblem('it is not a JPEG, PNG, TIFF or WebP image')
  if (format !== 'tiff' && (metadata.pages ?? 1) > 1)
    throw pictureProblem(
      `it holds ${String(metadata.pages)} pictures: split it so that each page is a file of its own`,
    )
  refuseTooLarge(metadata.width, metadata.height)
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
 * Decodes a whole page once, so that any damage in it is found, and keeps a small picture of it (JPEG, longest side
 * 320 pixels). JPEGs are reduced while they are decoded, which reads every byte but is quicker.
 * @throws AppError corpus/picture-refused
 */
export function drawThumbnail(pixels: Pixels): Promise<Buffer> {
  return decoding(() =>
    fitInside(upright(pixels), THUMBNAIL_SIDE).jpeg({ quality: THUMBNAIL_QUALITY }).toBuffer(),
  )
}

/** @throws AppError corpus/picture-refused */
export async function decodeGrey(source: Pixels): Promise<GreyPixels> {
  const { data, info } = await decoding(() =>
    upright(source).toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }),
  )
  return { width: info.width, height: info.height, pixels: toGrey(data, info.channels) }
}

/** A page for the screen as JPEG, in colour; at its full size where `side` is left out. @throws AppError corpus/picture-refused */
export function renderPage(pixels: Pixels, side: number | undefined): Promise<Buffer> {
  const picture = side === undefined ? upright(pixels) : fitInside(upright(pixels), side)
  return decoding(() => picture.toColourspace('srgb').jpeg({ quality: PICTURE_QUALITY }).toBuffer())
}

/** EXIF orientation applied, transparency on white. */
function upright(pixels: Pixels): Sharp {
  if ('rgb' in pixels) {
    const { width, height, rgb } = pixels
    return sharp(rgb, { limitInputPixels: PIXEL_LIMIT, raw: { width, height, channels: 3 } })
  }
  const limits = { failOn: 'warning', limitInputPixels: PIXEL_LIMIT, autoOrient: true } as const
  return sharp(pixels.path, { ...limits, ...pageOption(pixels.part) }).flatten({ background: '#ffffff' })
}

/** Loaders of formats with one picture know no pages. */
const pageOption = (part: number): { readonly page?: number } => (part === 1 ? {} : { page: part - 1 })

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
    if (error instanceof AppError) throw error
    throw pictureProblem(explain(error), { cause: error })
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
