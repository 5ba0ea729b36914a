/**
 * What the decoding process promises to the engine: the only door to libvips and PDFium while pages are read. Files are
 * named by path and only read; what comes back is small, but for pixels that were asked for. A file that cannot be a
 * page fails with `corpus/picture-refused` and its reason; one that brings the decoder down takes this process with it
 * and nothing else.
 */
import type { Page } from './domain/page'
import type { PageHealth, Portrait } from './domain/page-health'
import type { MethodTable, Remote } from './remote'

/** One page of a file. */
export interface PictureSource {
  /** Absolute. */
  readonly path: string
  /** What the file's first bytes said. */
  readonly format: Page['format']
  /** Which of the file's pictures or pages, from 1. */
  readonly part: number
  /** The resolution at which a page of a PDF is drawn where it is not one scan; null for images. */
  readonly drawnDpi: number | null
}

/** What a file says of its picture. */
export interface PictureFacts {
  /** After EXIF orientation or the rotation of a PDF's page is applied, in pixels. */
  readonly width: number
  readonly height: number
  /** 1–8 as EXIF numbers them; 1 where none is stated. */
  readonly orientation: number
  readonly dpi: number | null
}

export interface ExaminedPicture extends PictureFacts {
  /** JPEG, longest side 320 pixels. */
  readonly thumbnail: Uint8Array
}

export interface GreyPixels {
  readonly width: number
  readonly height: number
  /** One byte per pixel, row by row; what grey means: src/main/decoding/grey.ts. */
  readonly pixels: Uint8Array
}

export interface DecodeApi {
  pictures: {
    /** The numbers of a file's pages, ascending; smaller versions of a page that a TIFF may hold are left out. */
    parts(request: Pick<PictureSource, 'path' | 'format'>): readonly number[]
    /** Decodes a whole page once, so that any damage in it is found. */
    examine(source: PictureSource): ExaminedPicture
    grey(source: PictureSource): GreyPixels
    /** A JPEG in colour, of at most `side` pixels; at full size where that is left out. */
    render(request: { readonly source: PictureSource; readonly side?: number | undefined }): Uint8Array
    thumbnail(source: PictureSource): Uint8Array
    /** What health asks of a page: it takes a tenth of a second, in which the engine answers others. */
    measure(source: PictureSource): PageHealth
    /** Null of a page without print. */
    portray(source: PictureSource): Portrait | null
    /** How alike two pages are in [-1, 1] once laid over one another; up to half a second. */
    likeness(pair: { readonly one: Portrait; readonly other: Portrait }): number
  }
}

export const DECODE_METHODS = {
  pictures: ['parts', 'examine', 'grey', 'render', 'thumbnail', 'measure', 'portray', 'likeness'],
} as const satisfies MethodTable<DecodeApi>

export type RemoteDecode = Remote<DecodeApi>
