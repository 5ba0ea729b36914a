/** What a file is by its first bytes; its name does not count. */
import type { Page } from '@shared/domain/page'

export type ImageFormat = Page['format']

/** How many bytes `recognise` wants to see. */
export const SIGNATURE_BYTES = 512

export type Recognition =
  | { readonly format: ImageFormat }
  /** `image` says that it is some kind of picture or paged document, so that leaving it out must be told. */
  | { readonly format: null; readonly reason: string; readonly image: boolean }

const SIGNATURES: readonly (readonly [ImageFormat, RegExp])[] = [
  ['jpeg', /^\xff\xd8\xff/],
  ['png', /^\x89PNG\r\n\x1a\n/],
  // TIFF and BigTIFF, little- and big-endian.
  ['tiff', /^(II[*+]\0|MM\0[*+])/],
  ['webp', /^RIFF[^]{4}WEBP/],
]

const OTHERS: readonly (readonly [string, RegExp])[] = [
  ['a GIF', /^GIF8[79]a/],
  ['a PDF', /^%PDF-/],
  ['a BMP', /^BM[^]{4}\0\0\0\0/],
  ['a HEIF or AVIF picture', /^[^]{4}ftyp(heic|heix|hevc|mif1|msf1|avif|avis)/],
  ['a JPEG 2000 picture', /^\0\0\0\x0cjP {2}/],
  ['a JPEG XL picture', /^(\xff\x0a|\0\0\0\x0cJXL )/],
  ['a DjVu document', /^AT&TFORM/],
  ['an SVG drawing', /^(\xef\xbb\xbf)?\s*(<\?xml[^]*?)?(<!--[^]*?-->\s*)*(<!DOCTYPE svg[^]*?)?<svg[\s>]/i],
]

const ADVICE = 'save its pages as JPEG, PNG, TIFF or WebP'

export function recognise(start: Uint8Array): Recognition {
  if (start.byteLength === 0) return { format: null, reason: 'it is empty (0 bytes)', image: false }
  const text = Buffer.from(start.buffer, start.byteOffset, start.byteLength).toString('latin1')
  for (const [format, signature] of SIGNATURES) if (signature.test(text)) return { format }
  for (const [what, signature] of OTHERS)
    if (signature.test(text)) return { format: null, reason: `it is ${what}: ${ADVICE}`, image: true }
  const isText = /^(\xef\xbb\xbf)?[\t\n\r\x20-\x7e\x80-\xff]*$/.test(text)
  const what = isText ? 'it is text, not an image' : 'it is not a JPEG, PNG, TIFF or WebP image'
  return { format: null, reason: what, image: false }
}

const IMAGE_NAME = /\.(jpe?g|jpe|jfif|png|tiff?|webp)$/i

/** Its name says that it is one of the images that are read. */
export function isNamedLikeImage(name: string): boolean {
  return IMAGE_NAME.test(name)
}
