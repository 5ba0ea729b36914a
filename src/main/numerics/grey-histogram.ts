/** How often each grey occurs, and what follows from that: where ink ends and where paper lies. */

/** Entry g is the number of pixels of grey g: [256]. */
export function countGreys(pixels: Uint8Array): Float64Array {
  // Two rows of counters in turn: neighbours are often alike, and one would wait for the other.
  const counts = new Uint32Array(512)
  const pairs = pixels.length - (pixels.length % 2)
  for (let at = 0; at < pairs; at += 2) {
    const one = pixels[at] ?? 0
    const other = 256 + (pixels[at + 1] ?? 0)
    counts[one] = (counts[one] ?? 0) + 1
    counts[other] = (counts[other] ?? 0) + 1
  }
  if (pairs < pixels.length) {
    const last = pixels[pairs] ?? 0
    counts[last] = (counts[last] ?? 0) + 1
  }
  return Float64Array.from({ length: 256 }, (_, grey) => (counts[grey] ?? 0) + (counts[grey + 256] ?? 0))
}

/**
 * The grey that best parts ink from paper (Otsu 1979: largest variance between the two): ink is no brighter.
 * Null where all pixels are alike.
 */
export function otsuOf(histogram: Float64Array): number | null {
  const count = histogram.reduce((sum, pixels) => sum + pixels, 0)
  const all = histogram.reduce((sum, pixels, grey) => sum + grey * pixels, 0)
  let best: { threshold: number; variance: number } | null = null
  let [below, sumBelow] = [0, 0]
  for (let value = 0; value < 255; value += 1) {
    below += histogram[value] ?? 0
    sumBelow += value * (histogram[value] ?? 0)
    const above = count - below
    if (below === 0 || above === 0) continue
    const variance = below * above * (sumBelow / below - (all - sumBelow) / above) ** 2
    if (best === null || variance > best.variance) best = { threshold: value, variance }
  }
  return best === null ? null : best.threshold
}

/** The grey that this share of the pixels is no brighter than, of those of `least` or brighter; null of none. */
export function greyQuantile(histogram: ArrayLike<number>, share: number, least = 0): number | null {
  let count = 0
  for (let grey = least; grey < 256; grey += 1) count += histogram[grey] ?? 0
  if (count === 0) return null
  let below = 0
  for (let grey = least; grey < 255; grey += 1) {
    below += histogram[grey] ?? 0
    if (below > 0 && below >= share * count) return grey
  }
  return 255
}
