/** Principal components of grey crops: the best linear code of a given size (Jolliffe 2002, §3.5). */
import { type ByteMatrix, innerProducts } from './byte-products'
import { type Pause, symmetricEigen } from './symmetric-eigen'

/** Directions in which the training crops vary less than this, relative to the first, are rounding. */
const NEGLIGIBLE = 1e-10
const WHITE = 255

export interface Pca {
  /** Components that are used: as many as asked for, or as many as the training crops have. */
  readonly components: number
  /** Variance along each in grey levels in [0,1], as sums of squares over crops less 1, largest first. */
  readonly variances: Float64Array
  /** Crops painted from their components; not clipped. [rows, length], grey in [0,1] where it is grey. */
  reconstruct(crops: ByteMatrix, pause: Pause): Promise<Float32Array>
}

/**
 * Finds the components through the crops' inner products (the snapshot method, Sirovich 1987), which costs
 * crops² · pixels instead of pixels³.
 * @param components at most; n crops have n − 1
 */
export async function fitPca(train: ByteMatrix, components: number, pause: Pause): Promise<Pca> {
  const gram = await innerProducts(train, train, { symmetric: true, pause })
  const means = rowMeans(gram, train.rows)
  const grandMean = means.reduce((sum, mean) => sum + mean, 0) / train.rows
  const { values, vectors } = await symmetricEigen(centred(gram, means, grandMean), train.rows, pause)
  const kept = [...values.keys()]
    .sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0))
    .filter((at, _, [first = 0]) => (values[at] ?? 0) > NEGLIGIBLE * (values[first] ?? 0))
    .slice(0, Math.min(components, train.rows - 1))
  const basis: Basis = {
    train,
    means,
    grandMean,
    mean: meanCrop(train),
    values: Float64Array.from(kept, (at) => values[at] ?? 0),
    vectors: kept.map((at) => vectors.subarray(at * train.rows, (at + 1) * train.rows)),
  }
  return {
    components: kept.length,
    variances: basis.values.map((value) => value / WHITE ** 2 / (train.rows - 1)),
    reconstruct: (crops, pause) => reconstruct(basis, crops, pause),
  }
}

interface Basis {
  readonly train: ByteMatrix
  /** Mean inner product of each training crop with all. */
  readonly means: Float64Array
  readonly grandMean: number
  readonly mean: Float64Array
  /** Eigenvalues of the centred inner products, in grey levels squared. */
  readonly values: Float64Array
  /** Their unit eigenvectors over training crops. */
  readonly vectors: readonly Float64Array[]
}

function rowMeans(matrix: Float64Array, columns: number): Float64Array {
  return Float64Array.from({ length: matrix.length / columns }, (_, row) => {
    let sum = 0
    for (let column = 0; column < columns; column += 1) sum += matrix[row * columns + column] ?? 0
    return sum / columns
  })
}

/** Inner products of the crops less their mean, without subtracting it from any pixel. */
function centred(gram: Float64Array, means: Float64Array, grandMean: number): Float64Array {
  const size = means.length
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1) {
      const at = row * size + column
      gram[at] = (gram[at] ?? 0) - (means[row] ?? 0) - (means[column] ?? 0) + grandMean
    }
  return gram
}

function meanCrop({ bytes, rows, length }: ByteMatrix): Float64Array {
  const mean = new Float64Array(length)
  for (let start = 0; start < bytes.length; start += length)
    for (let pixel = 0; pixel < length; pixel += 1)
      mean[pixel] = (mean[pixel] ?? 0) + (bytes[start + pixel] ?? 0)
  return mean.map((sum) => sum / rows)
}

async function reconstruct(basis: Basis, crops: ByteMatrix, pause: Pause): Promise<Float32Array> {
  const { train, mean } = basis
  const products = await innerProducts(crops, train, { symmetric: false, pause })
  const painted = new Float32Array(crops.rows * crops.length)
  for (let crop = 0; crop < crops.rows; crop += 1) {
    const shares = sharesOf(basis, products.subarray(crop * train.rows, (crop + 1) * train.rows))
    await pause()
    painted.set(await blend(train, mean, { shares, pause }), crop * crops.length)
  }
  return painted
}

/** How much of each training crop (less the mean) the reconstruction holds: U Λ⁻¹ Uᵀ k. */
function sharesOf({ means, grandMean, values, vectors }: Basis, products: Float64Array): Float64Array {
  const own = products.reduce((sum, product) => sum + product, 0) / products.length
  const centredProducts = products.map((product, at) => product - own - (means[at] ?? 0) + grandMean)
  const shares = new Float64Array(products.length)
  for (const [component, vector] of vectors.entries()) {
    let along = 0
    for (let at = 0; at < vector.length; at += 1) along += (vector[at] ?? 0) * (centredProducts[at] ?? 0)
    const share = along / (values[component] ?? 1)
    for (let at = 0; at < vector.length; at += 1) shares[at] = (shares[at] ?? 0) + share * (vector[at] ?? 0)
  }
  return shares
}

/** The mean crop plus shares of training crops less it, in [0,1]. */
async function blend(
  train: ByteMatrix,
  mean: Float64Array,
  { shares, pause }: { readonly shares: Float64Array; readonly pause: Pause },
): Promise<Float32Array> {
  const { bytes, rows, length } = train
  const rest = 1 - shares.reduce((sum, share) => sum + share, 0)
  const sum = mean.map((grey) => grey * rest)
  for (let row = 0; row < rows; row += 4) {
    const [a, b, c, d] = [shares[row] ?? 0, shares[row + 1] ?? 0, shares[row + 2] ?? 0, shares[row + 3] ?? 0]
    const start = row * length
    for (let pixel = 0; pixel < length; pixel += 1) {
      const at = start + pixel
      sum[pixel] =
        (sum[pixel] ?? 0) +
        a * (bytes[at] ?? 0) +
        b * (bytes[at + length] ?? 0) +
        c * (bytes[at + 2 * length] ?? 0) +
        d * (bytes[at + 3 * length] ?? 0)
    }
    if (row % 64 === 0) await pause()
  }
  return Float32Array.from(sum, (grey) => grey / WHITE)
}
