/** Exact nearest neighbours by Euclidean distance, of every row among all others or of one. */
import { centred, columnMeans, type Matrix } from './matrix'
import type { Pause } from './symmetric-eigen'
import { PANEL_ROWS, VectorRows } from './vector-products'

export interface NeighbourGraph {
  readonly rows: number
  /** Neighbours per row; fewer than asked for where there are fewer other rows. */
  readonly count: number
  /** [rows, count], nearest first, equally near ones by their number; a row is no neighbour of itself. */
  readonly indices: Int32Array
  readonly distances: Float32Array
}

/** Rows of a panel, which stays in the processor's cache while all rows before it are compared with it. */
const PANEL = 128
/** Candidates kept beyond those asked for, since products of 32-bit floats are rounded. */
const SPARE = 8
const ROUNDING = 2 ** -24

/**
 * Rounded products first, which leave a few candidates per row; their distances are then found in 64 bits. Where
 * rounding could have hidden a neighbour, that row is compared with all others in 64 bits.
 * @param count at least 1
 */
export async function nearestNeighbours(
  matrix: Matrix,
  count: number,
  pause: Pause,
): Promise<NeighbourGraph> {
  const { rows } = matrix
  const found = Math.min(count, rows - 1)
  const kept = Math.min(found + SPARE, rows - 1)
  const flat = centred(matrix, columnMeans(matrix))
  const candidates = await findCandidates(flat, kept, pause)
  const graph = {
    rows,
    count: found,
    indices: new Int32Array(rows * found),
    distances: new Float32Array(rows * found),
  }
  for (let row = 0; row < rows; row += 1) {
    const exact = refine(matrix, candidates, row, found)
    for (let rank = 0; rank < found; rank += 1) {
      graph.indices[row * found + rank] = exact[rank]?.index ?? 0
      graph.distances[row * found + rank] = Math.sqrt(exact[rank]?.squared ?? 0)
    }
    if (row % 512 === 0) await pause()
  }
  return graph
}

interface Candidate {
  readonly index: number
  readonly squared: number
}

interface Candidates {
  readonly kept: number
  /** [rows, kept], by rounded distance. */
  readonly indices: Int32Array
  /** Squared. */
  readonly distances: Float32Array
  /** What rounding may have added to or taken from a squared distance, at most. */
  readonly tolerance: number
}

const nearer = (a: Candidate, b: Candidate): number => a.squared - b.squared || a.index - b.index

function refine(matrix: Matrix, candidates: Candidates, row: number, found: number): readonly Candidate[] {
  const { kept, indices, distances, tolerance } = candidates
  const exact: Candidate[] = []
  for (let at = row * kept; at < (row + 1) * kept; at += 1) {
    const index = indices[at] ?? 0
    exact.push({ index, squared: squaredDistance(matrix, row, index) })
  }
  exact.sort(nearer)
  const farthest = distances[(row + 1) * kept - 1] ?? 0
  const isComplete = kept === matrix.rows - 1 || (exact[found - 1]?.squared ?? 0) < farthest - tolerance
  return isComplete ? exact : nearestTo(matrix, row, { count: found, accept: () => true })
}

function squaredDistance({ columns, values }: Matrix, row: number, other: number): number {
  let sum = 0
  const [first, second] = [row * columns, other * columns]
  for (let column = 0; column < columns; column += 1) {
    const difference = (values[first + column] ?? 0) - (values[second + column] ?? 0)
    sum += difference * difference
  }
  return sum
}

/** The rows nearest to one row, of those that are accepted, by squared distance. */
export function nearestTo(
  matrix: Matrix,
  row: number,
  { count, accept }: { readonly count: number; readonly accept: (other: number) => boolean },
): readonly Candidate[] {
  const all: Candidate[] = []
  for (let index = 0; index < matrix.rows; index += 1)
    if (index !== row && accept(index)) all.push({ index, squared: squaredDistance(matrix, row, index) })
  return all.sort(nearer).slice(0, count)
}

async function findCandidates(matrix: Matrix, kept: number, pause: Pause): Promise<Candidates> {
  const { rows, columns, values } = matrix
  const vectors = new VectorRows(rows, columns, PANEL)
  const squares = new Float32Array(rows)
  let longest = 0
  for (let row = 0; row < rows; row += 1) {
    const own = values.subarray(row * columns, (row + 1) * columns)
    vectors.values.set(own, row * vectors.width)
    squares[row] = own.reduce((sum, value) => sum + value * value, 0)
    longest = Math.max(longest, squares[row] ?? 0)
  }
  const shortlist = new Shortlist(rows, kept)
  for (let panel = 0; panel < rows; panel += PANEL) {
    const size = Math.min(PANEL, Math.ceil((rows - panel) / PANEL_ROWS) * PANEL_ROWS)
    for (let left = 0; left < Math.min(panel + size, rows); left += 2) {
      vectors.multiply(left, panel, size)
      shortlist.offer(squares, vectors.products, { left, panel, size })
      if (left % PANEL === 0) await pause()
    }
  }
  // Each lane adds a quarter of the products, then four lanes and two squares (Higham 2002, §3.1).
  const tolerance = 4 * longest * (vectors.width / 4 + 8) * ROUNDING
  return { kept, indices: shortlist.indices, distances: shortlist.distances, tolerance }
}

interface Place {
  readonly left: number
  readonly panel: number
  readonly size: number
}

/** The nearest few of each row so far, in order. */
class Shortlist {
  readonly indices: Int32Array
  readonly distances: Float32Array
  /** Of each row, the distance that the next candidate has to stay below. */
  private readonly limits: Float32Array

  constructor(
    private readonly rows: number,
    private readonly kept: number,
  ) {
    this.indices = new Int32Array(rows * kept)
    this.distances = new Float32Array(rows * kept).fill(Infinity)
    this.limits = new Float32Array(rows).fill(Infinity)
  }

  /** Each pair once, for both of its rows. */
  offer(squares: Float32Array, products: Float32Array, { left, panel, size }: Place): void {
    const { limits, rows } = this
    const end = Math.min(panel + size, rows)
    for (let row = left; row < Math.min(left + 2, rows); row += 1) {
      const offset = (row - left) * size - panel
      const own = squares[row] ?? 0
      for (let other = Math.max(panel, row + 1); other < end; other += 1) {
        const distance = own + (squares[other] ?? 0) - 2 * (products[offset + other] ?? 0)
        if (distance < (limits[row] ?? 0)) this.insert(row, other, distance)
        if (distance < (limits[other] ?? 0)) this.insert(other, row, distance)
      }
    }
  }

  private insert(row: number, index: number, distance: number): void {
    const { indices, distances, kept } = this
    const first = row * kept
    let at = first + kept - 1
    while (at > first && (distances[at - 1] ?? 0) > distance) {
      distances[at] = distances[at - 1] ?? 0
      indices[at] = indices[at - 1] ?? 0
      at -= 1
    }
    distances[at] = distance
    indices[at] = index
    this.limits[row] = distances[first + kept - 1] ?? 0
  }
}
