/** Principal components of codes: the axes along which they differ most (Jolliffe 2002, §3). */
import { centred, columnMeans, columnProducts, type Matrix } from './matrix'
import { type Pause, symmetricEigen } from './symmetric-eigen'

export interface PrincipalComponents {
  /** Place of every row along the axes [rows, count]. Each axis points to where its largest loading is positive. */
  readonly coordinates: Float32Array
  /** Variance along each axis (sums of squares over rows less 1), largest first. */
  readonly variances: Float64Array
  /** Share of all variance along each axis; 0 where nothing varies. */
  readonly shares: Float64Array
}

/**
 * Through the covariance of the columns.
 * @param count axes, at most as many as columns
 */
export async function principalComponents(
  matrix: Matrix,
  count: number,
  pause: Pause,
): Promise<PrincipalComponents> {
  const { columns, rows } = matrix
  const flat = centred(matrix, columnMeans(matrix))
  const covariance = (await columnProducts(flat, pause)).map((sum) => sum / Math.max(1, rows - 1))
  let total = 0
  for (let column = 0; column < columns; column += 1) total += covariance[column * columns + column] ?? 0
  const { values, vectors } = await symmetricEigen(covariance, columns, pause)
  const order = [...values.keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0)).slice(0, count)
  const axes = order.map((at) => pointed(vectors.subarray(at * columns, (at + 1) * columns)))
  const variances = Float64Array.from(order, (at) => Math.max(0, values[at] ?? 0))
  return {
    coordinates: project(flat, axes),
    variances,
    shares: variances.map((variance) => (total > 0 ? variance / total : 0)),
  }
}

/** An axis has no direction of its own: this one is always the same. */
function pointed(axis: Float64Array): Float64Array {
  let largest = 0
  for (const loading of axis) if (Math.abs(loading) > Math.abs(largest)) largest = loading
  return largest < 0 ? axis.map((loading) => -loading) : axis.slice()
}

function project({ rows, columns, values }: Matrix, axes: readonly Float64Array[]): Float32Array {
  const coordinates = new Float32Array(rows * axes.length)
  for (let row = 0; row < rows; row += 1)
    for (const [at, axis] of axes.entries()) {
      let sum = 0
      for (let column = 0; column < columns; column += 1)
        sum += (axis[column] ?? 0) * (values[row * columns + column] ?? 0)
      coordinates[row * axes.length + at] = sum
    }
  return coordinates
}
