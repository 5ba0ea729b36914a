/** Pages to measure on: a corpus that is there, or pages drawn for the purpose. */
import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import sharp from 'sharp'
import { root } from '../../support/paths.mjs'
import { PlainFailure } from '../../support/say.mjs'

const DRAWN_PAGES = 40

/**
 * Fills `folder` with at most `most` pages spread over a corpus: the one named by `--corpus FOLDER`, else
 * ../shared/corpus beside the checkout, else pages of staves drawn here.
 * @returns {Promise<{source: string, pages: string[]}>} absolute paths
 */
export async function gatherPages(folder, args, most = Infinity) {
  const named = args.includes('--corpus') ? resolve(args[args.indexOf('--corpus') + 1] ?? '') : null
  if (named && !existsSync(named)) throw new PlainFailure(`There is no folder ${named}.`)
  const corpus = named ?? join(root, '..', 'shared', 'corpus')
  if (!existsSync(corpus))
    return { source: 'drawn', pages: await drawPages(folder, Math.min(most, DRAWN_PAGES)) }
  const all = imagesBelow(corpus)
  const step = Math.max(1, all.length / most)
  const chosen = all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
  const pages = chosen.map((path) => {
    const copy = join(folder, relative(corpus, path))
    mkdirSync(dirname(copy), { recursive: true })
    cpSync(path, copy)
    return copy
  })
  return { source: named ? 'given' : 'shared', pages }
}

export function imagesBelow(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(jpe?g|png|tiff?|webp)$/i.test(name))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort()
}

/** A4 at 150 dpi: staves and note heads at places that follow from the page's number, as JPEG in colour. */
async function drawPages(folder, count) {
  const [width, height] = [1240, 1754]
  const pages = []
  for (let page = 1; page <= count; page += 1) {
    let state = page
    const random = (most) => (state = (state * 48271) % 2147483647) % most
    const pixels = Buffer.alloc(width * height, 250)
    for (let top = 100; top < height - 150; top += 130)
      for (let line = 0; line < 5; line += 1) {
        pixels.fill(20, (top + line * 12) * width + 80, (top + line * 12 + 2) * width - 80)
        for (let note = 0; note < 60; note += 1) {
          const [x, y] = [80 + random(width - 180), top - 20 + random(90)]
          for (let row = 0; row < 12; row += 1)
            pixels.fill(10, (y + row) * width + x, (y + row) * width + x + 15)
        }
      }
    const file = join(folder, 'Drawn', 'Nobody', `Piece ${Math.ceil(page / 4)}`, `page-${page}.jpg`)
    mkdirSync(dirname(file), { recursive: true })
    await sharp(pixels, { raw: { width, height, channels: 1 } })
      .toColourspace('srgb')
      .jpeg({ quality: 85 })
      .toFile(file)
    pages.push(file)
  }
  return pages
}
