/** What exploring asks of a backend: a model with its trained weights, and nothing that changes them. */

/** What a layer did on some samples; per sample and channel [samples, channels] unless said otherwise. */
export interface LayerSummary {
  readonly channels: number
  /** Sum of the activations over all positions. */
  readonly sum: Float32Array
  /** How many positions are above 0. */
  readonly positive: Float32Array
  readonly maximum: Float32Array
  /** Where the maximum is: row · width + column, the first where several are equal. */
  readonly position: Int32Array
  /** Activations at the positions of the layer's lattice (lattice.ts) [samples · positions, channels]. */
  readonly lattice: Float32Array
  /** Sums of products of two channels over the lattice [channels, channels]. */
  readonly products: Float32Array
}

export interface SampleSummary {
  readonly layers: ReadonlyMap<string, LayerSummary>
  /** The bottleneck averaged over the cells of a grid, row by row [samples, cells · channels]. */
  readonly codes: Float32Array
}

export interface TrainedModel {
  /**
   * One layer's output, as [samples, height, width, channels].
   * @param pixels grey bytes [samples, size, size]
   */
  layer(name: string, pixels: Uint8Array): Float32Array
  /**
   * What a later layer makes of an earlier one's output, given by hand in the place of what would have been computed.
   * Only what lies between is computed.
   * @param values [samples, height, width, channels] of layer `from`
   */
  resume(from: string, values: Float32Array, to: string): Float32Array
  /** Every layer on some samples. */
  summarize(pixels: Uint8Array): SampleSummary
  close(): void
}
