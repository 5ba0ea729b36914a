/** Weighted sums of samples' bottlenecks, decoded. */
import { setImmediate } from 'node:timers/promises'
import type { CodeMix, DecodedMixes } from '@shared/compute-api'
import { throwIfCancelled } from '@shared/errors'
import { toGreyBytes } from './pixels'
import type { SampleSource } from './samples'
import type { TrainedModel } from './trained-model'

/**
 * Every sample is encoded once, however many mixes it is in; sums are kept at full size, place by place.
 * @throws sampling/index-unknown, Cancelled
 */
export async function decodeMixes(of: {
  readonly model: TrainedModel
  readonly samples: SampleSource
  readonly mixes: readonly CodeMix[]
  /** Side of the model's pictures. */
  readonly size: number
  /** Samples per native call. */
  readonly together: number
  readonly signal: AbortSignal
}): Promise<DecodedMixes> {
  const { model, samples, mixes, size, together, signal } = of
  const indices = [...new Set(mixes.flatMap((mix) => mix.map(({ index }) => index)))]
  const weights = mixes.map((mix) => weightsOf(mix))
  let sums: readonly Float64Array[] = []
  for (let from = 0; from < indices.length; from += together) {
    throwIfCancelled(signal)
    const some = indices.slice(from, from + together)
    const codes = model.layer('bottleneck', samples.pixels(some))
    const numbers = codes.length / some.length
    if (sums.length === 0) sums = mixes.map(() => new Float64Array(numbers))
    for (const [at, index] of some.entries())
      for (const [mix, sum] of sums.entries())
        addTo(sum, codes.subarray(at * numbers, (at + 1) * numbers), weights[mix]?.get(index) ?? 0)
    await setImmediate()
  }
  const pictures: Uint8Array[] = []
  for (const sum of sums) {
    throwIfCancelled(signal)
    pictures.push(toGreyBytes(model.resume('bottleneck', Float32Array.from(sum), 'output')))
    await setImmediate()
  }
  return { size, pictures }
}

/** A sample that is named more than once counts with all its weights. */
function weightsOf(mix: CodeMix): ReadonlyMap<number, number> {
  const weights = new Map<number, number>()
  for (const { index, weight } of mix) weights.set(index, (weights.get(index) ?? 0) + weight)
  return weights
}

function addTo(sum: Float64Array, code: Float32Array, weight: number): void {
  if (weight === 0) return
  for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] ?? 0) + weight * (code[at] ?? 0)
}
