/** What a file is by its first bytes; its name does not count. */
import type { FileHandle } from 'node:fs/promises'
import type { Page } from '@shared/domain/page'

export type ImageFormat = Page['format']

/** How many bytes `recognise` wants to see. */
const SIGNATURE_BYTES = 512

export type Recognition =
  | { readonly format: ImageFormat }
  /** `image` says that it is some kind of picture or paged document, so that leaving it out must be told. */
  | { readonly format: null; readonly reason: string; readonly image: boolean }

/** Bytes that a file has at its start, as Latin-1 text, or at an offset. */
type Signature = string | { readonly at: number; readonly text: string }

const SIGNATURES: readonly (readonly [ImageFormat, readonly Signature[]])[] = [
  ['jpeg', ['\xff\xd8\xff']],
  ['png', ['\x89PNG\r\n\x1a\n']],
  // TIFF and BigTIFF, little- and big-endian.
  ['tiff', ['II*\0', 'II+\0', 'MM\0*', 'MM\0+']],
  ['webp', [{ at: 8, text: 'WEBP' }]],
  ['pdf', ['%PDF-']],
]

const OTHERS: readonly (readonly [string, readonly Signature[]])[] = [
  ['a GIF', ['GIF87a', 'GIF89a']],
  ['a BMP', [{ at: 6, text: '\0\0\0\0' }]],
  [
    'a HEIF or AVIF picture',
    ['heic', 'heix', 'hevc', 'mif1', 'msf1', 'avif'].map((brand) => ({ at: 8, text: brand })),
  ],
  ['a JPEG 2000 picture', [{ at: 4, text: 'jP  ' }]],
  ['a JPEG XL picture', ['\xff\x0a', { at: 4, text: 'JXL ' }]],
  ['a DjVu document', ['AT&TFORM']],
]

/** What must stand at the very start beside a signature further in. */
const STARTS: Readonly<Record<string, string>> = { webp: 'RIFF', 'a BMP': 'BM' }

const SVG = /^(\xef\xbb\xbf)?\s*(<\?xml[^]*?)?(<!--[^]*?-->\s*)*(<!DOCTYPE svg[^]*?)?<svg[\s>]/i

const ADVICE = 'save its pages as JPEG, PNG, TIFF, WebP or PDF'

/** What an open file is. */
export async function recogniseFile(file: FileHandle): Promise<Recognition> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(SIGNATURE_BYTES), 0, SIGNATURE_BYTES, 0)
  return recognise(buffer.subarray(0, bytesRead))
}

function recognise(start: Uint8Array): Recognition {
  if (start.byteLength === 0) return { format: null, reason: 'it is empty (0 bytes)', image: false }
  const text = Buffer.from(start.buffer, start.byteOffset, start.byteLength).toString('latin1')
  const format = nameOf(text, SIGNATURES)
  if (format !== null) return { format }
  const other = nameOf(text, OTHERS) ?? (SVG.test(text) ? 'an SVG drawing' : null)
  if (other !== null) return { format: null, reason: `it is ${other}: ${ADVICE}`, image: true }
  const isText = /^(\xef\xbb\xbf)?[\t\n\r\x20-\x7e\x80-\xff]*$/.test(text)
  const what = isText ? 'it is text, not an image' : 'it is not a JPEG, PNG, TIFF or WebP image'
  return { format: null, reason: what, image: false }
}

function nameOf<Name extends string>(
  text: string,
  table: readonly (readonly [Name, readonly Signature[]])[],
): Name | null {
  const has = (signature: Signature): boolean =>
    typeof signature === 'string' ? text.startsWith(signature) : text.startsWith(signature.text, signature.at)
  const found = table.find(
    ([name, signatures]) => text.startsWith(STARTS[name] ?? '') && signatures.some(has),
  )
  return found?.[0] ?? null
}

const IMAGE_NAME = /\.(jpe?g|jpe|jfif|png|tiff?|webp|pdf)$/i

/** Its name says that it is one of the images that are read. */
export function isNamedLikeImage(name: string): boolean {
  return IMAGE_NAME.test(name)
}
