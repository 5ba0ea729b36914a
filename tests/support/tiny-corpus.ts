/** A small corpus of page images made on the spot: staves and notes at seeded places, style/composer/piece/page.png. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import sharp from 'sharp'

export interface TinyCorpus {
  readonly styles: number
  readonly composersEach: number
  readonly piecesEach: number
  readonly pagesEach: number
  /** Side of a page in pixels. */
  readonly side: number
}

export const TINY: TinyCorpus = { styles: 2, composersEach: 2, piecesEach: 2, pagesEach: 1, side: 120 }

/** Returns how many pages there are. */
export async function makeTinyCorpus(folder: string, corpus: TinyCorpus = TINY): Promise<number> {
  const { styles, composersEach, piecesEach, pagesEach, side } = corpus
  let pages = 0
  for (let style = 0; style < styles; style += 1)
    for (let composer = 0; composer < composersEach; composer += 1)
      for (let piece = 0; piece < piecesEach; piece += 1)
        for (let page = 0; page < pagesEach; page += 1) {
          const place = join(folder, `Style ${style}`, `Composer ${style}-${composer}`, `Piece ${piece}`)
          mkdirSync(place, { recursive: true })
          pages += 1
          await sharp(drawPage(side, pages), { raw: { width: side, height: side, channels: 1 } })
            .png()
            .toFile(join(place, `${page + 1}.png`))
        }
  return pages
}

/** Grey bytes [side, side]: staves of five lines with note heads on them. */
function drawPage(side: number, seed: number): Uint8Array {
  const pixels = new Uint8Array(side * side).fill(250)
  const random = xoroshiro128plus(seed)
  for (let top = 6; top + 20 < side; top += 28) {
    for (let line = 0; line < 5; line += 1)
      pixels.fill(30, (top + 4 * line) * side, (top + 4 * line + 1) * side)
    for (let note = 0; note < side / 12; note += 1) {
      const x = uniformInt(random, 2, side - 6)
      const y = top + uniformInt(random, 0, 14)
      for (let row = y; row < y + 4; row += 1) pixels.fill(10, row * side + x, row * side + x + 5)
    }
  }
  return pixels
}
