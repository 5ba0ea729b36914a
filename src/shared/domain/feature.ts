/** A feature: one channel of a trained model as something to look at, under the stable address run/layer/channel. */
import type { ReceptiveField } from './architecture'

export interface FeatureTop {
  /** Sample index in the run's sample set. */
  readonly index: number
  /** Top left of the exciting patch (the receptive field of the strongest unit) in crop pixels; may lie outside the crop where padding is seen. */
  readonly x: number
  readonly y: number
  /** Side of the patch in crop pixels. */
  readonly size: number
  readonly activation: number
}

export interface FeatureSummary {
  /** run/layer/channel */
  readonly address: string
  readonly layer: string
  readonly channel: number
  readonly bottleneck: boolean
  /** Share of positions where the channel is above 0. */
  readonly density: number
  readonly mean: number
  readonly maximum: number
  readonly top: readonly FeatureTop[]
}

/** A top crop with where its patch lies on the page, in page pixels. */
export interface PlacedTop extends FeatureTop {
  readonly page: number
  readonly file: string
  readonly style: string
  readonly composer: string
  readonly piece: string
  readonly pageNumber: number
  readonly pageX: number
  readonly pageY: number
}

export interface ChannelPage extends Omit<FeatureSummary, 'top'> {
  readonly run: string
  readonly layerHeight: number
  readonly layerWidth: number
  readonly channels: number
  readonly kernel: number
  readonly inputChannels: number
  /** In input pixels; multiply by `reduction` for crop pixels. */
  readonly receptiveField: ReceptiveField
  /** Crop pixels per input pixel. */
  readonly reduction: number
  readonly top: readonly PlacedTop[]
}

/** Channels are numbered from 0; scale 0 switches a channel off, 1 leaves it. */
export interface ChannelSetting {
  readonly channel: number
  readonly scale: number
}

export interface Reconstruction {
  readonly index: number
  readonly size: number
  /** Grey bytes, size × size. */
  readonly original: Uint8Array
  readonly reconstruction: Uint8Array
  readonly mse: number
  /** Layers and channels switched off, as `layer/channel`. */
  readonly without: readonly string[]
}

export interface FeatureReport {
  readonly run: string
  readonly layers: number
  readonly channels: number
  readonly samples: number
  readonly seconds: number
}
