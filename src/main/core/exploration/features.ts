/** Features as they are looked at: with addresses, exciting patches in crop pixels, and places on pages. */
import {
  type ArchitectureDescription,
  describeArchitecture,
  type Layer,
  receptiveFieldInCrop,
  reductionFactor,
} from '@shared/domain/architecture'
import type { ChannelPage, FeatureSummary, FeatureTop, PlacedTop } from '@shared/domain/feature'
import type { RunPlan } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { AppError } from '@shared/errors'
import type { FeatureRecord, TopUnit } from './feature-records'

/** A run's model with what places its units on crops. */
export class ModelGeometry {
  readonly description: ArchitectureDescription
  /** Crop pixels per input pixel. */
  readonly reduction: number

  constructor(readonly plan: RunPlan) {
    this.description = describeArchitecture(plan.architecture)
    this.reduction = reductionFactor(plan.sampleSet.size, plan.architecture.inputSize)
  }

  /** @throws AppError exploration/layer-unknown */
  layer(name: string): Layer {
    const { layers } = this.description
    const layer = layers.find((candidate) => candidate.name === name)
    if (layer === undefined)
      throw AppError.of('exploration/layer-unknown', { layer: name, layers: layers.map((each) => each.name) })
    return layer
  }

  get bottleneck(): Layer {
    const { layers } = this.description
    const layer = layers.find(({ kind }) => kind === 'bottleneck')
    if (layer === undefined) throw new RangeError('A model without a bottleneck.')
    return layer
  }

  /** @throws AppError exploration/channel-unknown */
  requireChannel(layer: Layer, channel: number): void {
    const { name, channels } = layer
    if (channel >= channels)
      throw AppError.of('exploration/channel-unknown', { layer: name, channel, channels })
  }

  summary(record: FeatureRecord): FeatureSummary {
    const layer = this.layer(record.layer)
    const { channel, density, mean, maximum } = record
    return {
      address: `${this.plan.run}/${layer.name}/${channel}`,
      layer: layer.name,
      channel,
      bottleneck: layer.kind === 'bottleneck',
      density,
      mean,
      maximum,
      top: record.top.map((unit) => this.patch(layer, unit)),
    }
  }

  channelPage(record: FeatureRecord, samples: readonly SampleWithPage[]): ChannelPage {
    const layer = this.layer(record.layer)
    const summary = this.summary(record)
    return {
      ...summary,
      run: this.plan.run,
      layerHeight: layer.height,
      layerWidth: layer.width,
      channels: layer.channels,
      kernel: layer.kernel,
      inputChannels: layer.inputChannels,
      receptiveField: layer.receptiveField,
      reduction: this.reduction,
      top: summary.top.map((top) => placeOnPage(top, samples)),
    }
  }

  /** The receptive field of a unit, in pixels of the crop. */
  private patch(layer: Layer, { index, row, column, activation }: TopUnit): FeatureTop {
    const window = receptiveFieldInCrop(layer.receptiveField, { row, column }, this.reduction)
    return { index, x: window.x, y: window.y, size: window.size, activation }
  }
}

/** Crops are cut from pages at full size, so a crop's pixel is a page's. */
function placeOnPage(top: FeatureTop, samples: readonly SampleWithPage[]): PlacedTop {
  const sample = samples[top.index]
  if (sample === undefined)
    throw AppError.of('sampling/index-unknown', { index: top.index, samples: samples.length })
  const { page, file, style, composer, piece, pageNumber } = sample
  return {
    ...top,
    page,
    file,
    style,
    composer,
    piece,
    pageNumber,
    pageX: sample.x + top.x,
    pageY: sample.y + top.y,
  }
}
