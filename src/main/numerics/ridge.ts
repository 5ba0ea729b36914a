/** Ridge regression in closed form (Hoerl & Kennard 1970) on standardised codes. */
import { factor, solve } from './cholesky'
import type { Fold } from './fold'

/** Added to the diagonal of XᵀX, per training row. */
export const PENALTY = 0.1

/** A fold whose equations are factored, for one target after the other. */
export class RidgeFold {
  private readonly factored: Float64Array

  constructor(private readonly fold: Fold) {
    const { columns, rows } = fold.train
    const products = fold.products.slice()
    for (let i = 0; i < columns; i += 1)
      products[i * (columns + 1)] = (products[i * (columns + 1)] ?? 0) + PENALTY * rows
    this.factored = factor(products, columns)
  }

  /**
   * Predictions for the test rows, in their order.
   * @param targets of each row of the whole
   */
  predict(targets: ArrayLike<number>): Float64Array {
    const { train, test, trainRows } = this.fold
    const { columns } = train
    const mean = trainRows.reduce((sum, row) => sum + (targets[row] ?? 0), 0) / trainRows.length
    const right = new Float64Array(columns)
    for (const [at, row] of trainRows.entries()) {
      const difference = (targets[row] ?? 0) - mean
      for (let column = 0; column < columns; column += 1)
        right[column] = (right[column] ?? 0) + difference * (train.values[at * columns + column] ?? 0)
    }
    const slopes = solve(this.factored, right)
    return Float64Array.from({ length: test.rows }, (_, row) => {
      let value = mean
      for (let column = 0; column < columns; column += 1)
        value += (slopes[column] ?? 0) * (test.values[row * columns + column] ?? 0)
      return value
    })
  }
}
