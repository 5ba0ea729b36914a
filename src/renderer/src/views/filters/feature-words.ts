/** Channels, receptive fields and places in words. */
import type { ReceptiveField } from '@shared/domain/architecture'
import type { FeatureSummary, PlacedTop } from '@shared/domain/feature'
import type { ChannelContrast } from '@shared/domain/findings'
import type { Estimate } from '@shared/domain/evaluation'
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
  system: number | null = null,
): string {
  const where = system === null ? '' : `, system ${system}`
  return `${place.composer}, ${place.piece}, page ${place.pageNumber}${where}`
}

/** Page pixels in staff spaces: "about 2.3 staff spaces". */
export function describeStaffSpaces(pixels: number, spacePixels: number): string {
  const spaces = pixels / spacePixels
  const rounded = spaces >= 10 ? Math.round(spaces) : Number(spaces.toPrecision(2))
  return `about ${rounded} staff ${rounded === 1 ? 'space' : 'spaces'}`
}

/** Where a channel stands in its layer: "more often than 83 % of its layer". */
export function describeRank(rank: number, more: string): string {
  if (rank >= 99.5) return `${more} than any other of its layer`
  if (rank <= 0.5) return `less ${more.replace(/^more /, '')} than any other of its layer`
  return `${more} than ${Math.round(rank)} % of its layer`
}

/** "12 to 51 %" with the interval's level, or that there is none. */
export function describeInterval({ low, high }: Estimate, write: (value: number) => string): string {
  if (low === null || high === null) return 'too few pieces for an interval'
  return `95 % interval ${write(low)} to ${write(high)}`
}

/** "0.004", "below 0.001" */
export function formatProbability(p: number): string {
  return p < 0.001 ? 'below 0.001' : Number(p.toPrecision(2)).toString()
}

/** Cliff's delta as pairs: "94 of 100 pairs". Ties count half. */
export function pairsOutOfHundred(delta: number): number {
  return Math.round(50 * (Math.abs(delta) + 1))
}

/** What a channel's contrast says, in one or two sentences. */
export function describeContrast(row: ChannelContrast, field: 'style' | 'composer'): string {
  const { standsOut, q } = row
  const verdict =
    q < 0.05
      ? `Its strength differs between ${field}s`
      : `No difference between ${field}s can be told from chance`
  if (standsOut === null) return `${verdict}.`
  const { className, delta } = standsOut
  const direction = delta.value >= 0 ? 'stronger' : 'weaker'
  const pairs = pairsOutOfHundred(delta.value)
  const [own, other] =
    field === 'style'
      ? [`a piece of ${className}`, 'one of another style']
      : [`a piece by ${className}`, 'one by another composer']
  return `${verdict}. Most apart is ${className}: ${own} is ${direction} than ${other} in ${pairs} of 100 pairs.`
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
  receptiveField:
    'The square of pixels that can influence one unit of this channel: what that unit sees. It is told in staff spaces too, the distance from one staff line to the next, as notation is measured.',
  activation:
    'How strongly a channel answers at one place: 0 where it does not find its pattern, larger the better the place matches. Only numbers of one channel can be compared with each other.',
  bottleneck:
    'The narrowest layer, in the middle: everything the model draws again, it draws from these channels alone.',
  bands:
    'Crops in five equal groups by their strongest activation. If weak crops show something else than strong ones, the channel answers to more than one thing.',
  histogram:
    'How often the channel is how strong, over evenly spread places of all crops. Activations double from mark to mark.',
  correlations:
    'Channels that are strong on the same crops (or, against it, strong where this one is weak). 1 is always together, 0 unrelated, −1 always against.',
  unit: 'Each dot is one piece: the mean over all its crops. Crops of one piece resemble each other, so counting them one by one would make differences look surer than they are.',
  effect:
    'Effect size: the share of the differences between pieces (in rank) that goes with the style or composer. 0 is none, 100 % all. Beside it stands what shuffled labels give: only what lies above is worth looking at.',
  interval:
    'If other pieces of the same kind had been drawn, the number would in 95 of 100 cases lie about here. Wide means: too few pieces to be sure.',
  permutation:
    'Permutation test: the labels of whole pieces are shuffled again and again. p is the share of shuffles in which the difference is at least as large as the real one.',
  discovery:
    'False discovery rate: of many channels tested, some look different by chance. q is p corrected for that: among all channels with a q below 0.05, about one in twenty is a false find.',
  probe:
    'Single engraved symbols, alone on white paper, at several sizes and places. The bar says how much activation a symbol adds to blank paper for each of its black pixels, so that large and black symbols have no advantage. The three small bars: drawn small, as usual, and large.',
  absence:
    'The crops are drawn again with this channel held at 0. The figure says by how much the mean squared error of the pixels grows: what only this channel knows.',
  name: 'Names are kept for each rater, so that two people can name without seeing each other’s words and be compared (Findings).',
  convolution:
    'At every place the weights of the kernel are multiplied with what lies under it, and added up. Then batch norm stretches and shifts the sum, and ReLU cuts off what is below 0: what is left is the activation.',
  wholePage:
    'The model looks at the whole page as it looks at crops, in overlapping pieces without seams. Colour shows where the channel fires.',
  piece:
    'Mean activation of the channel over each page of a piece, in their order. The ribbon below shows each page from its left edge to its right.',
} as const
