/** A layer's small summaries, against the layer itself. */
import { describe, expect, it } from 'vitest'
import { describeArchitecture } from '@shared/domain/architecture'
import { latticeOf } from '../../src/main/compute/lattice'
import { NativeModel } from '../../src/main/compute/native/native-model'
import { initialValues, modelParameters } from '../../src/main/compute/parameters'
import { native, nativeIsThere } from './support/native'
import { drawCrop, tinyPlan } from './support/tiny-run'

const SIDE = 56

describe('a lattice', () => {
  it('takes every position of small maps, and spreads at least 14 a side over large ones', () => {
    expect(latticeOf({ height: 14 })).toEqual({ first: 0, stride: 1, side: 14 })
    expect(latticeOf({ height: 56 })).toEqual({ first: 2, stride: 4, side: 14 })
    expect(latticeOf({ height: 448 })).toEqual({ first: 16, stride: 32, side: 14 })
    expect(latticeOf({ height: 100 })).toEqual({ first: 2, stride: 4, side: 25 })
    expect(latticeOf({ height: 27 })).toEqual({ first: 0, stride: 1, side: 27 })
  })
})

describe.skipIf(!nativeIsThere)('a summary', () => {
  it('has the first of equally strong units, and the activations at the lattice, exactly', () => {
    const { architecture } = tinyPlan({ cropSize: SIDE })
    const model = new NativeModel(
      native().binding,
      architecture,
      initialValues(modelParameters(architecture), 3),
    )
    const white = new Uint8Array(SIDE * SIDE).fill(255)
    const pixels = Uint8Array.from([...white, ...drawCrop(3, SIDE), ...drawCrop(4, SIDE)])
    const { layers } = model.summarize(pixels)
    let ties = 0
    for (const { name, height, width, channels } of describeArchitecture(architecture).layers) {
      const output = model.layer(name, pixels)
      const found = layers.get(name)
      const { first, stride, side } = latticeOf({ height })
      for (let sample = 0; sample < 3; sample += 1)
        for (let channel = 0; channel < channels; channel += 1) {
          const map = output.filter((_, at) => {
            return Math.floor(at / (height * width * channels)) === sample && at % channels === channel
          })
          const maximum = Math.max(...map)
          expect(found?.maximum[sample * channels + channel]).toBe(maximum)
          expect(found?.position[sample * channels + channel]).toBe(map.indexOf(maximum))
          if (map.indexOf(maximum) !== map.lastIndexOf(maximum)) ties += 1
          for (let row = 0; row < side; row += 1)
            for (let column = 0; column < side; column += 1) {
              const here = found?.lattice[((sample * side + row) * side + column) * channels + channel]
              expect(here).toBe(map[(first + row * stride) * width + first + column * stride])
            }
        }
    }
    expect(ties).toBeGreaterThan(5)
    model.close()
  })
})
