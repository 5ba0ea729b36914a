/** One fold of a cross-validation, made ready: everything about the codes is found on its training rows alone. */
import { factor, solve } from './cholesky'
import { columnProducts, type Matrix, rowsOf } from './matrix'
import type { Pause } from './symmetric-eigen'

export interface FoldInput {
  readonly codes: Matrix
  /** Numbers to be regressed out of the codes [rows, controls]; null for none. */
  readonly controls: Matrix | null
  /** Rows of `codes`, ascending. */
  readonly train: readonly number[]
  readonly test: readonly number[]
}

/** Standardised codes: each column has mean 0 and variance 1 over the training rows, or is 0 throughout. */
export interface Fold {
  readonly train: Matrix
  readonly test: Matrix
  /** Rows of the whole, in the order of `train` and `test`. */
  readonly trainRows: readonly number[]
  readonly testRows: readonly number[]
  /** trainᵀ·train [columns, columns] */
  readonly products: Float64Array
}

/** Columns that vary less than this, relative to the one that varies most, say nothing. */
const NEGLIGIBLE = 1e-6
/** Keeps the equations of controls that depend on one another solvable, e.g. all values of one field. */
const RIDGE = 1e-6

export async function prepareFold({ codes, controls, ...rows }: FoldInput, pause: Pause): Promise<Fold> {
  const train = rowsOf(codes, rows.train)
  const test = rowsOf(codes, rows.test)
  if (controls !== null)
    regressOut({ train, test }, { train: rowsOf(controls, rows.train), test: rowsOf(controls, rows.test) })
  await pause()
  standardise(train, test)
  const products = await columnProducts(train, pause)
  return { train, test, trainRows: rows.train, testRows: rows.test, products }
}

interface Sides {
  readonly train: Matrix
  readonly test: Matrix
}

/** Takes from both sides what a least-squares fit on the training side tells from the controls. */
function regressOut(codes: Sides, controls: Sides): void {
  const means = standardise(controls.train, controls.test)
  if (means.length === 0) return
  const { columns, rows } = controls.train
  const width = codes.train.columns
  const products = new Float64Array(columns * columns)
  const shared = new Float64Array(columns * width)
  for (let row = 0; row < rows; row += 1)
    for (let i = 0; i < columns; i += 1) {
      const control = controls.train.values[row * columns + i] ?? 0
      if (control === 0) continue
      for (let j = 0; j < columns; j += 1)
        products[i * columns + j] =
          (products[i * columns + j] ?? 0) + control * (controls.train.values[row * columns + j] ?? 0)
      for (let at = 0; at < width; at += 1)
        shared[i * width + at] =
          (shared[i * width + at] ?? 0) + control * (codes.train.values[row * width + at] ?? 0)
    }
  for (let i = 0; i < columns; i += 1)
    products[i * (columns + 1)] = (products[i * (columns + 1)] ?? 0) + RIDGE * rows
  const factored = factor(products, columns)
  const slopes = new Float64Array(columns * width)
  for (let at = 0; at < width; at += 1) {
    const column = solve(
      factored,
      Array.from({ length: columns }, (_, i) => shared[i * width + at] ?? 0),
    )
    for (let i = 0; i < columns; i += 1) slopes[i * width + at] = column[i] ?? 0
  }
  subtract(codes.train, controls.train, slopes)
  subtract(codes.test, controls.test, slopes)
}

function subtract(codes: Matrix, controls: Matrix, slopes: Float64Array): void {
  const { rows, columns: width, values } = codes
  for (let row = 0; row < rows; row += 1)
    for (let i = 0; i < controls.columns; i += 1) {
      const control = controls.values[row * controls.columns + i] ?? 0
      if (control === 0) continue
      for (let at = 0; at < width; at += 1)
        values[row * width + at] = (values[row * width + at] ?? 0) - control * (slopes[i * width + at] ?? 0)
    }
}

/** In place, by the training side's means and deviations; gives the means. */
function standardise(train: Matrix, test: Matrix): Float64Array {
  const { rows, columns } = train
  const means = new Float64Array(columns)
  const squares = new Float64Array(columns)
  for (let at = 0; at < train.values.length; at += 1) {
    const column = at % columns
    means[column] = (means[column] ?? 0) + (train.values[at] ?? 0) / rows
  }
  for (let at = 0; at < train.values.length; at += 1) {
    const column = at % columns
    squares[column] = (squares[column] ?? 0) + ((train.values[at] ?? 0) - (means[column] ?? 0)) ** 2 / rows
  }
  const deviations = squares.map((square) => Math.sqrt(square))
  const least = NEGLIGIBLE * deviations.reduce((most, deviation) => Math.max(most, deviation), 0)
  for (const { values } of [train, test])
    for (let at = 0; at < values.length; at += 1) {
      const column = at % columns
      const deviation = deviations[column] ?? 0
      values[at] = deviation > least ? ((values[at] ?? 0) - (means[column] ?? 0)) / deviation : 0
    }
  return means
}
