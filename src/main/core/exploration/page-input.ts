/** A whole page as the model's input: reduced exactly as crops are, with its squares aligned where that is asked for. */

export interface GreyPage {
  readonly width: number
  readonly height: number
  /** One byte per pixel, row by row. */
  readonly pixels: Uint8Array
}

export interface PageInput extends GreyPage {
  /** Page pixel at which the input begins; 0, or below where white paper was put before the page. */
  readonly offsetX: number
  readonly offsetY: number
}

const WHITE = 255

/**
 * Area averaging by a whole factor, rounded half up, as domain/reduction.ts does with crops: of a crop whose corner
 * lies on the grid, the page's input holds the very bytes. Squares that reach over an edge see white paper there.
 * @param grid.period page pixels after which the network's units repeat
 * @param grid.alignTo a page pixel at which a period is to begin
 */
export function pageInput(
  page: GreyPage,
  grid: {
    readonly factor: number
    readonly period: number
    readonly alignTo: { readonly x: number; readonly y: number }
  },
): PageInput {
  const { factor, period, alignTo } = grid
  const before = (at: number): number => (period - (at % period)) % period
  const [left, top] = [before(alignTo.x), before(alignTo.y)]
  const width = Math.ceil((left + page.width) / factor)
  const height = Math.ceil((top + page.height) / factor)
  const offsets = { offsetX: left === 0 ? 0 : -left, offsetY: top === 0 ? 0 : -top }
  if (factor === 1 && left === 0 && top === 0) return { ...page, ...offsets }
  const pixels = new Uint8Array(width * height)
  const sums = new Uint32Array(width)
  const area = factor * factor
  for (let row = 0; row < height; row += 1) {
    sums.fill(area >> 1)
    for (let line = row * factor - top; line < (row + 1) * factor - top; line += 1)
      addLine(page, line, { left, factor, sums })
    for (let column = 0; column < width; column += 1)
      pixels[row * width + column] = (sums[column] ?? 0) / area
  }
  return { width, height, pixels, ...offsets }
}

/** Adds one row of the page, white where it has none, to the sums of the squares that it crosses. */
function addLine(
  { width, height, pixels }: GreyPage,
  line: number,
  into: { readonly left: number; readonly factor: number; readonly sums: Uint32Array },
): void {
  const { left, factor, sums } = into
  const start = line < 0 || line >= height ? -1 : line * width
  for (let column = 0; column < sums.length; column += 1) {
    let sum = sums[column] ?? 0
    for (let x = column * factor - left; x < (column + 1) * factor - left; x += 1)
      sum += start < 0 || x < 0 || x >= width ? WHITE : (pixels[start + x] ?? WHITE)
    sums[column] = sum
  }
}
