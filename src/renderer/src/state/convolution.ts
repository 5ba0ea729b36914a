/** One convolution worked out by hand: what a unit sums, and what batch norm makes of the sum. */
import type { ActivationMaps, KernelWeights } from '@shared/compute-api'
import type { GreySquare } from '../pictures/grey-picture'

/** What a convolution looks at; outside it there is padding, which counts as 0. */
export interface ConvolutionInput {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly valueAt: (row: number, column: number, channel: number) => number
}

export interface Unit {
  readonly row: number
  readonly column: number
}

/** Grey pixels in [0, 1], as the first layer gets them. */
export function pixelInput({ size, pixels }: GreySquare): ConvolutionInput {
  return {
    height: size,
    width: size,
    channels: 1,
    valueAt: (row, column) => (pixels[row * size + column] ?? 0) / 255,
  }
}

/** The maps of the layer before, pooled (2×2 maximum) or enlarged (nearest neighbour) to the side that is wanted. */
export function mapsInput(maps: ActivationMaps, side: number): ConvolutionInput {
  const at = (row: number, column: number, channel: number): number =>
    maps.maps[(row * maps.width + column) * maps.channels + channel] ?? 0
  const frame = { height: side, width: side, channels: maps.channels }
  if (maps.height === 2 * side) return { ...frame, valueAt: (r, c, k) => pooled(at, r, c, k) }
  if (2 * maps.height === side)
    return { ...frame, valueAt: (r, c, k) => at(Math.floor(r / 2), Math.floor(c / 2), k) }
  return { ...frame, valueAt: at }
}

function pooled(at: ConvolutionInput['valueAt'], row: number, column: number, channel: number): number {
  const [top, left] = [row * 2, column * 2]
  return Math.max(
    at(top, left, channel),
    at(top, left + 1, channel),
    at(top + 1, left, channel),
    at(top + 1, left + 1, channel),
  )
}

/** What lies under the kernel of one unit for one input channel, row by row; "same" padding, as TensorFlow has it. */
export function patchUnder(
  input: ConvolutionInput,
  unit: Unit,
  { kernel, channel }: { readonly kernel: number; readonly channel: number },
): Float32Array {
  const before = Math.floor((kernel - 1) / 2)
  return Float32Array.from({ length: kernel * kernel }, (_, place) => {
    const row = unit.row - before + Math.floor(place / kernel)
    const column = unit.column - before + (place % kernel)
    const inside = row >= 0 && row < input.height && column >= 0 && column < input.width
    return inside ? input.valueAt(row, column, channel) : 0
  })
}

/** One filter's weights over one input channel, row by row. */
export function kernelSlice(kernels: KernelWeights, filter: number, channel: number): Float32Array {
  const { kernel, inputChannels, filters, weights } = kernels
  return Float32Array.from(
    { length: kernel * kernel },
    (_, place) => weights[(place * inputChannels + channel) * filters + filter] ?? 0,
  )
}

export interface Contribution {
  readonly channel: number
  readonly patch: Float32Array
  readonly weights: Float32Array
  /** Sum of the products: what this input channel adds. */
  readonly sum: number
}

/** What each input channel adds to one unit's sum, in their order. */
export function contributionsTo(
  input: ConvolutionInput,
  kernels: KernelWeights,
  { unit, filter }: { readonly unit: Unit; readonly filter: number },
): readonly Contribution[] {
  return Array.from({ length: kernels.inputChannels }, (_, channel) => {
    const patch = patchUnder(input, unit, { kernel: kernels.kernel, channel })
    const weights = kernelSlice(kernels, filter, channel)
    const sum = patch.reduce((total, value, place) => total + value * (weights[place] ?? 0), 0)
    return { channel, patch, weights, sum }
  })
}

export const totalOf = (contributions: readonly Contribution[]): number =>
  contributions.reduce((total, { sum }) => total + sum, 0)

/** Batch norm of a trained model: every sum times `scale`, plus `offset`. */
export interface Normalization {
  readonly scale: number
  readonly offset: number
}

/** Units that are compared to read batch norm off the map. */
const COMPARED = 240
/** Largest deviation from a straight line that is rounding of grey values, as a share of the strongest activation. */
const TOLERANCE = 0.02

/**
 * Batch norm read off a map: above 0, ReLU leaves activations as they are, so that they lie on a straight line over the
 * sums. Null where the channel fires at too few units, or where they lie on no line.
 */
export function normalizationOf(
  input: ConvolutionInput,
  kernels: KernelWeights,
  { maps, filter }: { readonly maps: ActivationMaps; readonly filter: number },
): Normalization | null {
  const points = firingUnits(maps, filter).map((unit) => ({
    sum: totalOf(contributionsTo(input, kernels, { unit, filter })),
    activation: maps.maps[(unit.row * maps.width + unit.column) * maps.channels + filter] ?? 0,
  }))
  const line = straightLine(points.map(({ sum, activation }) => [sum, activation]))
  if (line === null) return null
  const strongest = Math.max(...points.map(({ activation }) => activation))
  const fits = points.every(
    ({ sum, activation }) => Math.abs(line.scale * sum + line.offset - activation) <= TOLERANCE * strongest,
  )
  return fits ? line : null
}

function firingUnits({ height, width, channels, maps }: ActivationMaps, filter: number): readonly Unit[] {
  const firing: Unit[] = []
  for (let unit = 0; unit < height * width; unit += 1) {
    if ((maps[unit * channels + filter] ?? 0) > 0)
      firing.push({ row: Math.floor(unit / width), column: unit % width })
  }
  const step = Math.max(1, Math.floor(firing.length / COMPARED))
  return firing.filter((_, place) => place % step === 0)
}

function straightLine(points: readonly (readonly [number, number])[]): Normalization | null {
  if (points.length < 3) return null
  const meanOf = (place: 0 | 1): number =>
    points.reduce((total, point) => total + point[place], 0) / points.length
  const [middle, level] = [meanOf(0), meanOf(1)]
  const spread = points.reduce((total, [x]) => total + (x - middle) ** 2, 0)
  if (spread < 1e-12) return null
  const scale = points.reduce((total, [x, y]) => total + (x - middle) * (y - level), 0) / spread
  return { scale, offset: level - scale * middle }
}
