/** The fuzzy neighbourhoods that UMAP lays out (McInnes, Healy & Melville 2018, §3.1 and algorithms 2 and 3). */
import type { NeighbourGraph } from './nearest-neighbours'
import type { Pause } from './symmetric-eigen'

/** Pairs of rows that belong together, and how much, in (0, 1]: every pair in both directions. */
export interface FuzzyGraph {
  readonly rows: number
  readonly heads: Int32Array
  readonly tails: Int32Array
  readonly weights: Float32Array
}

const ROWS_BETWEEN_PAUSES = 512
const BISECTIONS = 64
const TOLERANCE = 1e-5
/** A neighbourhood is at least this wide, relative to the mean distance in it or in all. */
const NARROWEST = 1e-3

/** A union b = a + b − a·b of how much each row takes the other for a neighbour; pairs are in the order of their heads. */
export async function fuzzyNeighbours(graph: NeighbourGraph, pause: Pause): Promise<FuzzyGraph> {
  const { rows, count, indices } = graph
  const directed = await memberships(graph, pause)
  const placeOf = (row: number, other: number): number => {
    for (let at = row * count; at < (row + 1) * count; at += 1) if (indices[at] === other) return at
    return -1
  }
  const pairs: Pairs = { heads: [], tails: [], weights: [] }
  for (let at = 0; at < indices.length; at += 1) {
    if (at % (ROWS_BETWEEN_PAUSES * count) === 0) await pause()
    const [row, other, own] = [Math.floor(at / count), indices[at] ?? 0, directed[at] ?? 0]
    const back = placeOf(other, row)
    const theirs = back < 0 ? 0 : (directed[back] ?? 0)
    const weight = own + theirs - own * theirs
    if (weight === 0) continue
    add(pairs, row, other, weight)
    // The other direction comes up by itself only where both are neighbours of each other.
    if (back < 0) add(pairs, other, row, weight)
  }
  return byHead(pairs, rows)
}

interface Pairs {
  readonly heads: number[]
  readonly tails: number[]
  readonly weights: number[]
}

function add({ heads, tails, weights }: Pairs, head: number, tail: number, weight: number): void {
  heads.push(head)
  tails.push(tail)
  weights.push(weight)
}

/** Counted into their places, so that what belongs to one row lies together. */
function byHead({ heads, tails, weights }: Pairs, rows: number): FuzzyGraph {
  const starts = new Int32Array(rows + 1)
  for (const head of heads) starts[head + 1] = (starts[head + 1] ?? 0) + 1
  for (let row = 0; row < rows; row += 1) starts[row + 1] = (starts[row + 1] ?? 0) + (starts[row] ?? 0)
  const sorted = {
    rows,
    heads: new Int32Array(heads.length),
    tails: new Int32Array(heads.length),
    weights: new Float32Array(heads.length),
  }
  for (const [pair, head] of heads.entries()) {
    const place = starts[head] ?? 0
    starts[head] = place + 1
    sorted.heads[place] = head
    sorted.tails[place] = tails[pair] ?? 0
    sorted.weights[place] = weights[pair] ?? 0
  }
  return sorted
}

/** How much each row takes each of its neighbours for one [rows, count]: 1 for the nearest, less with distance. */
async function memberships({ rows, count, distances }: NeighbourGraph, pause: Pause): Promise<Float64Array> {
  const found = new Float64Array(rows * count)
  // The row itself is counted as its own neighbour, at distance 0.
  const meanOfAll = distances.reduce((sum, distance) => sum + distance, 0) / (rows * (count + 1))
  for (let row = 0; row < rows; row += 1) {
    if (row % ROWS_BETWEEN_PAUSES === 0) await pause()
    const own = distances.subarray(row * count, (row + 1) * count)
    const nearest = own.find((distance) => distance > 0) ?? 0
    const meanOfOwn = own.reduce((sum, distance) => sum + distance, 0) / (count + 1)
    const least = NARROWEST * (nearest > 0 ? meanOfOwn : meanOfAll)
    const width = Math.max(least, widthOf(own, nearest))
    for (const [rank, distance] of own.entries())
      found[row * count + rank] =
        distance <= nearest || width === 0 ? 1 : Math.exp(-(distance - nearest) / width)
  }
  return found
}

/** The width for which the memberships add up to log₂ of the neighbours, itself among them; by bisection. */
function widthOf(distances: Float32Array, nearest: number): number {
  const target = Math.log2(distances.length + 1)
  let [low, high, width] = [0, Infinity, 1]
  for (let round = 0; round < BISECTIONS; round += 1) {
    let sum = 0
    for (const distance of distances) sum += distance > nearest ? Math.exp(-(distance - nearest) / width) : 1
    if (Math.abs(sum - target) < TOLERANCE) break
    if (sum > target) high = width
    else low = width
    width = high === Infinity ? width * 2 : (low + high) / 2
  }
  return width
}
