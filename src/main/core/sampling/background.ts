/**
 * Makes the paper of a page white, so that a limit on whiteness judges what is printed and not what it is printed on.
 * Every grey is divided by that of the paper around it: reflectance relative to paper. Ink keeps its share of it.
 *
 * The numbers are IEEE doubles through +, −, × and ÷ only, so that every machine gives the same bytes.
 */
import type { Background } from '@shared/domain/sampling-rules'
import { greyQuantile, otsuOf } from '../../numerics/grey-histogram'
import type { GreyPage } from './pixel-sums'

/** Recorded with sample sets that are prepared: another way would be another name. */
export const PAPER_METHOD = 'paper made white by blocks, 1'

const WHITE = 255
const GREYS = 256
/** Blocks along the shorter side, at most along the longer one, and the least side of one in pixels. */
const GRID = { shorter: 32, longer: 128, leastSide: 16 } as const
/** A block shows paper where this share of it is brighter than the page's threshold between ink and paper. */
const SHOWS_PAPER = 0.25
/** The paper's grey is that which this share of the bright pixels is no brighter than: blurred edges lie below it. */
const BRIGHT_SHARE = 0.75

/** The page as its crops are judged and cut; the page itself where nothing is to be done. */
export function preparePage(page: GreyPage, background: Background): GreyPage {
  if (background === 'as-is') return page
  const blocks = countBlocks(page)
  const tones = paperTones(blocks)
  return tones === null ? page : divide(page, blocks, smooth(fill(tones, blocks), blocks))
}

interface BlockGrid {
  /** Pixels along a block; the last ones may be cut off. */
  readonly side: number
  readonly columns: number
  readonly rows: number
}

interface Blocks extends BlockGrid {
  /** How often each grey occurs: [rows, columns, 256]. */
  readonly counts: Uint32Array
}

function countBlocks({ width, height, pixels }: GreyPage): Blocks {
  const side = Math.max(
    GRID.leastSide,
    Math.ceil(Math.min(width, height) / GRID.shorter),
    Math.ceil(Math.max(width, height) / GRID.longer),
  )
  const columns = Math.ceil(width / side)
  const rows = Math.ceil(height / side)
  const counts = new Uint32Array(columns * rows * GREYS)
  // Two counters of each grey in turn: neighbours are often alike, and one would wait for the other.
  const twice = new Uint32Array(columns * 2 * GREYS)
  for (let row = 0; row < rows; row += 1) {
    twice.fill(0)
    const bottom = Math.min(height, (row + 1) * side)
    for (let y = row * side; y < bottom; y += 1)
      countRow(pixels.subarray(y * width, (y + 1) * width), side, twice)
    const start = row * columns * GREYS
    for (let at = 0; at < columns * GREYS; at += 1) {
      const first = at + Math.floor(at / GREYS) * GREYS
      counts[start + at] = (twice[first] ?? 0) + (twice[first + GREYS] ?? 0)
    }
  }
  return { side, columns, rows, counts }
}

/** @param twice [columns, 2, 256], of which each pixel counts in one or the other */
function countRow(line: Uint8Array, side: number, twice: Uint32Array): void {
  for (let from = 0, block = 0; from < line.length; from += side, block += 2 * GREYS) {
    const end = Math.min(line.length, from + side)
    for (let x = from; x < end; x += 1) {
      const place = block + (x & 1) * GREYS + (line[x] ?? 0)
      twice[place] = (twice[place] ?? 0) + 1
    }
  }
}

/** The paper's grey in each block, 0 where none shows; null where the page has no ink to tell from paper, or no paper. */
function paperTones({ counts, columns, rows }: Blocks): Uint8Array | null {
  const whole = new Float64Array(GREYS)
  for (let at = 0; at < counts.length; at += 1)
    whole[at % GREYS] = (whole[at % GREYS] ?? 0) + (counts[at] ?? 0)
  const threshold = otsuOf(whole)
  if (threshold === null) return null
  const tones = new Uint8Array(columns * rows)
  for (let block = 0; block < tones.length; block += 1) {
    const histogram = counts.subarray(block * GREYS, (block + 1) * GREYS)
    let [bright, all] = [0, 0]
    for (let grey = 0; grey < GREYS; grey += 1) {
      const count = histogram[grey] ?? 0
      all += count
      if (grey > threshold) bright += count
    }
    if (bright >= SHOWS_PAPER * all) tones[block] = greyQuantile(histogram, BRIGHT_SHARE, threshold + 1) ?? 0
  }
  return tones.some((tone) => tone > 0) ? tones : null
}

/** Blocks without paper become the mean of their neighbours, from the edges of what is known inwards. */
function fill(tones: Uint8Array, { columns, rows }: BlockGrid): Uint8Array {
  let known = tones
  while (known.includes(0)) {
    const before = known
    known = before.map((tone, block) => {
      if (tone > 0) return tone
      const around = neighbours(block, { columns, rows })
        .map((neighbour) => before[neighbour] ?? 0)
        .filter((grey) => grey > 0)
      return around.length === 0 ? 0 : Math.round(around.reduce((sum, grey) => sum + grey, 0) / around.length)
    })
  }
  return known
}

function neighbours(
  block: number,
  { columns, rows }: Pick<BlockGrid, 'columns' | 'rows'>,
): readonly number[] {
  const [row, column] = [Math.floor(block / columns), block % columns]
  const found: number[] = []
  for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1)
    for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1)
      if (y !== row || x !== column) found.push(y * columns + x)
  return found
}

/** Each block with its neighbours, weighted 1 2 1 along both sides; the edge is its own neighbour. */
function smooth(tones: Uint8Array, { columns, rows }: BlockGrid): Float64Array {
  const smoothed = new Float64Array(tones.length)
  const clamp = (at: number, count: number): number => Math.min(count - 1, Math.max(0, at))
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      let sum = 0
      for (let y = -1; y <= 1; y += 1)
        for (let x = -1; x <= 1; x += 1) {
          const weight = (2 - Math.abs(y)) * (2 - Math.abs(x))
          sum += weight * (tones[clamp(row + y, rows) * columns + clamp(column + x, columns)] ?? 0)
        }
      smoothed[row * columns + column] = sum / 16
    }
  return smoothed
}

/** Where a pixel lies between the middles of two blocks: the first of them, and the share of the second. */
function between(
  at: number,
  side: number,
  count: number,
): { readonly first: number; readonly share: number } {
  const place = Math.min(count - 1, Math.max(0, (at + 0.5) / side - 0.5))
  const first = Math.min(Math.max(0, count - 2), Math.floor(place))
  return { first, share: place - first }
}

/** Every pixel by the paper that is interpolated between the middles of the blocks; nothing gets brighter than white. */
function divide({ width, height, pixels }: GreyPage, grid: BlockGrid, tones: Float64Array): GreyPage {
  const { side, columns, rows } = grid
  const gains = tones.map((tone) => WHITE / tone)
  const across = Array.from({ length: width }, (_, x) => between(x, side, columns))
  const shares = Float64Array.from(across, ({ share }) => share)
  // Where the first of the two blocks is another one than before.
  const changes = across.flatMap(({ first }, x) => (first === across[x - 1]?.first ? [] : [x]))
  const white = new Uint8Array(pixels.length)
  // One more than there are blocks: the last one has no second.
  const line = new Float64Array(columns + 1)
  for (let y = 0; y < height; y += 1) {
    const { first, share } = between(y, side, rows)
    for (let column = 0; column < columns; column += 1) {
      const upper = gains[first * columns + column] ?? 1
      const lower = gains[Math.min(rows - 1, first + 1) * columns + column] ?? 1
      line[column] = upper + (lower - upper) * share
    }
    line[columns] = line[columns - 1] ?? 1
    for (let stretch = 0; stretch < changes.length; stretch += 1) {
      const from = changes[stretch] ?? 0
      const end = changes[stretch + 1] ?? width
      const left = across[from]?.first ?? 0
      const gain = line[left] ?? 1
      const rise = (line[left + 1] ?? 1) - gain
      for (let x = from, at = y * width + from; x < end; x += 1, at += 1) {
        const grey = (pixels[at] ?? 0) * (gain + rise * (shares[x] ?? 0)) + 0.5
        white[at] = grey < WHITE ? grey : WHITE
      }
    }
  }
  return { width, height, pixels: white }
}
