/** A feature: one channel of a trained model as something to look at, under the stable address run/layer/channel. */
import type { PixelWindow, ReceptiveField } from './architecture'
import type { Estimate, IntervalMethod } from './evaluation'

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
  /** Never above 0, on no sample. */
  readonly dead: boolean
  /** By how much the mean squared error of reconstructions grows without the channel; null until that was measured. */
  readonly lossWhenAbsent: number | null
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

/** How often a channel is how strong. Counted at evenly spread positions of every map, not at all of them. */
export interface ActivationHistogram {
  /** Four bins per doubling, the same for all channels (domain/histogram.ts); one more edge than bins. */
  readonly edges: readonly number[]
  readonly counts: readonly number[]
  /** Not above 0; in none of the bins. */
  readonly silent: number
}

/** An equal share of the samples by their strongest activation. */
export interface ActivationBand {
  /** Strongest activation of its weakest and of its strongest sample. */
  readonly low: number
  readonly high: number
  readonly samples: number
  /** Samples drawn from it at random (the same ones each time), strongest first, with their strongest patch. */
  readonly picks: readonly PlacedTop[]
}

/** Another channel that goes together with this one, or against it: Pearson's correlation. */
export interface ChannelCorrelation {
  readonly layer: string
  readonly channel: number
  readonly correlation: number
}

/** Strongest first, at most 8 each. */
export interface ChannelCorrelations {
  readonly positive: readonly ChannelCorrelation[]
  readonly negative: readonly ChannelCorrelation[]
}

/** Where a channel stands among those of its layer: 0 below all, 100 above all; of equals, the middle. */
export interface ChannelRanks {
  readonly density: number
  readonly mean: number
  readonly maximum: number
  /** Null until it was measured what each channel's absence costs. */
  readonly lossWhenAbsent: number | null
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
  /** How many samples all this was measured on. */
  readonly samples: number
  readonly top: readonly PlacedTop[]
  readonly histogram: ActivationHistogram
  /** Weakest first. */
  readonly bands: readonly ActivationBand[]
  /** By its mean on each sample, among the channels of all layers. */
  readonly correlations: ChannelCorrelations
  /** Position by position, among the channels of its layer. */
  readonly correlationsWithin: ChannelCorrelations
  readonly ranks: ChannelRanks
}

/** Channels are numbered from 0; scale 0 switches a channel off, 1 leaves it. */
export interface ChannelSetting {
  /** Absent: the bottleneck. */
  readonly layer?: string
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
  /** Of these, measured by an earlier pass that was ended before it was complete. */
  readonly resumed: number
  readonly seconds: number
}

/** By how much the mean squared error grows without a channel, with an interval where there are pieces enough. */
export interface AbsenceCost {
  readonly channel: number
  readonly increase: Estimate
  /** By name of the style or composer, of its own crops. */
  readonly byStyle: Readonly<Record<string, number>>
  readonly byComposer: Readonly<Record<string, number>>
}

/** What the absence of each channel of a layer costs, on held-out crops. */
export interface AblationReport {
  readonly run: string
  readonly layer: string
  /** Costliest first. */
  readonly channels: readonly AbsenceCost[]
  /** Mean squared error with every channel as it is. */
  readonly intactMse: number
  readonly intactByStyle: Readonly<Record<string, number>>
  readonly intactByComposer: Readonly<Record<string, number>>
  readonly crops: number
  /** False where the run holds no crops out, so that others had to serve. */
  readonly heldOut: boolean
  readonly pieces: number
  readonly interval: IntervalMethod
  readonly weightsSha256: string
  readonly seconds: number
  readonly finishedAt: string
}

/** One channel over a whole page. */
export interface PageActivation {
  readonly page: number
  readonly layer: string
  readonly channel: number
  /** Units along each side. */
  readonly width: number
  readonly height: number
  /** Page pixels from one unit to the next. */
  readonly pixelsPerUnit: number
  /** Page pixel at which the first unit's own square begins; below 0 where it begins before the page. */
  readonly offsetX: number
  readonly offsetY: number
  /** What the first unit sees, in page pixels; every other sees as much, moved as its own square is. */
  readonly seen: PixelWindow
  readonly pageWidth: number
  readonly pageHeight: number
  /** [height, width] */
  readonly map: Float32Array
  readonly maximum: number
}

export interface PieceActivationPage {
  readonly page: number
  readonly pageNumber: number
  readonly file: string
  readonly mean: number
  /** Share of units above 0. */
  readonly density: number
  readonly maximum: number
  /** Mean activation in equally wide upright strips from the left edge to the right. */
  readonly ribbon: readonly number[]
}

/** One channel over the pages of a piece, in their order. */
export interface PieceActivation {
  readonly run: string
  readonly layer: string
  readonly channel: number
  readonly piece: number
  readonly pages: readonly PieceActivationPage[]
}
