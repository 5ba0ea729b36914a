/** Kernels, maps and channels of a layer on their way out. */
import type { ActivationMaps, KernelWeights } from '@shared/compute-api'
import type { FeatureSummary } from '@shared/domain/feature'
import type { ExportedTable } from '../../exports/table-file'

/** Every weight of one filter. */
export function weightTable(
  { kernel, inputChannels, filters, weights }: KernelWeights,
  filter: number,
): ExportedTable {
  const places = Array.from({ length: kernel * kernel * inputChannels }, (_, place) => place)
  return {
    columns: ['row', 'column', 'input channel', 'weight'],
    rows: places.map((place) => {
      const position = Math.floor(place / inputChannels)
      return [
        Math.floor(position / kernel),
        position % kernel,
        place % inputChannels,
        weights[place * filters + filter] ?? null,
      ]
    }),
  }
}

/** One channel's map, row by row. */
export function mapTable({ height, width, channels, maps }: ActivationMaps, channel: number): ExportedTable {
  return {
    columns: ['row', ...Array.from({ length: width }, (_, column) => `column ${column}`)],
    rows: Array.from({ length: height }, (_, row) => [
      row,
      ...Array.from(
        { length: width },
        (__, column) => maps[(row * width + column) * channels + channel] ?? null,
      ),
    ]),
  }
}

/** What the feature pass found of each channel, in the order on the screen. */
export function channelTable(features: readonly FeatureSummary[]): ExportedTable {
  return {
    columns: [
      'address',
      'channel',
      'density',
      'mean',
      'maximum',
      'dead',
      'loss when absent',
      'most exciting crop',
    ],
    rows: features.map(({ address, channel, density, mean, maximum, dead, lossWhenAbsent, top }) => [
      address,
      channel,
      density,
      mean,
      maximum,
      dead ? 1 : 0,
      lossWhenAbsent,
      top[0]?.index ?? null,
    ]),
  }
}
