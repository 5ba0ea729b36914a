/** How much a row stands alone among its neighbours: the local outlier factor (Breunig, Kriegel, Ng & Sander 2000). */
import type { NeighbourGraph } from './nearest-neighbours'

/** Keeps the density of rows that coincide finite. */
const LEAST_DISTANCE = 1e-10

/**
 * For every row, how many times denser its neighbours lie than it does itself: about 1 within a cluster, larger for a
 * row that stands alone. All of the graph's neighbours count.
 */
export function localOutlierFactors({ rows, count, indices, distances }: NeighbourGraph): Float64Array {
  const densities = new Float64Array(rows)
  for (let row = 0; row < rows; row += 1) {
    let reach = 0
    for (let at = row * count; at < (row + 1) * count; at += 1) {
      const outermost = distances[((indices[at] ?? 0) + 1) * count - 1] ?? 0
      reach += Math.max(distances[at] ?? 0, outermost)
    }
    densities[row] = 1 / (reach / count + LEAST_DISTANCE)
  }
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0
    for (let at = row * count; at < (row + 1) * count; at += 1) sum += densities[indices[at] ?? 0] ?? 0
    return sum / count / (densities[row] ?? 1)
  })
}
