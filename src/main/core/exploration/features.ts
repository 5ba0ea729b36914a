/** Features as they are looked at: with addresses, exciting patches in crop pixels, and places on pages. */
import type {
  AblationReport,
  ActivationBand,
  ChannelPage,
  ChannelRanks,
  FeatureSummary,
  FeatureTop,
  PlacedTop,
} from '@shared/domain/feature'
import { HISTOGRAM_EDGES } from '@shared/domain/histogram'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { AppError } from '@shared/errors'
import type { FeatureDetails, FeatureRecord } from './feature-records'
import type { ModelGeometry } from './model-geometry'

/** @param cost of the channel's absence, null where it was not measured */
export function featureSummary(
  model: ModelGeometry,
  record: FeatureRecord,
  cost: number | null,
): FeatureSummary {
  const layer = model.layer(record.layer)
  const { channel, density, mean, maximum } = record
  return {
    address: `${model.plan.run}/${layer.name}/${channel}`,
    layer: layer.name,
    channel,
    bottleneck: layer.kind === 'bottleneck',
    density,
    mean,
    maximum,
    dead: maximum <= 0,
    lossWhenAbsent: cost,
    top: record.top.map((unit) => model.patch(layer, unit)),
  }
}

export interface ChannelPageParts {
  readonly record: FeatureRecord
  readonly details: FeatureDetails
  /** All channels of its layer. */
  readonly layerRecords: readonly Omit<FeatureRecord, 'top' | 'layer'>[]
  readonly ablation: AblationReport | null
  /** How many samples the pass went over. */
  readonly measured: number
  /** All of the run's set, in order of their index. */
  readonly samples: readonly SampleWithPage[]
}

export function channelPage(model: ModelGeometry, parts: ChannelPageParts): ChannelPage {
  const { record, details, ablation, samples } = parts
  const layer = model.layer(record.layer)
  const { histogram, bands, related, relatedWithin } = details
  const summary = featureSummary(model, record, costOf(ablation, record.channel))
  return {
    ...summary,
    run: model.plan.run,
    layerHeight: layer.height,
    layerWidth: layer.width,
    channels: layer.channels,
    kernel: layer.kernel,
    inputChannels: layer.inputChannels,
    receptiveField: layer.receptiveField,
    reduction: model.reduction,
    samples: parts.measured,
    top: summary.top.map((top) => placeOnPage(top, samples)),
    histogram: { edges: HISTOGRAM_EDGES, ...histogram },
    bands: bands.map(({ picks, ...band }): ActivationBand => ({
      ...band,
      picks: picks.map((unit) => placeOnPage(model.patch(layer, unit), samples)),
    })),
    correlations: related,
    correlationsWithin: relatedWithin,
    ranks: ranksOf(record, parts),
  }
}

export function costOf(ablation: AblationReport | null, channel: number): number | null {
  return ablation?.channels.find((cost) => cost.channel === channel)?.increase.value ?? null
}

function ranksOf(record: FeatureRecord, { layerRecords, ablation }: ChannelPageParts): ChannelRanks {
  const cost = costOf(ablation, record.channel)
  const rank = (name: 'density' | 'mean' | 'maximum'): number =>
    percentileRank(
      record[name],
      layerRecords.map((other) => other[name]),
    )
  return {
    density: rank('density'),
    mean: rank('mean'),
    maximum: rank('maximum'),
    lossWhenAbsent:
      cost === null
        ? null
        : percentileRank(
            cost,
            (ablation?.channels ?? []).map(({ increase }) => increase.value),
          ),
  }
}

/** The share of values below one of them, with half of those equal to it, out of the others: 0 lowest, 100 highest. */
export function percentileRank(value: number, among: readonly number[]): number {
  if (among.length < 2) return 50
  const below = among.filter((other) => other < value).length
  const equal = among.filter((other) => other === value).length - 1
  return (100 * (below + equal / 2)) / (among.length - 1)
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
