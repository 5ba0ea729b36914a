/** Sums of grey over squares of a page, exact. */

/** Scanning a pixel costs about a third of what it costs to put it in the table. */
const SCANS_BEFORE_TABLE = 3

/**
 * Sums over squares. The first few are added up directly; when that has cost as much as a summed-area table would
 * (Crow 1984), the table is built and every further sum takes four look-ups. Both ways are exact, so which one is used
 * never shows.
 *
 * The table holds whole numbers modulo 2³². A difference of its entries is right as long as the sum itself is below
 * 2³²: at 255 a pixel, for squares of up to 4,103 pixels a side.
 */
export class PixelSums {
  private table: Uint32Array | null = null
  private scannedPixels = 0

  /** @param pixels one byte per pixel, [height, width] */
  constructor(
    private readonly pixels: Uint8Array,
    private readonly width: number,
    private readonly height: number,
  ) {}

  /** Sum of the square of `size` pixels a side whose upper left pixel is (x, y). It must lie within the page. */
  square(x: number, y: number, size: number): number {
    this.scannedPixels += size * size
    if (this.table === null && this.scannedPixels <= SCANS_BEFORE_TABLE * this.pixels.length)
      return this.scan(x, y, size)
    this.table ??= sumTable(this.pixels, this.width, this.height)
    const stride = this.width + 1
    const top = y * stride + x
    const bottom = (y + size) * stride + x
    const at = (index: number): number => this.table?.[index] ?? 0
    return (at(bottom + size) - at(bottom) - at(top + size) + at(top)) >>> 0
  }

  private scan(x: number, y: number, size: number): number {
    let sum = 0
    for (let row = y; row < y + size; row += 1) {
      const end = row * this.width + x + size
      for (let at = end - size; at < end; at += 1) sum += this.pixels[at] ?? 0
    }
    return sum
  }
}

/** Entry (row, column) of the table, [height + 1, width + 1], is the sum above and to the left of that pixel. */
function sumTable(pixels: Uint8Array, width: number, height: number): Uint32Array {
  const stride = width + 1
  const table = new Uint32Array(stride * (height + 1))
  for (let row = 0; row < height; row += 1) {
    let rowSum = 0
    let target = (row + 1) * stride + 1
    let source = row * width
    for (const end = source + width; source < end; source += 1, target += 1) {
      rowSum += pixels[source] ?? 0
      table[target] = rowSum + (table[target - stride] ?? 0)
    }
  }
  return table
}
