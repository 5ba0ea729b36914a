/** What exploring asks of a backend: a model with its trained weights, and nothing that changes them. */

/** What a layer did on some samples, per sample and channel [samples, channels]. */
export interface LayerSummary {
  readonly channels: number
  /** Sum of the activations over all positions. */
  readonly sum: Float32Array
  /** How many positions are above 0. */
  readonly positive: Float32Array
  readonly maximum: Float32Array
  /** Where the maximum is: row · width + column, the first where several are equal. */
  readonly position: Int32Array
}

export interface TrainedModel {
  /**
   * One layer's output, as [samples, height, width, channels].
   * @param pixels grey bytes [samples, size, size]
   */
  layer(name: string, pixels: Uint8Array): Float32Array
  /** Reconstructions in [0, 1] from a bottleneck [samples, side, side, channels]. */
  decode(bottleneck: Float32Array): Float32Array
  /** Every layer on some samples. */
  summarize(pixels: Uint8Array): ReadonlyMap<string, LayerSummary>
  close(): void
}
