/** Structural similarity of two crops (Wang, Bovik, Sheikh & Simoncelli 2004, IEEE TIP 13(4), §III-B). */

/** Side of the window: an 11 × 11 circular-symmetric Gaussian of standard deviation 1.5, of unit sum. */
export const SSIM_WINDOW = 11
const DEVIATION = 1.5
/** (K₁ L)² and (K₂ L)² for pixels in [0, 1]. */
const C1 = 0.01 ** 2
const C2 = 0.03 ** 2

const WEIGHTS = gaussian()

function gaussian(): Float64Array {
  const middle = (SSIM_WINDOW - 1) / 2
  const bell = Float64Array.from({ length: SSIM_WINDOW }, (_, at) =>
    Math.exp(-((at - middle) ** 2) / (2 * DEVIATION ** 2)),
  )
  const sum = bell.reduce((total, weight) => total + weight, 0)
  return bell.map((weight) => weight / sum)
}

/** One original that several reconstructions are compared with: its own moments are found once. */
export class SsimReference {
  private readonly mean: Float64Array
  private readonly variance: Float64Array
  private readonly scratch: Float64Array

  /**
   * @param original pixels in [0, 1], [side, side]
   * @param side at least 11
   */
  constructor(
    private readonly original: Float32Array,
    private readonly side: number,
  ) {
    if (side < SSIM_WINDOW) throw new RangeError(`SSIM needs crops of at least ${SSIM_WINDOW} pixels.`)
    const inner = side - SSIM_WINDOW + 1
    this.scratch = new Float64Array(side * inner)
    this.mean = this.smooth((at) => original[at] ?? 0)
    this.variance = this.smooth((at) => (original[at] ?? 0) ** 2)
    for (let at = 0; at < this.mean.length; at += 1)
      this.variance[at] = (this.variance[at] ?? 0) - (this.mean[at] ?? 0) ** 2
  }

  /** Mean SSIM over every window that lies in the crop; 1 for the original itself. */
  compare(reconstruction: Float32Array): number {
    const { original } = this
    const means = this.smooth((at) => reconstruction[at] ?? 0)
    const squares = this.smooth((at) => (reconstruction[at] ?? 0) ** 2)
    const products = this.smooth((at) => (reconstruction[at] ?? 0) * (original[at] ?? 0))
    let total = 0
    for (let at = 0; at < means.length; at += 1) {
      const x = this.mean[at] ?? 0
      const y = means[at] ?? 0
      const covariance = (products[at] ?? 0) - x * y
      const variances = (this.variance[at] ?? 0) + (squares[at] ?? 0) - y * y
      total += ((2 * x * y + C1) * (2 * covariance + C2)) / ((x * x + y * y + C1) * (variances + C2))
    }
    return total / means.length
  }

  /** Gaussian means of a quantity in every window that lies in the crop, first along rows, then along columns. */
  private smooth(quantity: (at: number) => number): Float64Array {
    const { side, scratch } = this
    const inner = side - SSIM_WINDOW + 1
    const row = new Float64Array(side)
    for (let y = 0; y < side; y += 1) {
      for (let x = 0; x < side; x += 1) row[x] = quantity(y * side + x)
      for (let x = 0; x < inner; x += 1) {
        let sum = 0
        for (let tap = 0; tap < SSIM_WINDOW; tap += 1) sum += (WEIGHTS[tap] ?? 0) * (row[x + tap] ?? 0)
        scratch[y * inner + x] = sum
      }
    }
    const smoothed = new Float64Array(inner * inner)
    for (let tap = 0; tap < SSIM_WINDOW; tap += 1) {
      const weight = WEIGHTS[tap] ?? 0
      const from = tap * inner
      for (let at = 0; at < smoothed.length; at += 1)
        smoothed[at] = (smoothed[at] ?? 0) + weight * (scratch[from + at] ?? 0)
    }
    return smoothed
  }
}
