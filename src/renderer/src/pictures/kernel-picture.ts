import type { KernelWeights } from '@shared/compute-api'
import { SIGNED } from './colour-scale'
import { paint } from './paint'
import { rangeOf, stridedRange, symmetric, unite, type ValueRange } from './value-range'

/** Weights of one filter for one input channel: kernel × kernel of them. */
export interface KernelSlice {
  readonly filter: number
  readonly inputChannel: number
}

/** One slice of one filter, kernel × kernel pixels: blue weights are below zero, red above. */
export function kernelPicture(kernels: KernelWeights, slice: KernelSlice, range: ValueRange): ImageData {
  const { kernel, inputChannels, filters, weights } = kernels
  const step = inputChannels * filters
  const start = slice.inputChannel * filters + slice.filter
  return paint({
    width: kernel,
    height: kernel,
    valueAt: (index) => weights[index * step + start] ?? Number.NaN,
    range: symmetric(range),
    colours: SIGNED,
  })
}

/** Range of one filter over all its slices. */
export function filterRange(kernels: KernelWeights, filter: number): ValueRange {
  const { kernel, inputChannels, filters, weights } = kernels
  return stridedRange(weights, { start: filter, step: filters, count: kernel * kernel * inputChannels })
}

/** Range of a whole layer's kernels. */
export function layerKernelRange(kernels: KernelWeights): ValueRange {
  return rangeOf(kernels.weights)
}

/** Range of several layers' kernels. */
export function modelKernelRange(layers: readonly KernelWeights[]): ValueRange {
  return unite(layers.map((kernels) => layerKernelRange(kernels)))
}

/** Input channels of a filter, those with the largest weights (by sum of squares) first. */
export function strongestSlices(kernels: KernelWeights, filter: number): readonly number[] {
  const strength = Array.from({ length: kernels.inputChannels }, (_, inputChannel) => ({
    inputChannel,
    energy: sliceEnergy(kernels, { filter, inputChannel }),
  }))
  strength.sort((a, b) => b.energy - a.energy || a.inputChannel - b.inputChannel)
  return strength.map((entry) => entry.inputChannel)
}

function sliceEnergy({ kernel, inputChannels, filters, weights }: KernelWeights, slice: KernelSlice): number {
  let energy = 0
  for (let place = 0; place < kernel * kernel; place += 1) {
    energy += (weights[(place * inputChannels + slice.inputChannel) * filters + slice.filter] ?? 0) ** 2
  }
  return energy
}

/** Some slices of a filter side by side in rows, one clear pixel apart. */
export function kernelMontage(
  kernels: KernelWeights,
  filter: number,
  montage: {
    readonly inputChannels: readonly number[]
    readonly columns: number
    readonly range: ValueRange
  },
): ImageData {
  const { inputChannels, columns, range } = montage
  const pitch = kernels.kernel + 1
  const rows = Math.ceil(inputChannels.length / columns)
  const picture = new ImageData(columns * pitch - 1, rows * pitch - 1)
  for (const [position, inputChannel] of inputChannels.entries()) {
    const slice = kernelPicture(kernels, { filter, inputChannel }, range)
    const left = (position % columns) * pitch
    const top = Math.floor(position / columns) * pitch
    for (let row = 0; row < kernels.kernel; row += 1) {
      const line = slice.data.subarray(row * kernels.kernel * 4, (row + 1) * kernels.kernel * 4)
      picture.data.set(line, ((top + row) * picture.width + left) * 4)
    }
  }
  return picture
}
