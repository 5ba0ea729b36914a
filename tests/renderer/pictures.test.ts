import { describe, expect, test } from 'vitest'
import {
  activationPicture,
  activationVeil,
  channelRange,
} from '../../src/renderer/src/pictures/activation-picture'
import { cssGradient, GREY, SIGNED, STRENGTH } from '../../src/renderer/src/pictures/colour-scale'
import {
  differencePicture,
  largestDifference,
  meanSquaredDifference,
} from '../../src/renderer/src/pictures/difference-picture'
import { greyPicture, greySquareAt } from '../../src/renderer/src/pictures/grey-picture'
import {
  filterRange,
  kernelMontage,
  kernelPicture,
  layerKernelRange,
  modelKernelRange,
  strongestSlices,
} from '../../src/renderer/src/pictures/kernel-picture'
import { paint } from '../../src/renderer/src/pictures/paint'
import { rangeOf, symmetric, unite } from '../../src/renderer/src/pictures/value-range'

/** One pixel as red, green, blue, alpha. */
function pixel(picture: ImageData, x: number, y: number): number[] {
  return [...picture.data.subarray((y * picture.width + x) * 4, (y * picture.width + x) * 4 + 4)]
}

const NEGATIVE = [5, 48, 97, 255]
const ZERO = [247, 247, 247, 255]
const POSITIVE = [103, 0, 31, 255]
const CLEAR = [0, 0, 0, 0]

/** A layer of 2×2 kernels over 2 input channels in 2 filters; weights [row, column, input, filter]. */
const KERNELS = {
  kernel: 2,
  inputChannels: 2,
  filters: 2,
  weights: Float32Array.from([
    // row 0: column 0, column 1; each input 0 (filter 0, 1), input 1 (filter 0, 1)
    1, 10, 2, 20, -1, 0, 0, 0,
    // row 1
    0.5, 0, -2, 0, 0, 0, 4, -40,
  ]),
}

describe('colours', () => {
  test('a table runs from the first stop to the last', () => {
    expect([...GREY.subarray(0, 3), ...GREY.subarray(1530)]).toEqual([0, 0, 0, 255, 255, 255])
    expect([...STRENGTH.subarray(0, 3), ...STRENGTH.subarray(1530)]).toEqual([0, 0, 4, 252, 253, 191])
  })

  test('a legend shows the same colours as the pictures', () => {
    expect(cssGradient(SIGNED)).toContain('rgb(5 48 97) 0%')
    expect(cssGradient(SIGNED)).toContain('rgb(103 0 31) 100%')
  })

  test('values outside the range have the end colours, what is not a number stays clear', () => {
    const values = [-5, 0, 5, Number.NaN]
    const picture = paint({
      width: 4,
      height: 1,
      valueAt: (index) => values[index] ?? 0,
      range: { lowest: -1, highest: 1 },
      colours: SIGNED,
    })
    expect(pixel(picture, 0, 0)).toEqual(NEGATIVE)
    expect(pixel(picture, 1, 0)).toEqual(ZERO)
    expect(pixel(picture, 2, 0)).toEqual(POSITIVE)
    expect(pixel(picture, 3, 0)).toEqual(CLEAR)
  })

  test('a range without width paints the middle colour', () => {
    const range = { lowest: 3, highest: 3 }
    const picture = paint({ width: 1, height: 1, valueAt: () => 3, range, colours: SIGNED })
    expect(pixel(picture, 0, 0)).toEqual(ZERO)
  })
})

describe('ranges', () => {
  test('what is not finite does not count', () => {
    expect(rangeOf([2, Number.NaN, -1, Number.POSITIVE_INFINITY])).toEqual({ lowest: -1, highest: 2 })
    expect(rangeOf([])).toEqual({ lowest: 0, highest: 0 })
  })

  test('ranges unite, and reach as far on both sides of zero', () => {
    const united = unite([
      { lowest: -1, highest: 2 },
      { lowest: 0, highest: 5 },
    ])
    expect(united).toEqual({ lowest: -1, highest: 5 })
    expect(symmetric(united)).toEqual({ lowest: -5, highest: 5 })
  })
})

describe('kernels', () => {
  test('a slice takes the weights of its filter and input channel, in rows', () => {
    const picture = kernelPicture(KERNELS, { filter: 0, inputChannel: 0 }, { lowest: -1, highest: 1 })
    expect([picture.width, picture.height]).toEqual([2, 2])
    expect(pixel(picture, 0, 0)).toEqual(POSITIVE)
    expect(pixel(picture, 1, 0)).toEqual(NEGATIVE)
    expect(pixel(picture, 1, 1)).toEqual(ZERO)
  })

  test('the colour scale is local to the filter, to the layer, or to the model', () => {
    expect(filterRange(KERNELS, 0)).toEqual({ lowest: -2, highest: 4 })
    expect(layerKernelRange(KERNELS)).toEqual({ lowest: -40, highest: 20 })
    const other = { kernel: 1, inputChannels: 1, filters: 1, weights: Float32Array.of(99) }
    expect(modelKernelRange([KERNELS, other])).toEqual({ lowest: -40, highest: 99 })
  })

  test('slices are ordered by their weights, the strongest first', () => {
    expect(strongestSlices(KERNELS, 0)).toEqual([1, 0])
    expect(strongestSlices({ ...KERNELS, weights: new Float32Array(16) }, 0)).toEqual([0, 1])
  })

  test('a montage puts slices side by side with a clear pixel between', () => {
    const range = { lowest: -1, highest: 1 }
    const picture = kernelMontage(KERNELS, 0, { inputChannels: [0, 1], columns: 2, range })
    expect([picture.width, picture.height]).toEqual([5, 2])
    expect(pixel(picture, 0, 0)).toEqual(POSITIVE)
    expect(pixel(picture, 2, 0)).toEqual(CLEAR)
    expect(pixel(picture, 3, 1)).toEqual(NEGATIVE)
    expect(pixel(picture, 4, 1)).toEqual(POSITIVE)
  })
})

describe('activation maps', () => {
  /** 2 × 4 units, 2 channels; channel 1 counts from 0 to 7. */
  const activations = {
    height: 2,
    width: 4,
    channels: 2,
    maps: Float32Array.from([9, 0, 9, 1, 9, 2, 9, 3, 9, 4, 9, 5, 9, 6, 9, 7]),
  }

  test('the range of a channel is its own', () => {
    expect(channelRange(activations, 1)).toEqual({ lowest: 0, highest: 7 })
  })

  test('every unit is a pixel, from silence to the strongest', () => {
    const picture = activationPicture(activations, { channel: 1, range: { lowest: 2, highest: 7 } })
    expect([picture.width, picture.height]).toEqual([4, 2])
    expect(pixel(picture, 0, 0)).toEqual([0, 0, 4, 255])
    expect(pixel(picture, 3, 1)).toEqual([252, 253, 191, 255])
  })

  test('a large map is reduced by means of whole blocks', () => {
    const picture = activationPicture(activations, {
      channel: 1,
      range: { lowest: 0, highest: 4.5 },
      largestSide: 2,
    })
    expect([picture.width, picture.height]).toEqual([2, 1])
    // The right block holds 2, 3, 6 and 7: mean 4.5, the end of the scale.
    expect(pixel(picture, 1, 0)).toEqual([252, 253, 191, 255])
  })

  test('a veil is clear where the channel is silent', () => {
    const veil = activationVeil(activations, { channel: 1, range: { lowest: 0, highest: 7 } })
    expect(pixel(veil, 0, 0)).toEqual([214, 74, 0, 0])
    expect(pixel(veil, 3, 1)).toEqual([214, 74, 0, 255])
  })
})

describe('reconstructions', () => {
  const original = { size: 2, pixels: Uint8Array.of(0, 255, 255, 255) }
  const reconstruction = { size: 2, pixels: Uint8Array.of(255, 0, 255, 255) }

  test('grey bytes are drawn as they are', () => {
    const picture = greyPicture({ size: 2, pixels: Uint8Array.of(0, 64, 128, 255) })
    expect(pixel(picture, 1, 0)).toEqual([64, 64, 64, 255])
    expect(pixel(picture, 1, 1)).toEqual([255, 255, 255, 255])
  })

  test('pictures in a stack are cut out without copying', () => {
    const stack = Uint8Array.of(1, 1, 1, 1, 2, 2, 2, 2)
    expect([...greySquareAt(stack, 2, 1).pixels]).toEqual([2, 2, 2, 2])
    expect(greySquareAt(stack, 2, 1).pixels.buffer).toBe(stack.buffer)
  })

  test('ink that went is red, ink that came is blue', () => {
    const picture = differencePicture(reconstruction, original, 1)
    expect(pixel(picture, 0, 0)).toEqual(POSITIVE)
    expect(pixel(picture, 1, 0)).toEqual(NEGATIVE)
    expect(pixel(picture, 0, 1)).toEqual(ZERO)
  })

  test('differences are measured in grey from 0 to 1', () => {
    expect(largestDifference(reconstruction, original)).toBe(1)
    expect(meanSquaredDifference(reconstruction, original)).toBe(0.5)
    expect(meanSquaredDifference(original, original)).toBe(0)
  })
})
