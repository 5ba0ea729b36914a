/** Networks before training: the same plan, the values that training would start from, no step taken. */
import type { ModelReference } from '@shared/compute-api'
import { throwIfCancelled } from '@shared/errors'
import type { ComputeProcess } from '../ports'
import type { UntrainedTable } from './compared-run'

/** Samples per question: progress is said and a cancellation heard between two. */
const TOGETHER = 128

/** @param indices the samples of the tables' rows */
export async function measureUntrained(
  { api }: ComputeProcess,
  model: ModelReference,
  options: {
    readonly indices: readonly number[]
    readonly signal: AbortSignal
    readonly onProgress: (samples: number) => void
  },
): Promise<UntrainedTable> {
  const { indices, signal, onProgress } = options
  let tables: { readonly means: Float32Array; readonly maxima: Float32Array } | null = null
  for (let from = 0; from < indices.length; from += TOGETHER) {
    throwIfCancelled(signal)
    const some = indices.slice(from, from + TOGETHER)
    const found = await api.model.patterns({ ...model, indices: some, untrained: true }, { signal })
    const { channels } = found
    tables ??= {
      means: new Float32Array(indices.length * channels),
      maxima: new Float32Array(indices.length * channels),
    }
    tables.means.set(found.means, from * channels)
    tables.maxima.set(found.maxima, from * channels)
    onProgress(some.length)
  }
  return tables ?? { means: new Float32Array(), maxima: new Float32Array() }
}
