/** Pixels as numbers in [0, 1] and as grey bytes. */

/** Numbers in [0, 1] as grey bytes, rounded to the nearest. */
export function toGreyBytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8ClampedArray(values.length)
  for (let index = 0; index < values.length; index += 1) bytes[index] = (values[index] ?? 0) * 255
  return new Uint8Array(bytes.buffer)
}

/** Mean of (reconstruction − original)², with original bytes taken as numbers in [0, 1]. */
export function squaredErrorOf(reconstruction: Float32Array, original: Uint8Array): number {
  let sum = 0
  for (let index = 0; index < original.length; index += 1)
    sum += ((reconstruction[index] ?? 0) - (original[index] ?? 0) / 255) ** 2
  return sum / original.length
}
