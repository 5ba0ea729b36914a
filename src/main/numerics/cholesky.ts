/** Linear equations with a symmetric positive definite matrix: A = L Lᵀ (Golub & Van Loan 2013, §4.2). */

/**
 * Puts L into the lower half of the matrix.
 * @param matrix [size, size]; is overwritten
 * @throws RangeError when it is not positive definite
 */
export function factor(matrix: Float64Array, size: number): Float64Array {
  for (let row = 0; row < size; row += 1) {
    const own = row * size
    for (let column = 0; column <= row; column += 1) {
      const other = column * size
      let sum = matrix[own + column] ?? 0
      for (let at = 0; at < column; at += 1) sum -= (matrix[own + at] ?? 0) * (matrix[other + at] ?? 0)
      if (column < row) matrix[own + column] = sum / (matrix[other + column] ?? 1)
      else if (sum > 0) matrix[own + row] = Math.sqrt(sum)
      else throw new RangeError('A matrix that is not positive definite.')
    }
  }
  return matrix
}

/** x of L Lᵀ x = right. */
export function solve(factored: Float64Array, right: ArrayLike<number>): Float64Array {
  const size = right.length
  const x = Float64Array.from(right)
  for (let row = 0; row < size; row += 1) {
    let sum = x[row] ?? 0
    for (let at = 0; at < row; at += 1) sum -= (factored[row * size + at] ?? 0) * (x[at] ?? 0)
    x[row] = sum / (factored[row * size + row] ?? 1)
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    const value = (x[row] ?? 0) / (factored[row * size + row] ?? 1)
    x[row] = value
    for (let at = 0; at < row; at += 1) x[at] = (x[at] ?? 0) - (factored[row * size + at] ?? 0) * value
  }
  return x
}
