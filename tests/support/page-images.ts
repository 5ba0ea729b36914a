/** Small page images made on the fly: staves and blots from a seed, no two alike. */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import sharp from 'sharp'

const STAFF_GAP = 120
const LINE_GAP = 10

/** Grey pixels, `width` × `height`. */
export function drawPage(seed: number, width: number, height: number): Uint8Array {
  const random = xoroshiro128plus(seed)
  const pixels = new Uint8Array(width * height).fill(255)
  for (let top = 40; top + 5 * LINE_GAP < height; top += STAFF_GAP) {
    for (let line = 0; line < 5; line += 1) {
      const row = (top + line * LINE_GAP) * width
      pixels.fill(0, row + 20, row + width - 20)
    }
    for (let note = 0; note < width / 40; note += 1) {
      const left = uniformInt(random, 20, width - 40)
      const upper = uniformInt(random, top - 20, top + 5 * LINE_GAP)
      for (let y = Math.max(0, upper); y < Math.min(height, upper + 8); y += 1)
        pixels.fill(0, y * width + left, y * width + left + 11)
    }
  }
  return pixels
}

/** Writes style/composer/piece/page files below the folder. @returns how many pages there are */
export async function writeCorpus(
  folder: string,
  { pages = 2, width = 600, height = 700 }: { pages?: number; width?: number; height?: number } = {},
): Promise<number> {
  let seed = 1
  for (const style of ['Baroque', 'Ragtime'])
    for (const composer of ['A', 'B'])
      for (let page = 1; page <= pages; page += 1) {
        const file = join(folder, style, `${style} ${composer}`, 'Piece', `page-${page}.png`)
        mkdirSync(dirname(file), { recursive: true })
        const raw = { width, height, channels: 1 as const }
        await sharp(drawPage(seed, width, height), { raw }).png({ compressionLevel: 1 }).toFile(file)
        seed += 1
      }
  return 4 * pages
}
