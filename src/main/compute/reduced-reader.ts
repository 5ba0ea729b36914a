import { reduceByArea } from '@shared/domain/reduction'
import type { SampleStore } from '../storage/sample-store'

/** Reduced samples are kept up to this size, so that each crop is read and averaged once and not once per epoch. */
const KEPT_BYTES = 512 * 1024 * 1024

/** Reads grey bytes [indices.length, inputSize, inputSize]. @throws model/size-not-reducible, sampling/… */
export function reducedReader(
  store: SampleStore,
  { inputSize, keeps }: { readonly inputSize: number; readonly keeps: boolean },
): (indices: ArrayLike<number>) => Uint8Array {
  if (inputSize === store.size) return (indices) => store.read(indices)
  const kept = new Map<number, Uint8Array>()
  const sampleBytes = inputSize * inputSize
  const reduced = (index: number): Uint8Array => {
    const known = kept.get(index)
    if (known !== undefined) return known
    const sample = reduceByArea(store.read([index]), { cropSize: store.size, inputSize })
    if (keeps && (kept.size + 1) * sampleBytes <= KEPT_BYTES) kept.set(index, sample)
    return sample
  }
  return (indices) => {
    const pixels = new Uint8Array(indices.length * sampleBytes)
    for (let slot = 0; slot < indices.length; slot += 1)
      pixels.set(reduced(indices[slot] ?? -1), slot * sampleBytes)
    return pixels
  }
}
