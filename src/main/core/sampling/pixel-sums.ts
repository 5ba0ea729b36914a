/** Sums of grey over squares of a page, exact. */

export interface GreyPage {
  readonly width: number
  readonly height: number
  /** One byte per pixel, row by row. */
  readonly pixels: Uint8Array
}

/** Memory for the table of one page at a time, kept from page to page. */
export class TableMemory {
  private memory = new Uint32Array()

  /** Room for so many numbers; what is in it is left over from before. */
  take(length: number): Uint32Array {
    if (this.memory.length < length) this.memory = new Uint32Array(length)
    return this.memory
  }
}

/**
 * Sums over squares. The first few are added up directly; when as many pixels have been visited as the page has, which
 * is what a summed-area table costs (Crow 1984), the table is built and every further sum takes four look-ups. Both
 * ways are exact, so which one is used never shows.
 *
 * The table holds whole numbers modulo 2³². A difference of its entries is right as long as the sum itself is below
 * 2³²: at 255 a pixel, for squares of up to 4,103 pixels a side.
 */
export class PixelSums {
  private table: Uint32Array | null = null
  private visitedPixels = 0

  /** @param memory used by one page at a time */
  constructor(
    readonly page: GreyPage,
    private readonly memory = new TableMemory(),
  ) {}

  /** Sum of the square of `size` pixels a side whose upper left pixel is (x, y). It must lie within the page. */
  square(x: number, y: number, size: number): number {
    this.visitedPixels += size * size
    if (this.table === null && this.visitedPixels <= this.page.pixels.length) return this.scan(x, y, size)
    this.table ??= fillTable(this.page, this.memory)
    const stride = this.page.width + 1
    const top = y * stride + x
    const bottom = (y + size) * stride + x
    const at = (index: number): number => this.table?.[index] ?? 0
    return (at(bottom + size) - at(bottom) - at(top + size) + at(top)) >>> 0
  }

  private scan(x: number, y: number, size: number): number {
    const { pixels, width } = this.page
    let sum = 0
    for (let row = y; row < y + size; row += 1) {
      const end = row * width + x + size
      for (let at = end - size; at < end; at += 1) sum += pixels[at] ?? 0
    }
    return sum
  }
}

/** Entry (row, column) of the table, [height + 1, width + 1], is the sum above and to the left of that pixel. */
function fillTable({ pixels, width, height }: GreyPage, memory: TableMemory): Uint32Array {
  const stride = width + 1
  const table = memory.take(stride * (height + 1))
  table.fill(0, 0, stride)
  for (let row = 0; row < height; row += 1) {
    let rowSum = 0
    let target = (row + 1) * stride
    let source = row * width
    table[target] = 0
    for (const end = source + width; source < end; source += 1) {
      target += 1
      rowSum += pixels[source] ?? 0
      table[target] = rowSum + (table[target - stride] ?? 0)
    }
  }
  return table
}
