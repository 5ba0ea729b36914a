/** Every channel's mean and maximum per sample, layers side by side in their order. */
import type { Layer } from '@shared/domain/architecture'
import type { LayerSummary } from './trained-model'

export class PatternTable {
  readonly channels: number
  /** [samples, channels] */
  readonly means: Float32Array
  readonly maxima: Float32Array

  constructor(
    private readonly layers: readonly Layer[],
    samples: number,
  ) {
    this.channels = layers.reduce((sum, { channels }) => sum + channels, 0)
    this.means = new Float32Array(samples * this.channels)
    this.maxima = new Float32Array(samples * this.channels)
  }

  /** @param rows where these samples begin, and how many they are */
  add(
    summaries: ReadonlyMap<string, LayerSummary>,
    rows: { readonly from: number; readonly count: number },
  ): void {
    let column = 0
    for (const { name, channels, height, width } of this.layers) {
      const summary = summaries.get(name)
      if (summary === undefined) throw new Error(`No summary of layer ${name}.`)
      for (let row = 0; row < rows.count; row += 1)
        for (let channel = 0; channel < channels; channel += 1) {
          const to = (rows.from + row) * this.channels + column + channel
          this.means[to] = (summary.sum[row * channels + channel] ?? 0) / (height * width)
          this.maxima[to] = summary.maximum[row * channels + channel] ?? 0
        }
      column += channels
    }
  }
}
