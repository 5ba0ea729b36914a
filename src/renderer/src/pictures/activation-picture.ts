import type { ActivationMaps } from '@shared/compute-api'
import { STRENGTH } from './colour-scale'
import { paint } from './paint'
import { fromZero, rangeOf, stridedRange, type ValueRange } from './value-range'

export interface ActivationView {
  readonly channel: number
  readonly range: ValueRange
  /** Longest side in pixels; larger maps are reduced by whole blocks whose mean is shown. */
  readonly largestSide?: number
}

/** One channel's activation map, one pixel per unit (or per block of units): dark is silent, pale is strongest. */
export function activationPicture(activations: ActivationMaps, view: ActivationView): ImageData {
  const { height, width } = activations
  const block = Math.max(
    1,
    Math.ceil(Math.max(height, width) / (view.largestSide ?? Number.POSITIVE_INFINITY)),
  )
  const columns = Math.ceil(width / block)
  return paint({
    width: columns,
    height: Math.ceil(height / block),
    valueAt: (index) =>
      blockMean(activations, view.channel, {
        row: Math.floor(index / columns) * block,
        column: (index % columns) * block,
        side: block,
      }),
    range: fromZero(view.range),
    colours: STRENGTH,
  })
}

/**
 * The same to be laid over a crop: clear where the channel is silent, orange where it is strong, so that the notation
 * stays readable beneath.
 */
export function activationVeil(activations: ActivationMaps, view: ActivationView): ImageData {
  const { height, width, channels, maps } = activations
  const veil = new ImageData(width, height)
  const strongest = fromZero(view.range).highest
  for (let unit = 0; unit < width * height; unit += 1) {
    const share = strongest > 0 ? (maps[unit * channels + view.channel] ?? 0) / strongest : 0
    veil.data.set([...VEIL, Math.round(Math.min(1, Math.max(0, share)) * 255)], unit * 4)
  }
  return veil
}

const VEIL = [214, 74, 0] as const

interface Block {
  readonly row: number
  readonly column: number
  readonly side: number
}

/** Mean of the block's units that lie on the map. */
function blockMean({ height, width, channels, maps }: ActivationMaps, channel: number, block: Block): number {
  const lastRow = Math.min(height, block.row + block.side)
  const lastColumn = Math.min(width, block.column + block.side)
  let total = 0
  for (let row = block.row; row < lastRow; row += 1) {
    for (let column = block.column; column < lastColumn; column += 1) {
      total += maps[(row * width + column) * channels + channel] ?? Number.NaN
    }
  }
  return total / ((lastRow - block.row) * (lastColumn - block.column))
}

/** Range of one channel's map. */
export function channelRange({ height, width, channels, maps }: ActivationMaps, channel: number): ValueRange {
  return stridedRange(maps, { start: channel, step: channels, count: height * width })
}

/** Range of all the layer's maps on this crop. */
export function layerActivationRange(activations: ActivationMaps): ValueRange {
  return rangeOf(activations.maps)
}
