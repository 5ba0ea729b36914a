/** What every channel does on a few pictures of their own, such as a sheet of single symbols: no tables are kept. */
import type { PictureResponses } from '@shared/compute-api'
import type { Layer } from '@shared/domain/architecture'
import { throwIfCancelled } from '@shared/errors'
import { setImmediate } from 'node:timers/promises'
import type { SampleSource } from './samples'
import type { TrainedModel } from './trained-model'

export interface ResponseOptions {
  readonly model: TrainedModel
  readonly samples: SampleSource
  readonly layers: readonly Layer[]
  readonly indices: readonly number[]
  /** Pictures per native call. */
  readonly together: number
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/** @throws sampling/index-unknown, Cancelled */
export async function measureResponses(options: ResponseOptions): Promise<PictureResponses> {
  const { model, samples, layers, indices, together, signal, onProgress } = options
  const channels = layers.reduce((total, layer) => total + layer.channels, 0)
  const means = new Float32Array(indices.length * channels)
  const maxima = new Float32Array(indices.length * channels)
  for (let from = 0; from < indices.length; from += together) {
    await setImmediate()
    throwIfCancelled(signal)
    const some = indices.slice(from, from + together)
    const summary = model.summarize(samples.pixels(some))
    let column = 0
    for (const layer of layers) {
      const found = summary.layers.get(layer.name)
      if (found === undefined) throw new Error(`The summary lacks layer ${layer.name}.`)
      for (let slot = 0; slot < some.length; slot += 1)
        for (let channel = 0; channel < layer.channels; channel += 1) {
          const place = (from + slot) * channels + column + channel
          means[place] = (found.sum[slot * layer.channels + channel] ?? 0) / (layer.height * layer.width)
          maxima[place] = found.maximum[slot * layer.channels + channel] ?? 0
        }
      column += layer.channels
    }
    onProgress(from + some.length, indices.length)
  }
  return { channels, means, maxima }
}
