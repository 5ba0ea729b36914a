/** What is printed on a page, parted from its paper, whatever the paper's tone and the shadows on it. */
import type { GreyPicture } from '../staff-space'

/** How inked each pixel is, [height, width] in [0, 1]: 0 is paper, 1 the darkest print. */
export interface InkPicture {
  readonly width: number
  readonly height: number
  readonly ink: Float32Array
  readonly tones: Tones
}

export interface Tones {
  /** Grey of the paper in [0, 1]: the median over blocks of the page of what is bright in each. */
  readonly paper: number
  /** Grey of the print in [0, 1]: the mean of the darkest that the page has. Equal to `paper` on a blank page. */
  readonly print: number
}

/** Paper is looked for in squares of so many pixels; wide enough that none is all print. */
const BLOCK = 40
/** Within a square, so much of it is no brighter than its paper. */
const BRIGHT = 0.65
/** The darkest share of a page that says how dark print is. */
const DARKEST = 0.002
/** Print at least so much darker than paper, in grey levels: less is the grain of the paper. */
const LEAST_CONTRAST = 24
/** What is less inked than this is paper. */
const FAINT = 0.15
const WHITE = 255

/** Mean of the darkest share of the pixels, 0 to 255. */
function darkest(pixels: Uint8Array): number {
  const histogram = new Float64Array(256)
  for (const value of pixels) histogram[value] = (histogram[value] ?? 0) + 1
  const wanted = Math.max(1, pixels.length * DARKEST)
  let [taken, sum] = [0, 0]
  for (let value = 0; value < 256 && taken < wanted; value += 1) {
    const part = Math.min(histogram[value] ?? 0, wanted - taken)
    taken += part
    sum += part * value
  }
  return sum / taken
}

/**
 * Ink is how much darker a pixel is than the paper around it, beside the darkest print of the page.
 * @param faint what is less inked than this is paper
 */
export function inkOf(picture: GreyPicture, faint = FAINT): InkPicture {
  const { width, height, pixels } = picture
  const papers = paperBlocks(picture)
  const sorted = papers.values.toSorted()
  const paper = sorted[Math.floor(sorted.length / 2)] ?? WHITE
  const print = Math.min(paper, darkest(pixels))
  const contrast = Math.max(LEAST_CONTRAST, paper - print) / Math.max(1, paper)
  const ink = new Float32Array(width * height)
  const levels = new Float32Array(width)
  for (let row = 0; row < height; row += 1) {
    fillLevels(levels, papers, row)
    for (let column = 0; column < width; column += 1) {
      const place = row * width + column
      const value = (1 - (pixels[place] ?? WHITE) / Math.max(1, levels[column] ?? WHITE)) / contrast - faint
      ink[place] = Math.max(0, Math.min(1, value))
    }
  }
  return { width, height, ink, tones: { paper: paper / WHITE, print: print / WHITE } }
}

interface PaperBlocks {
  readonly across: number
  readonly down: number
  /** [down, across], 0 to 255. */
  readonly values: Float32Array
}

function paperBlocks({ width, height, pixels }: GreyPicture): PaperBlocks {
  const across = Math.max(1, Math.round(width / BLOCK))
  const down = Math.max(1, Math.round(height / BLOCK))
  const values = new Float32Array(across * down)
  const histogram = new Int32Array(256)
  for (let y = 0; y < down; y += 1) {
    const [top, bottom] = [Math.floor((y * height) / down), Math.floor(((y + 1) * height) / down)]
    for (let x = 0; x < across; x += 1) {
      const [left, right] = [Math.floor((x * width) / across), Math.floor(((x + 1) * width) / across)]
      histogram.fill(0)
      for (let row = top; row < bottom; row += 1)
        for (let column = left; column < right; column += 1) {
          const value = pixels[row * width + column] ?? 0
          histogram[value] = (histogram[value] ?? 0) + 1
        }
      values[y * across + x] = levelOf(histogram, BRIGHT * (bottom - top) * (right - left))
    }
  }
  return { across, down, values: calmed(values, across, down) }
}

/** Each the median of the nine around: a strip that scanning or filling left along an edge is no paper. */
function calmed(values: Float32Array, across: number, down: number): Float32Array {
  return values.map((_, place) => {
    const [x, y] = [place % across, Math.floor(place / across)]
    const around: number[] = []
    for (let row = Math.max(0, y - 1); row <= Math.min(down - 1, y + 1); row += 1)
      for (let column = Math.max(0, x - 1); column <= Math.min(across - 1, x + 1); column += 1)
        around.push(values[row * across + column] ?? WHITE)
    around.sort((one, other) => one - other)
    return around[Math.floor(around.length / 2)] ?? WHITE
  })
}

function levelOf(histogram: Int32Array, wanted: number): number {
  let below = 0
  for (let value = 0; value < 256; value += 1) {
    below += histogram[value] ?? 0
    if (below >= wanted) return value
  }
  return WHITE
}

/** Paper along a row, between the middles of four blocks in proportion. */
function fillLevels(levels: Float32Array, { across, down, values }: PaperBlocks, row: number): void {
  const y = Math.min(down - 1, Math.max(0, row / BLOCK - 0.5))
  const top = Math.floor(y) * across
  const bottom = Math.min(down - 1, Math.floor(y) + 1) * across
  const part = y - Math.floor(y)
  const mix = (from: number, to: number, share: number): number => from + (to - from) * share
  for (let column = 0; column < levels.length; column += 1) {
    const x = Math.min(across - 1, Math.max(0, column / BLOCK - 0.5))
    const left = Math.floor(x)
    const right = Math.min(across - 1, left + 1)
    const upper = mix(values[top + left] ?? WHITE, values[top + right] ?? WHITE, x - left)
    const lower = mix(values[bottom + left] ?? WHITE, values[bottom + right] ?? WHITE, x - left)
    levels[column] = mix(upper, lower, part)
  }
}
