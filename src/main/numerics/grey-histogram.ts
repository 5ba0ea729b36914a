/** How often each grey occurs, and what follows from that: where ink ends and where paper lies. */

/** Entry g is the number of pixels of grey g: [256]. */
export function countGreys(pixels: Uint8Array): Float64Array {
  // Whole numbers in 32 bits are counted fastest; a picture has fewer pixels than they can hold.
  const counts = new Uint32Array(256)
  for (let at = 0; at < pixels.length; at += 1) {
    const grey = pixels[at] ?? 0
    counts[grey] = (counts[grey] ?? 0) + 1
  }
  return Float64Array.from(counts)
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
