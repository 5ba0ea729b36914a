/** Eigenvalues and eigenvectors of a real symmetric matrix, without holding up whatever else the process does. */

/** Lets other work in between; awaited after every few million operations. */
export type Pause = () => Promise<void>

export interface EigenDecomposition {
  /** In no particular order. */
  readonly values: Float64Array
  /** [n, n]: row i is the unit eigenvector of value i. */
  readonly vectors: Float64Array
}

/**
 * Householder reduction to tridiagonal form, then QL iterations with implicit shifts: Bowdler, Martin, Reinsch &
 * Wilkinson (1968), procedures tred2 and tql2 of the Handbook for Automatic Computation II, as JAMA has them. The matrix
 * is kept transposed, so that inner loops run along memory.
 * @param matrix [n, n], symmetric; is overwritten
 */
export async function symmetricEigen(
  matrix: Float64Array,
  size: number,
  pause: Pause,
): Promise<EigenDecomposition> {
  const state: State = {
    size,
    vectors: matrix,
    diagonal: matrix.slice((size - 1) * size, size * size),
    beside: new Float64Array(size),
  }
  for (let column = size - 1; column > 0; column -= 1) {
    reduceColumn(state, column)
    await pause()
  }
  for (let column = 0; column < size - 1; column += 1) {
    accumulateColumn(state, column)
    await pause()
  }
  finishAccumulation(state)
  await diagonalize(state, pause)
  return { values: state.diagonal, vectors: state.vectors }
}

interface State {
  readonly size: number
  /** Transposed: entry (row, column) of the book is at column · size + row. */
  readonly vectors: Float64Array
  readonly diagonal: Float64Array
  /** What stands beside the diagonal. */
  readonly beside: Float64Array
}

const at = (values: Float64Array, index: number): number => values[index] ?? 0

/** One Householder transformation: zeroes all but one entry beside the diagonal of a column. */
function reduceColumn(state: State, i: number): void {
  const { size, vectors, diagonal, beside } = state
  let scale = 0
  for (let k = 0; k < i; k += 1) scale += Math.abs(at(diagonal, k))
  if (scale === 0) {
    beside[i] = at(diagonal, i - 1)
    for (let j = 0; j < i; j += 1) {
      diagonal[j] = at(vectors, j * size + i - 1)
      vectors[j * size + i] = 0
      vectors[i * size + j] = 0
    }
    diagonal[i] = 0
    return
  }
  diagonal[i] = transform(state, i, scale)
}

/** Returns half the squared length of the Householder vector. */
function transform({ size, vectors, diagonal, beside }: State, i: number, scale: number): number {
  let h = 0
  for (let k = 0; k < i; k += 1) {
    diagonal[k] = at(diagonal, k) / scale
    h += at(diagonal, k) ** 2
  }
  const last = at(diagonal, i - 1)
  const g = last > 0 ? -Math.sqrt(h) : Math.sqrt(h)
  beside[i] = scale * g
  h -= last * g
  diagonal[i - 1] = last - g
  beside.fill(0, 0, i)
  for (let j = 0; j < i; j += 1) {
    const f = at(diagonal, j)
    const column = j * size
    vectors[i * size + j] = f
    let sum = at(beside, j) + at(vectors, column + j) * f
    for (let k = j + 1; k < i; k += 1) {
      const entry = at(vectors, column + k)
      sum += entry * at(diagonal, k)
      beside[k] = at(beside, k) + entry * f
    }
    beside[j] = sum
  }
  let product = 0
  for (let j = 0; j < i; j += 1) {
    beside[j] = at(beside, j) / h
    product += at(beside, j) * at(diagonal, j)
  }
  const half = product / (h + h)
  for (let j = 0; j < i; j += 1) beside[j] = at(beside, j) - half * at(diagonal, j)
  for (let j = 0; j < i; j += 1) {
    const f = at(diagonal, j)
    const g = at(beside, j)
    const column = j * size
    for (let k = j; k < i; k += 1)
      vectors[column + k] = at(vectors, column + k) - (f * at(beside, k) + g * at(diagonal, k))
    diagonal[j] = at(vectors, column + i - 1)
    vectors[column + i] = 0
  }
  return h
}

/** Multiplies one Householder transformation onto the vectors found so far. */
function accumulateColumn({ size, vectors, diagonal }: State, i: number): void {
  const next = (i + 1) * size
  vectors[i * size + size - 1] = at(vectors, i * size + i)
  vectors[i * size + i] = 1
  const h = at(diagonal, i + 1)
  if (h !== 0) {
    for (let k = 0; k <= i; k += 1) diagonal[k] = at(vectors, next + k) / h
    for (let j = 0; j <= i; j += 1) {
      const column = j * size
      let g = 0
      for (let k = 0; k <= i; k += 1) g += at(vectors, next + k) * at(vectors, column + k)
      for (let k = 0; k <= i; k += 1) vectors[column + k] = at(vectors, column + k) - g * at(diagonal, k)
    }
  }
  vectors.fill(0, next, next + i + 1)
}

function finishAccumulation({ size, vectors, diagonal, beside }: State): void {
  for (let j = 0; j < size; j += 1) {
    diagonal[j] = at(vectors, j * size + size - 1)
    vectors[j * size + size - 1] = 0
  }
  vectors[size * size - 1] = 1
  beside[0] = 0
}

/** The tridiagonal matrix becomes diagonal, one eigenvalue after the other. */
async function diagonalize(state: State, pause: Pause): Promise<void> {
  const { size, diagonal, beside } = state
  beside.copyWithin(0, 1)
  beside[size - 1] = 0
  let shift = 0
  let largest = 0
  for (let l = 0; l < size; l += 1) {
    largest = Math.max(largest, Math.abs(at(diagonal, l)) + Math.abs(at(beside, l)))
    const negligible = Number.EPSILON * largest
    let m = l
    while (m < size - 1 && Math.abs(at(beside, m)) > negligible) m += 1
    while (m > l) {
      shift += iterate(state, l, m)
      await pause()
      if (Math.abs(at(beside, l)) <= negligible) break
    }
    diagonal[l] = at(diagonal, l) + shift
    beside[l] = 0
  }
}

/** One QL step on rows l to m. Returns by how much all eigenvalues were shifted. */
function iterate({ size, vectors, diagonal, beside }: State, l: number, m: number): number {
  const g = at(diagonal, l)
  let p = (at(diagonal, l + 1) - g) / (2 * at(beside, l))
  const r = p < 0 ? -Math.hypot(p, 1) : Math.hypot(p, 1)
  const besideFirst = at(beside, l)
  diagonal[l] = besideFirst / (p + r)
  const second = besideFirst * (p + r)
  diagonal[l + 1] = second
  const h = g - at(diagonal, l)
  for (let i = l + 2; i < size; i += 1) diagonal[i] = at(diagonal, i) - h
  p = at(diagonal, m)
  let [c, c2, c3, s, s2] = [1, 1, 1, 0, 0]
  const besideSecond = at(beside, l + 1)
  for (let i = m - 1; i >= l; i -= 1) {
    c3 = c2
    c2 = c
    s2 = s
    const g = c * at(beside, i)
    const h = c * p
    const r = Math.hypot(p, at(beside, i))
    beside[i + 1] = s * r
    s = at(beside, i) / r
    c = p / r
    p = c * at(diagonal, i) - s * g
    diagonal[i + 1] = h + s * (c * g + s * at(diagonal, i))
    rotate(vectors.subarray(i * size, (i + 1) * size), vectors.subarray((i + 1) * size, (i + 2) * size), c, s)
  }
  p = (-s * s2 * c3 * besideSecond * at(beside, l)) / second
  beside[l] = s * p
  diagonal[l] = c * p
  return h
}

/** Turns two vectors in their plane. */
function rotate(one: Float64Array, other: Float64Array, cosine: number, sine: number): void {
  for (let k = 0; k < one.length; k += 1) {
    const a = one[k] ?? 0
    const b = other[k] ?? 0
    other[k] = sine * a + cosine * b
    one[k] = cosine * a - sine * b
  }
}
