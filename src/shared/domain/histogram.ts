/**
 * The bins of activation histograms: fixed for every channel, so that channels, runs and passes can be compared and
 * added. Four bins per doubling from 2⁻¹⁰ to 2⁶, each doubling cut into four equal pieces; what lies below or above
 * falls into the first or last bin. Activations that are not above 0 are counted apart.
 */
export const HISTOGRAM_BINS = 64

const BINS_PER_DOUBLING = 4
const LOWEST_EXPONENT = -10
/** Of a float32 the exponent (8 bits, biased by 127) and the first two bits after the point are a number of quarters. */
const SHIFT = 21
const FIRST = (LOWEST_EXPONENT + 127) * BINS_PER_DOUBLING

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** @param value above 0 */
export function histogramBin(value: number): number {
  float[0] = value
  const bin = ((bits[0] ?? 0) >>> SHIFT) - FIRST
  return bin < 0 ? 0 : bin >= HISTOGRAM_BINS ? HISTOGRAM_BINS - 1 : bin
}

/** Where the bins begin, and where the last one ends: HISTOGRAM_BINS + 1 activations. */
export const HISTOGRAM_EDGES: readonly number[] = Array.from({ length: HISTOGRAM_BINS + 1 }, (_, bin) => {
  const doubling = Math.floor(bin / BINS_PER_DOUBLING)
  return 2 ** (LOWEST_EXPONENT + doubling) * (1 + (bin % BINS_PER_DOUBLING) / BINS_PER_DOUBLING)
})
