/** How crops become a model's smaller input: the one definition, for training, originals and baselines alike. */
import { reductionFactor } from './architecture'

/**
 * Area averaging by a whole factor: each pixel is the mean of a factor × factor square, rounded half up to a grey byte.
 * @param pixels grey bytes [samples, cropSize, cropSize]
 * @returns grey bytes [samples, inputSize, inputSize]; `pixels` itself where the sizes are equal
 * @throws model/size-not-reducible
 */
export function reduceByArea(
  pixels: Uint8Array,
  sizes: { readonly cropSize: number; readonly inputSize: number },
): Uint8Array {
  const { cropSize, inputSize } = sizes
  const factor = reductionFactor(cropSize, inputSize)
  if (factor === 1) return pixels
  const rows = pixels.length / cropSize
  const area = factor * factor
  const reduced = new Uint8Array(pixels.length / area)
  const sums = new Uint32Array(inputSize)
  // Samples lie under each other and factor divides their height, so the whole stack is reduced as one tall picture.
  for (let band = 0; band < rows / factor; band += 1) {
    sums.fill(area >> 1)
    const start = band * factor * cropSize
    for (let row = start; row < start + factor * cropSize; row += cropSize)
      addRow(pixels.subarray(row, row + cropSize), factor, sums)
    for (let column = 0; column < inputSize; column += 1)
      reduced[band * inputSize + column] = (sums[column] ?? 0) / area
  }
  return reduced
}

/** Adds each run of `factor` pixels of a row to its sum. */
function addRow(row: Uint8Array, factor: number, sums: Uint32Array): void {
  let pixel = 0
  for (let column = 0; column < sums.length; column += 1) {
    let sum = sums[column] ?? 0
    for (const end = pixel + factor; pixel < end; pixel += 1) sum += row[pixel] ?? 0
    sums[column] = sum
  }
}
