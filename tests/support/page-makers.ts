/** Makers of page images for tests: pages like staves from a seed, and files that are hard to read. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import sharp, { type Sharp } from 'sharp'

export interface PageShape {
  readonly width?: number
  readonly height?: number
  readonly seed?: number
}

export interface GreyImage {
  readonly width: number
  readonly height: number
  /** One byte per pixel, row by row. */
  readonly pixels: Uint8Array
}

/** White paper with staves of five lines and note heads at places that follow from the seed. */
export function stavesPage({ width = 160, height = 200, seed = 1 }: PageShape = {}): GreyImage {
  const random = xoroshiro128plus(seed)
  const pixels = new Uint8Array(width * height).fill(255)
  const staffHeight = 40
  for (let top = 8; top + 24 < height; top += staffHeight) {
    for (let line = 0; line < 5; line += 1) {
      const row = (top + line * 5) * width
      pixels.fill(40, row + 4, row + width - 4)
    }
    for (let note = 0; note < width / 14; note += 1) {
      const x = uniformInt(random, 4, width - 10)
      const y = uniformInt(random, top - 4, top + 20)
      for (let row = Math.max(0, y); row < Math.min(height, y + 5); row += 1)
        pixels.fill(uniformInt(random, 0, 60), row * width + x, row * width + x + 6)
    }
  }
  return { width, height, pixels }
}

/** Every pixel the same. */
export function plainPage(grey: number, { width = 160, height = 200 }: PageShape = {}): GreyImage {
  return { width, height, pixels: new Uint8Array(width * height).fill(grey) }
}

/** A sharp pipeline that begins with the given pixels. */
export function fromGrey({ width, height, pixels }: GreyImage): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 1 } })
}

/** Bytes of a PNG that keeps every pixel. */
export function pngOf(image: GreyImage): Promise<Buffer> {
  return fromGrey(image).toColourspace('b-w').png({ compressionLevel: 1 }).toBuffer()
}

export function jpegOf(image: GreyImage, quality = 90): Promise<Buffer> {
  return fromGrey(image).jpeg({ quality }).toBuffer()
}

/** Writes below a folder, whose subfolders come to be. Returns the absolute path. */
export function put(folder: string, file: string, bytes: Uint8Array | string): string {
  const path = join(folder, ...file.split('/'))
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  return path
}

/** Moves a file's time of change, in milliseconds since 1970. */
export function setTime(path: string, ms: number): void {
  utimesSync(path, ms / 1000, ms / 1000)
}

/** A small corpus: styles × composers × pieces × pages, PNG, each page different. Returns the files. */
export async function putCorpus(
  folder: string,
  { styles = 2, composers = 2, pieces = 2, pages = 2 } = {},
  shape: PageShape = {},
): Promise<readonly string[]> {
  const files: string[] = []
  for (let index = 0; index < styles * composers * pieces * pages; index += 1) {
    const page = (index % pages) + 1
    const piece = (Math.floor(index / pages) % pieces) + 1
    const composer = (Math.floor(index / pages / pieces) % composers) + 1
    const style = Math.floor(index / pages / pieces / composers) + 1
    const place = `Style ${String(style)}/Composer ${String(composer)}/Piece ${String(piece)}`
    const file = `${place}/page-${String(page)}.png`
    put(folder, file, await pngOf(stavesPage({ ...shape, seed: index + (shape.seed ?? 1) })))
    files.push(file)
  }
  return files
}

/** A TIFF with several pictures in it, one grey pixel each. */
export function multiPageTiff(pages: number): Buffer {
  return tiffOf(
    Array.from({ length: pages }, (_, page) => ({ width: 1, height: 1, pixels: Buffer.of(128 + page) })),
  )
}

const TIFF_HEAD = 8
const TIFF_ENTRIES = 10
const TIFF_DIRECTORY = 2 + TIFF_ENTRIES * 12 + 4

/**
 * A TIFF of grey pictures, written by hand, without compression.
 * @param reduced places in the list of those that say they are smaller versions of a page
 * @param last where the last picture says that the next one is; 0 for nowhere
 */
export function tiffOf(images: readonly GreyImage[], reduced: readonly number[] = [], last = 0): Buffer {
  const starts: number[] = []
  let length = TIFF_HEAD
  for (const { pixels } of images) {
    starts.push(length)
    length += TIFF_DIRECTORY + pixels.byteLength + (pixels.byteLength % 2)
  }
  const file = Buffer.alloc(length)
  file.write('II*\0', 0, 'latin1')
  file.writeUInt32LE(TIFF_HEAD, 4)
  for (const [index, { width, height, pixels }] of images.entries()) {
    const start = starts[index] ?? 0
    const pixelsAt = start + TIFF_DIRECTORY
    file.writeUInt16LE(TIFF_ENTRIES, start)
    const tags = [
      [254, 4, reduced.includes(index) ? 1 : 0],
      [256, 4, width],
      [257, 4, height],
      [258, 3, 8], // bits per sample
      [259, 3, 1], // no compression
      [262, 3, 1], // black is zero
      [273, 4, pixelsAt], // where the pixels are
      [277, 3, 1], // samples per pixel
      [278, 4, height], // rows per strip
      [279, 4, pixels.byteLength],
    ] as const
    for (const [entry, [tag, type, value]] of tags.entries()) {
      const at = start + 2 + entry * 12
      file.writeUInt16LE(tag, at)
      file.writeUInt16LE(type, at + 2)
      file.writeUInt32LE(1, at + 4)
      if (type === 3) file.writeUInt16LE(value, at + 8)
      else file.writeUInt32LE(value, at + 8)
    }
    file.writeUInt32LE(starts[index + 1] ?? last, start + 2 + TIFF_ENTRIES * 12)
    file.set(pixels, pixelsAt)
  }
  return file
}

/** A PNG that says it is enormous and holds no pixels. */
export function pngBomb(width: number, height: number): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 0, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', head),
    pngChunk('IDAT', Buffer.from([0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01])),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

function pngChunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.byteLength, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}
