/** Channels, receptive fields and places in words. */
import type { ReceptiveField } from '@shared/domain/architecture'
import type { FeatureSummary, PlacedTop } from '@shared/domain/feature'
import type { SampleWithPage } from '@shared/domain/sample-set'

/** A share as a percentage with two digits that count: "12 %", "0.43 %". */
export function formatShare(share: number): string {
  const percent = share * 100
  if (percent > 0 && percent < 0.01) return 'less than 0.01 %'
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`
}

export function formatActivation(activation: number): string {
  return Number(activation.toPrecision(3)).toString()
}

/** What one unit looks at, in pixels of the model's input and of the page. */
export function describeReceptiveField(field: ReceptiveField, reduction: number): string {
  const input = `${field.size}×${field.size} pixels of the input`
  if (reduction === 1) return `${input}, which are as many pixels of the page`
  const page = field.size * reduction
  return `${input}, which are ${page}×${page} pixels of the page`
}

/** How a channel behaves over the whole sample set. */
export function describeActivity(feature: Pick<FeatureSummary, 'density' | 'mean' | 'maximum'>): string {
  return `fires at ${formatShare(feature.density)} of places, mean ${formatActivation(feature.mean)}, maximum ${formatActivation(feature.maximum)}`
}

/** Composer, piece, page: what stands under a quotation. */
export function citation(
  place: Pick<PlacedTop | SampleWithPage, 'composer' | 'piece' | 'pageNumber'>,
): string {
  return `${place.composer}, ${place.piece}, page ${place.pageNumber}`
}

export const HELP = {
  channel:
    'A filter is a learned pattern of weights; slid over the picture it gives a map of how well each place matches: a channel.',
  kernel:
    'The weights themselves: blue below zero, red above. A filter of the first layer looks at grey values and can be read like a little picture; deeper ones weigh the channels before them.',
  patch:
    'The part of a crop that made the channel fire most strongly in the whole sample set: a receptive field of one unit.',
  map: 'How strongly the channel answers at every place of the chosen crop: dark is silent, pale is strongest.',
  scale:
    'What the brightest colour stands for. Local: the strongest value of each picture, good for seeing patterns. Layer and global: the strongest of the layer or of the whole model, good for comparing strengths.',
  density: 'The share of all places in all crops of the sample set where the channel is above zero.',
  receptiveField: 'The square of pixels that can influence one unit of this channel.',
} as const
