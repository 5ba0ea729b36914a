/**
 * The model as data. What this file promises (filled in by hand from the spec, no tensors):
 * a specification such as `3x16@5,3x32@3,3x64@3` → layers, shapes, parameters, receptive fields, capacity.
 */

/** `convolutions` convolution layers of `filters` filters of `kernel`×`kernel`, then a 2×2 max pooling. */
export interface ConvolutionBlock {
  readonly convolutions: number
  readonly filters: number
  readonly kernel: number
}

/** A softmax classifier on the averaged bottleneck; weight 0 leaves the autoencoder untouched. */
export interface ClassificationHead {
  readonly field: 'style' | 'composer'
  readonly classes: readonly string[]
  readonly weight: number
}

export interface Architecture {
  readonly blocks: readonly ConvolutionBlock[]
  /** Side of the square grey input in pixels; the crop's size or a whole fraction of it. */
  readonly inputSize: number
  readonly dropout: number
  readonly head: ClassificationHead | null
}

/** Where one unit of a layer looks, in input pixels: unit (r, c) sees [r·stride + offset, … + size). */
export interface ReceptiveField {
  readonly size: number
  readonly stride: number
  /** First input pixel seen by unit 0; negative where the padding is seen. */
  readonly offset: number
}

/** Layer names: encoder-1-1 … encoder-3-3, bottleneck, decoder-3-1 … decoder-1-3, output. */
export interface Layer {
  readonly name: string
  readonly kind: 'convolution' | 'bottleneck' | 'output'
  readonly part: 'encoder' | 'bottleneck' | 'decoder'
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Kernel side; for the bottleneck, that of the convolution it pools. */
  readonly kernel: number
  readonly inputChannels: number
  /** Trainable numbers: kernel and batch-norm scale and offset (kernel and bias for the output). 0 for the bottleneck. */
  readonly parameters: number
  readonly receptiveField: ReceptiveField
}

export interface ArchitectureDescription {
  readonly layers: readonly Layer[]
  readonly parameters: number
  /** Multiply-accumulates of one forward pass of one sample. */
  readonly multiplyAccumulates: number
  readonly bottleneck: {
    readonly height: number
    readonly width: number
    readonly channels: number
    readonly numbers: number
  }
  /** Bottleneck numbers per input pixel: 1 means no compression. */
  readonly capacityRatio: number
}
