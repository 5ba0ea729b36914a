/** Every channel over many samples: how strongly and how often it fires, and on which samples most. */
import type { ChannelStatistics } from '@shared/compute-api'
import type { Layer } from '@shared/domain/architecture'
import { throwIfCancelled } from '@shared/errors'
import { setImmediate } from 'node:timers/promises'
import type { SampleSource } from './samples'
import type { LayerSummary, TrainedModel } from './trained-model'

/** Samples per native call: as many pixels as eight crops of 448 × 448, at most 64 samples. */
const PIXELS_PER_CALL = 8 * 448 * 448
const SAMPLES_PER_CALL = 64

export interface FeaturePassOptions {
  readonly model: TrainedModel
  readonly samples: SampleSource
  readonly layers: readonly Layer[]
  readonly indices: readonly number[]
  readonly top: number
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/** @throws Cancelled */
export async function runFeaturePass(options: FeaturePassOptions): Promise<readonly ChannelStatistics[]> {
  const { model, samples, layers, indices, top, signal, onProgress } = options
  const tallies = layers.map((layer) => new LayerTally(layer, top))
  const pixelsEach = (layers.at(-1)?.height ?? 1) ** 2
  const each = Math.max(1, Math.min(SAMPLES_PER_CALL, Math.floor(PIXELS_PER_CALL / pixelsEach)))
  for (let from = 0; from < indices.length; from += each) {
    await setImmediate()
    throwIfCancelled(signal)
    const some = indices.slice(from, from + each)
    const summaries = model.summarize(samples.pixels(some))
    for (const tally of tallies) {
      const summary = summaries.get(tally.layer.name)
      if (summary !== undefined) tally.add(some, summary)
    }
    onProgress(from + some.length, indices.length)
  }
  return tallies.flatMap((tally) => tally.statistics())
}

type TopSample = ChannelStatistics['top'][number]

/** Adds up one layer's channels. */
class LayerTally {
  private samples = 0
  private readonly sums: Float64Array
  private readonly positives: Float64Array
  private readonly tops: TopSample[][]

  constructor(
    readonly layer: Layer,
    private readonly top: number,
  ) {
    this.sums = new Float64Array(layer.channels)
    this.positives = new Float64Array(layer.channels)
    this.tops = Array.from({ length: layer.channels }, () => [])
  }

  add(indices: readonly number[], { sum, positive, maximum, position }: LayerSummary): void {
    const { channels, width } = this.layer
    for (const [slot, index] of indices.entries()) {
      for (let channel = 0; channel < channels; channel += 1) {
        const at = slot * channels + channel
        this.sums[channel] = (this.sums[channel] ?? 0) + (sum[at] ?? 0)
        this.positives[channel] = (this.positives[channel] ?? 0) + (positive[at] ?? 0)
        const where = position[at] ?? 0
        this.rank(channel, {
          index,
          row: Math.floor(where / width),
          column: where % width,
          activation: maximum[at] ?? 0,
        })
      }
    }
    this.samples += indices.length
  }

  statistics(): readonly ChannelStatistics[] {
    const positions = this.samples * this.layer.height * this.layer.width
    return this.tops.map((top, channel) => ({
      layer: this.layer.name,
      channel,
      mean: (this.sums[channel] ?? 0) / positions,
      density: (this.positives[channel] ?? 0) / positions,
      maximum: top[0]?.activation ?? 0,
      top,
    }))
  }

  /** Strongest first; of equals, the one that came first. */
  private rank(channel: number, sample: TopSample): void {
    const top = this.tops[channel]
    if (top === undefined) return
    const weakest = top.at(-1)
    if (top.length >= this.top && weakest !== undefined && weakest.activation >= sample.activation) return
    const place = top.findIndex((ranked) => ranked.activation < sample.activation)
    top.splice(place === -1 ? top.length : place, 0, sample)
    if (top.length > Math.max(1, this.top)) top.pop()
  }
}
