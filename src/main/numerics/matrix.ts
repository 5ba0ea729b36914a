/** Rows of numbers, e.g. one code per crop. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  /** [rows, columns] */
  readonly values: Float32Array
}

/** A square cut out of a symmetric sum is worked on in this many rows at a time before others may go first. */
const ROWS_BETWEEN_PAUSES = 256
/** Rows that are added at once: each sum is read and written once for all of them. */
const TOGETHER = 4

/** Mean of each column. */
export function columnMeans({ rows, columns, values }: Matrix): Float64Array {
  const means = new Float64Array(columns)
  for (let start = 0; start < rows * columns; start += columns)
    for (let column = 0; column < columns; column += 1)
      means[column] = (means[column] ?? 0) + (values[start + column] ?? 0)
  return means.map((sum) => sum / rows)
}

/** A copy with the means of its columns taken away. */
export function centred(matrix: Matrix, means: Float64Array): Matrix {
  const { rows, columns } = matrix
  const values = matrix.values.slice()
  for (let start = 0; start < rows * columns; start += columns)
    for (let column = 0; column < columns; column += 1)
      values[start + column] = (values[start + column] ?? 0) - (means[column] ?? 0)
  return { rows, columns, values }
}

/** The named rows of a matrix, in that order. */
export function rowsOf({ columns, values }: Matrix, chosen: ArrayLike<number>): Matrix {
  const picked = new Float32Array(chosen.length * columns)
  for (let at = 0; at < chosen.length; at += 1) {
    const row = chosen[at] ?? 0
    picked.set(values.subarray(row * columns, (row + 1) * columns), at * columns)
  }
  return { rows: chosen.length, columns, values: picked }
}

/** AᵀA [columns, columns]: sums over rows of the products of two columns. */
export async function columnProducts(matrix: Matrix, pause: () => Promise<void>): Promise<Float64Array> {
  const { rows, columns, values } = matrix
  const sums = new Float64Array(columns * columns)
  // Rows past the end are zeros, so that every step has four.
  const padded = new Float32Array(TOGETHER * columns)
  for (let row = 0; row < rows; row += TOGETHER) {
    let four = values.subarray(row * columns, (row + TOGETHER) * columns)
    if (four.length < padded.length) {
      padded.set(four)
      four = padded
    }
    addProducts(sums, four, columns)
    if (row % ROWS_BETWEEN_PAUSES === 0) await pause()
  }
  for (let i = 0; i < columns; i += 1)
    for (let j = 0; j < i; j += 1) sums[i * columns + j] = sums[j * columns + i] ?? 0
  return sums
}

/** The upper half, of four rows. */
function addProducts(sums: Float64Array, four: Float32Array, columns: number): void {
  for (let i = 0; i < columns; i += 1) {
    const first = four[i] ?? 0
    const second = four[columns + i] ?? 0
    const third = four[2 * columns + i] ?? 0
    const fourth = four[3 * columns + i] ?? 0
    const at = i * columns
    for (let j = i; j < columns; j += 1)
      sums[at + j] =
        (sums[at + j] ?? 0) +
        first * (four[j] ?? 0) +
        second * (four[columns + j] ?? 0) +
        third * (four[2 * columns + j] ?? 0) +
        fourth * (four[3 * columns + j] ?? 0)
  }
}
