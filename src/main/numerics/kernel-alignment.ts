/** Kernels that are the same but for sign, quarter turns and shift. */

/** A kernel's weights [side, side, depth]. */
export interface Kernel {
  readonly side: number
  readonly depth: number
  readonly weights: Float32Array
}

export interface Alignment {
  /** Cosine of the aligned weights, each kernel taken whole: weights that a shift moves out of the window count as lost. */
  readonly similarity: number
  readonly sign: 1 | -1
  /** Counter-clockwise. */
  readonly quarterTurns: 0 | 1 | 2 | 3
  readonly shiftRows: number
  readonly shiftColumns: number
}

const TURNS = [0, 1, 2, 3] as const
/** Of alignments that are equally good the plainest is taken: by this much another must be better. */
const ROUNDING = 1e-6

/** How `other` must be turned, shifted and signed to be most like `one`. Kernels of another shape are refused. */
export function alignKernels(one: Kernel, other: Kernel): Alignment {
  if (one.side !== other.side || one.depth !== other.depth)
    throw new RangeError('Only kernels of one shape can be aligned.')
  const lengths = lengthOf(one.weights) * lengthOf(other.weights)
  let best: Alignment = { similarity: 0, sign: 1, quarterTurns: 0, shiftRows: 0, shiftColumns: 0 }
  if (lengths === 0) return best
  const reach = Math.floor(one.side / 2)
  const shifts = Array.from({ length: 2 * reach + 1 }, (_, at) => at - reach).sort(
    (a, b) => Math.abs(a) - Math.abs(b) || a - b,
  )
  for (const quarterTurns of TURNS) {
    const turned = turn(other, quarterTurns)
    for (const shiftRows of shifts)
      for (const shiftColumns of shifts) {
        const cosine = shiftedProduct(one, turned, { shiftRows, shiftColumns }) / lengths
        const similarity = Math.abs(cosine)
        if (similarity > best.similarity + ROUNDING)
          best = { similarity, sign: cosine < 0 ? -1 : 1, quarterTurns, shiftRows, shiftColumns }
      }
  }
  return best
}

/** One filter of a layer's weights [side, side, depth, filters]. */
export function kernelOf({ kernel, inputChannels, filters, weights }: LayerWeights, filter: number): Kernel {
  const length = kernel * kernel * inputChannels
  return {
    side: kernel,
    depth: inputChannels,
    weights: Float32Array.from({ length }, (_, at) => weights[at * filters + filter] ?? 0),
  }
}

interface LayerWeights {
  readonly kernel: number
  readonly inputChannels: number
  readonly filters: number
  readonly weights: Float32Array
}

/** Counter-clockwise, as NumPy's rot90. */
function turn({ side, depth, weights }: Kernel, quarters: number): Kernel {
  let turned = weights
  for (let done = 0; done < quarters; done += 1) {
    const before = turned
    turned = new Float32Array(weights.length)
    for (let row = 0; row < side; row += 1)
      for (let column = 0; column < side; column += 1) {
        const from = (column * side + (side - 1 - row)) * depth
        turned.set(before.subarray(from, from + depth), (row * side + column) * depth)
      }
  }
  return { side, depth, weights: turned }
}

function shiftedProduct(
  one: Kernel,
  other: Kernel,
  { shiftRows, shiftColumns }: Pick<Alignment, 'shiftRows' | 'shiftColumns'>,
): number {
  const { side, depth } = one
  let product = 0
  for (let row = Math.max(0, shiftRows); row < Math.min(side, side + shiftRows); row += 1)
    for (let column = Math.max(0, shiftColumns); column < Math.min(side, side + shiftColumns); column += 1) {
      const here = (row * side + column) * depth
      const there = ((row - shiftRows) * side + column - shiftColumns) * depth
      for (let at = 0; at < depth; at += 1)
        product += (one.weights[here + at] ?? 0) * (other.weights[there + at] ?? 0)
    }
  return product
}

const lengthOf = (weights: Float32Array): number =>
  Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0))
