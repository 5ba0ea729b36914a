/** How channels go together (Pearson's correlation): over samples by their means, over positions within a layer. */

/** NaN where a channel never changes. */
export class SampleCorrelations {
  /** Standardized columns behind one another [channels, samples]: a correlation is their product. */
  private readonly standardized: Float32Array

  /** @param table [samples, channels] */
  constructor(
    table: Float32Array,
    private readonly samples: number,
    private readonly channels: number,
  ) {
    this.standardized = new Float32Array(channels * samples)
    for (let channel = 0; channel < channels; channel += 1) this.standardize(table, channel)
  }

  /** Correlations of one channel with all [channels]. */
  with(channel: number): Float64Array {
    const { standardized, samples } = this
    const own = standardized.subarray(channel * samples, (channel + 1) * samples)
    return Float64Array.from({ length: this.channels }, (_, other) =>
      Math.max(-1, Math.min(1, dot(own, standardized.subarray(other * samples, (other + 1) * samples)))),
    )
  }

  private standardize(table: Float32Array, channel: number): void {
    const { samples, channels, standardized } = this
    let mean = 0
    for (let row = 0; row < samples; row += 1) mean += (table[row * channels + channel] ?? 0) / samples
    let squares = 0
    for (let row = 0; row < samples; row += 1) squares += ((table[row * channels + channel] ?? 0) - mean) ** 2
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : NaN
    for (let row = 0; row < samples; row += 1)
      standardized[channel * samples + row] = ((table[row * channels + channel] ?? 0) - mean) * scale
  }
}

/** Four sums at once, so that additions need not wait for one another. */
function dot(one: Float32Array, other: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  const whole = one.length - (one.length % 4)
  for (let at = 0; at < whole; at += 4) {
    a += (one[at] ?? 0) * (other[at] ?? 0)
    b += (one[at + 1] ?? 0) * (other[at + 1] ?? 0)
    c += (one[at + 2] ?? 0) * (other[at + 2] ?? 0)
    d += (one[at + 3] ?? 0) * (other[at + 3] ?? 0)
  }
  for (let at = whole; at < one.length; at += 1) a += (one[at] ?? 0) * (other[at] ?? 0)
  return a + b + c + d
}

/**
 * Correlations of every two channels of a layer over its positions [channels, channels]; NaN where one never changes.
 * @param products sums of products [channels, channels]
 * @param sums sums [channels]
 */
export function spatialCorrelations(of: {
  readonly products: Float64Array
  readonly sums: Float64Array
  readonly positions: number
}): Float64Array {
  const { products, sums, positions } = of
  const channels = sums.length
  const covariance = (one: number, other: number): number =>
    (products[one * channels + other] ?? 0) / positions -
    ((sums[one] ?? 0) / positions) * ((sums[other] ?? 0) / positions)
  // Below this the variance is rounding.
  const variances = Array.from(sums, (_, channel) => {
    const variance = covariance(channel, channel)
    return variance > 1e-12 ? variance : NaN
  })
  return Float64Array.from({ length: channels ** 2 }, (_, at) => {
    const [one, other] = [Math.floor(at / channels), at % channels]
    const correlation =
      covariance(one, other) / Math.sqrt((variances[one] ?? NaN) * (variances[other] ?? NaN))
    return Math.max(-1, Math.min(1, correlation))
  })
}
