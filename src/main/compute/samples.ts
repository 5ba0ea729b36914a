/** Samples as a model sees them: read by index, reduced to its input, with their labels. */
import type { RunPlan } from '@shared/domain/run'
import { reduceByArea } from '@shared/domain/reduction'
import { openSampleStore, type SampleStore } from '../storage/sample-store'
import type { MicroBatch } from './trainer'

/** Reduced samples are kept up to this size, so that each crop is read and averaged once and not once per epoch. */
const KEPT_BYTES = 512 * 1024 * 1024

export interface SampleSource {
  /** Grey bytes [indices.length, size, size] at the model's input size. */
  pixels(indices: ArrayLike<number>): Uint8Array
  batch(indices: ArrayLike<number>): MicroBatch
  /** How many of these samples have a label. */
  labelled(indices: ArrayLike<number>): number
  close(): void
}

/** @throws sampling/store-damaged, sampling/index-unknown, model/size-not-reducible */
export function openSamples(file: string, plan: Pick<RunPlan, 'architecture' | 'labels'>): SampleSource {
  const store = openSampleStore(file)
  const { inputSize, head } = plan.architecture
  const labels = head === null ? null : (plan.labels ?? [])
  const read = inputSize === store.size ? readAsItIs(store) : keepReduced(store, inputSize)
  const labelOf = (index: number): number => labels?.[index] ?? -1
  return {
    pixels: read,
    batch(indices) {
      return { pixels: read(indices), labels: labels === null ? null : Int32Array.from(indices, labelOf) }
    },
    labelled(indices) {
      return Array.from(indices).filter((index) => labelOf(index) >= 0).length
    },
    close() {
      store.close()
    },
  }
}

type ReadPixels = SampleSource['pixels']

function readAsItIs(store: SampleStore): ReadPixels {
  return (indices) => store.read(indices)
}

function keepReduced(store: SampleStore, inputSize: number): ReadPixels {
  const kept = new Map<number, Uint8Array>()
  const sampleBytes = inputSize * inputSize
  const reduced = (index: number): Uint8Array => {
    const known = kept.get(index)
    if (known !== undefined) return known
    const sample = reduceByArea(store.read([index]), { cropSize: store.size, inputSize })
    if ((kept.size + 1) * sampleBytes <= KEPT_BYTES) kept.set(index, sample)
    return sample
  }
  return (indices) => {
    const pixels = new Uint8Array(indices.length * sampleBytes)
    for (let slot = 0; slot < indices.length; slot += 1)
      pixels.set(reduced(indices[slot] ?? -1), slot * sampleBytes)
    return pixels
  }
}
