/** Samples as a model sees them: read by index, reduced to its input, with their labels. */
import type { RunPlan } from '@shared/domain/run'
import { openSampleStore } from '../storage/sample-store'
import { ReadAhead } from './read-ahead'
import { reducedReader } from './reduced-reader'
import type { MicroBatch } from './trainer'

export interface SampleSource {
  /** Grey bytes [indices.length, size, size] at the model's input size. */
  pixels(indices: ArrayLike<number>): Uint8Array
  batch(indices: ArrayLike<number>): MicroBatch
  /** Says what will be asked for next, so that it can be read meanwhile; asking for something else is no error. */
  expect(indices: ArrayLike<number>): void
  /** How many of these samples have a label. */
  labelled(indices: ArrayLike<number>): number
  close(): void
}

/**
 * @param readerScript see `ReadAhead`; null reads when asked, and not ahead
 * @throws sampling/store-damaged, sampling/index-unknown, model/size-not-reducible
 */
export function openSamples(
  file: string,
  plan: Pick<RunPlan, 'architecture' | 'labels'> & Partial<Pick<RunPlan, 'optimizer'>>,
  readerScript: string | null = null,
): SampleSource {
  const store = openSampleStore(file)
  const { inputSize, head } = plan.architecture
  const labels = head === null ? null : (plan.labels ?? [])
  const capacity = plan.optimizer?.microBatch ?? 0
  const ahead = readerScript === null ? null : new ReadAhead(readerScript, { file, inputSize, capacity })
  // The thread keeps what it has reduced, so this one need not.
  const read = reducedReader(store, { inputSize, keeps: ahead === null })
  const pixels = (indices: ArrayLike<number>): Uint8Array => ahead?.take(indices) ?? read(indices)
  const labelOf = (index: number): number => labels?.[index] ?? -1
  return {
    pixels,
    batch(indices) {
      return { pixels: pixels(indices), labels: labels === null ? null : Int32Array.from(indices, labelOf) }
    },
    expect(indices) {
      ahead?.expect(indices)
    },
    labelled(indices) {
      return Array.from(indices).filter((index) => labelOf(index) >= 0).length
    },
    close() {
      ahead?.close()
      store.close()
    },
  }
}
