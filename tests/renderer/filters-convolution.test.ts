import { describe, expect, test } from 'vitest'
import type { KernelWeights } from '@shared/compute-api'
import {
  contributionsTo,
  mapsInput,
  normalizationOf,
  patchUnder,
  pixelInput,
  totalOf,
} from '../../src/renderer/src/state/convolution'

const SIDE = 6
const picture = pixelInput({
  size: SIDE,
  pixels: Uint8Array.from({ length: SIDE * SIDE }, (_, place) => (place * 37) % 256),
})
/** Two filters of 3×3 over grey values. */
const kernels: KernelWeights = {
  kernel: 3,
  inputChannels: 1,
  filters: 2,
  weights: Float32Array.from({ length: 18 }, (_, place) => Math.sin(place)),
}

describe('one convolution by hand', () => {
  test('looks at the neighbours of its unit, and at zeros outside', () => {
    const corner = patchUnder(picture, { row: 0, column: 0 }, { kernel: 3, channel: 0 })
    expect([...corner.slice(0, 4)]).toEqual([0, 0, 0, 0])
    expect(corner[4]).toBe(0)
    expect(corner[5]).toBeCloseTo(37 / 255)
    expect(corner[8]).toBeCloseTo(((7 * 37) % 256) / 255)
  })

  test('of an even kernel the odd pixel comes after, as TensorFlow pads', () => {
    const patch = patchUnder(picture, { row: 1, column: 1 }, { kernel: 2, channel: 0 })
    expect(patch[0]).toBeCloseTo(((7 * 37) % 256) / 255)
    expect(patch[3]).toBeCloseTo(((14 * 37) % 256) / 255)
  })

  test('sums kernel times patch', () => {
    const unit = { row: 2, column: 3 }
    const [only] = contributionsTo(picture, kernels, { unit, filter: 1 })
    let expected = 0
    for (let place = 0; place < 9; place += 1) {
      const pixel = (1 + Math.floor(place / 3)) * SIDE + 2 + (place % 3)
      expected += (((pixel * 37) % 256) / 255) * Math.sin(place * 2 + 1)
    }
    expect(only?.sum).toBeCloseTo(expected, 5)
  })

  test('looks at the layer before pooled or enlarged, as the next block does', () => {
    const maps = { height: 4, width: 4, channels: 1, maps: Float32Array.from({ length: 16 }, (_, i) => i) }
    expect(mapsInput(maps, 2).valueAt(0, 1, 0)).toBe(7)
    expect(mapsInput(maps, 8).valueAt(3, 5, 0)).toBe(6)
    expect(mapsInput(maps, 4).valueAt(3, 2, 0)).toBe(14)
  })
})

describe('batch norm read off the map', () => {
  const mapsOf = (scale: number, offset: number) => ({
    height: SIDE,
    width: SIDE,
    channels: 2,
    maps: Float32Array.from({ length: SIDE * SIDE * 2 }, (_, place) => {
      const unit = Math.floor(place / 2)
      const at = { row: Math.floor(unit / SIDE), column: unit % SIDE }
      const sum = totalOf(contributionsTo(picture, kernels, { unit: at, filter: place % 2 }))
      return Math.max(0, scale * sum + offset)
    }),
  })

  test('is found again from what fires', () => {
    const found = normalizationOf(picture, kernels, { maps: mapsOf(1.7, -0.2), filter: 0 })
    expect(found?.scale).toBeCloseTo(1.7, 4)
    expect(found?.offset).toBeCloseTo(-0.2, 4)
  })

  test('is not claimed where the channel is silent or answers along no line', () => {
    expect(normalizationOf(picture, kernels, { maps: mapsOf(0, -1), filter: 0 })).toBeNull()
    const bent = mapsOf(1.7, 0.4)
    const maps = { ...bent, maps: bent.maps.map((value) => value ** 2) }
    expect(normalizationOf(picture, kernels, { maps, filter: 0 })).toBeNull()
  })
})
