/** Exact sums of grey and counts of ink over many squares of a page, in one pass over its pixels. */
import type { GreyPage } from './pixel-sums'

/** Upper left pixels of squares; all must lie within the page. */
export interface Squares {
  readonly size: number
  readonly xs: ArrayLike<number>
  readonly ys: ArrayLike<number>
}

export interface SquareSums {
  /** Sum of grey of each square. */
  readonly grey: Uint32Array
  /** Pixels below the threshold in each. */
  readonly ink: Uint32Array
}

/**
 * A summed-area table (Crow 1984) that holds only the rows and columns on which a square begins or ends: as exact as the
 * whole one, and small however large the page is. Entries are whole numbers modulo 2³², see pixel-sums.ts.
 */
export function sumSquares(page: GreyPage, inkThreshold: number, squares: Squares): SquareSums {
  const { size, xs, ys } = squares
  const columns = new Edges(page.width, xs, size)
  const rows = new Edges(page.height, ys, size)
  const table = fillTable(page, inkThreshold, { columns, rows })
  const sums = { grey: new Uint32Array(xs.length), ink: new Uint32Array(xs.length) }
  for (let square = 0; square < xs.length; square += 1) {
    const [x, y] = [xs[square] ?? 0, ys[square] ?? 0]
    const [top, bottom] = [rows.rank(y) * columns.count, rows.rank(y + size) * columns.count]
    const corners = { top, bottom, left: columns.rank(x), right: columns.rank(x + size) }
    sums.grey[square] = within(table.grey, corners)
    sums.ink[square] = within(table.ink, corners)
  }
  return sums
}

function within(
  table: Uint32Array,
  { top, bottom, left, right }: Readonly<Record<'top' | 'bottom' | 'left' | 'right', number>>,
): number {
  const at = (index: number): number => table[index] ?? 0
  return at(bottom + right) - at(bottom + left) - at(top + right) + at(top + left)
}

/** The places along one side where squares begin or end, in order. */
class Edges {
  readonly places: Int32Array
  private readonly ranks: Int32Array

  constructor(length: number, starts: ArrayLike<number>, size: number) {
    const isEdge = new Uint8Array(length + 1)
    for (let at = 0; at < starts.length; at += 1) {
      const start = starts[at] ?? 0
      isEdge[start] = 1
      isEdge[start + size] = 1
    }
    this.ranks = new Int32Array(length + 1)
    const places: number[] = []
    for (let place = 0; place <= length; place += 1) {
      this.ranks[place] = places.length
      if (isEdge[place] === 1) places.push(place)
    }
    this.places = Int32Array.from(places)
  }

  get count(): number {
    return this.places.length
  }

  rank(place: number): number {
    return this.ranks[place] ?? 0
  }
}

function fillTable(
  page: GreyPage,
  inkThreshold: number,
  { columns, rows }: { readonly columns: Edges; readonly rows: Edges },
): SquareSums {
  const table = {
    grey: new Uint32Array(rows.count * columns.count),
    ink: new Uint32Array(rows.count * columns.count),
  }
  // What lies above the row between an edge and the one before it.
  const strips = { grey: new Float64Array(columns.count), ink: new Float64Array(columns.count) }
  for (let rank = 0; rank < rows.count; rank += 1) {
    const [from = 0, to = 0] = [rows.places[Math.max(0, rank - 1)], rows.places[rank]]
    for (let row = from; row < to; row += 1)
      addRow(page, row, { inkThreshold, edges: columns.places, strips })
    writeSums(strips.grey, table.grey, rank * columns.count)
    writeSums(strips.ink, table.ink, rank * columns.count)
  }
  return table
}

/** One row of the table: the sum of all strips up to each edge. */
function writeSums(strips: Float64Array, table: Uint32Array, start: number): void {
  let before = 0
  for (let column = 0; column < strips.length; column += 1) {
    before += strips[column] ?? 0
    table[start + column] = before
  }
}

function addRow(
  { pixels, width }: GreyPage,
  row: number,
  into: {
    readonly inkThreshold: number
    readonly edges: Int32Array
    readonly strips: { readonly grey: Float64Array; readonly ink: Float64Array }
  },
): void {
  const { inkThreshold, edges } = into
  const { grey: greyStrips, ink: inkStrips } = into.strips
  let at = row * width + (edges[0] ?? 0)
  for (let column = 1; column < edges.length; column += 1) {
    const end = row * width + (edges[column] ?? 0)
    let grey = 0
    let ink = 0
    for (; at < end; at += 1) {
      const value = pixels[at] ?? 0
      grey += value
      // The sign of the difference: a branch here costs more than all else.
      ink += (value - inkThreshold) >>> 31
    }
    greyStrips[column] = (greyStrips[column] ?? 0) + grey
    inkStrips[column] = (inkStrips[column] ?? 0) + ink
  }
}
