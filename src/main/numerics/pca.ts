/** Principal components of grey crops: the best linear code of a given size (Jolliffe 2002, §3.5). */
import { type ByteMatrix, innerProducts } from './byte-products'
import { type Pause, symmetricEigen } from './symmetric-eigen'

/** Directions in which the training crops vary less than this, relative to the first, are rounding. */
const NEGLIGIBLE = 1e-10
const WHITE = 255
/** Crops that are painted in one go, and pixels of each at a time: their sums stay in the processor's cache. */
const TOGETHER = 4
const STRIP = 1024
const EMPTY = new Float64Array()

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
  const { train } = basis
  const products = await innerProducts(crops, train, { symmetric: false, pause })
  const painted = new Float32Array(crops.rows * crops.length)
  for (let crop = 0; crop < crops.rows; crop += TOGETHER) {
    const shares: Float64Array[] = []
    for (let one = crop; one < Math.min(crop + TOGETHER, crops.rows); one += 1) {
      shares.push(sharesOf(basis, products.subarray(one * train.rows, (one + 1) * train.rows)))
      await pause()
    }
    const target = painted.subarray(crop * crops.length, (crop + shares.length) * crops.length)
    await blend(basis, shares, { target, pause })
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

/**
 * Fills `target` with the mean crop plus shares of training crops less it, in [0,1], a strip of pixels at a time.
 * @param shares of at most four crops
 */
async function blend(
  { train, mean }: Basis,
  shares: readonly Float64Array[],
  { target, pause }: { readonly target: Float32Array; readonly pause: Pause },
): Promise<void> {
  const { bytes, rows, length } = train
  const rests = shares.map((each) => 1 - each.reduce((sum, share) => sum + share, 0))
  for (let from = 0; from < length; from += STRIP) {
    const strip = mean.subarray(from, from + STRIP)
    const sums = Array.from({ length: TOGETHER }, (_, crop) => strip.map((grey) => grey * (rests[crop] ?? 0)))
    for (let row = 0; row < rows; row += 1) {
      const start = row * length + from
      addShares(
        sums,
        bytes.subarray(start, start + strip.length),
        shares.map((each) => each[row] ?? 0),
      )
    }
    for (const crop of shares.keys())
      target.set(sums[crop]?.map((grey) => grey / WHITE) ?? [], crop * length + from)
    await pause()
  }
}

/** Adds one training crop to four reconstructions: every byte is read once. Spelt out, which is several times faster. */
function addShares(sums: readonly Float64Array[], pixels: Uint8Array, shares: readonly number[]): void {
  const [a = EMPTY, b = EMPTY, c = EMPTY, d = EMPTY] = sums
  const [shareA = 0, shareB = 0, shareC = 0, shareD = 0] = shares
  for (let pixel = 0; pixel < pixels.length; pixel += 1) {
    const grey = pixels[pixel] ?? 0
    a[pixel] = (a[pixel] ?? 0) + shareA * grey
    b[pixel] = (b[pixel] ?? 0) + shareB * grey
    c[pixel] = (c[pixel] ?? 0) + shareC * grey
    d[pixel] = (d[pixel] ?? 0) + shareD * grey
  }
}
