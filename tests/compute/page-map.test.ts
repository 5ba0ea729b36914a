/** One channel over a whole page: no seams, and the same as in a crop cut from the page. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Architecture, describeArchitecture } from '@shared/domain/architecture'
import { CheckpointFolder } from '../../src/main/compute/checkpoint'
import { NativeModel } from '../../src/main/compute/native/native-model'
import { tileStarts, tilingOf } from '../../src/main/compute/page-map'
import { modelParameters } from '../../src/main/compute/parameters'
import { context, createInProcess, type InProcess, train } from './support/in-process'
import { native as nativeBackend, nativeIsThere } from './support/native'
import { createTinyRun, drawCrop, type TinyRun } from './support/tiny-run'

/** Larger than one tile, both ways. */
const SIDE = 600

describe('tiles', () => {
  it('cover a side, end where it ends, and overlap by what their edges do not see', () => {
    expect(tileStarts(400, { tile: 448, margin: 16 })).toEqual([0])
    expect(tileStarts(448, { tile: 448, margin: 16 })).toEqual([0])
    expect(tileStarts(1000, { tile: 448, margin: 16 })).toEqual([0, 416, 552])
  })
})

describe.skipIf(!nativeIsThere)('one channel over a page', () => {
  let run: TinyRun
  let done: () => void
  let native: InProcess
  const page = drawCrop(5, SIDE).map((grey, at) => (at % 37 === 0 ? 255 - grey : grey))

  beforeAll(async () => {
    ;({ run, done } = createTinyRun({ epochs: 2, cropSize: 64, learningRate: 0.01 }))
    native = createInProcess()
    await train(native, run)
  })
  afterAll(() => {
    done()
  })

  const mapOf = async (
    layer: string,
    channel: number,
    picture = { width: SIDE, height: SIDE, pixels: page },
  ) => native.compute.model.pageMap({ ...run, layer, channel, ...picture }, context())

  const layers = (architecture: Architecture = run.plan.architecture) =>
    describeArchitecture(architecture).layers

  it('is what the network makes of the whole page at once, to 1e-4 everywhere', async () => {
    const whole: Architecture = { ...run.plan.architecture, inputSize: SIDE }
    const { checkpoint } = new CheckpointFolder(run.runFolder).newest(modelParameters(whole))
    const model = new NativeModel(nativeBackend().binding, whole, checkpoint?.values ?? new Map())
    for (const layer of layers(whole)) {
      const expected = model.layer(layer.name, page)
      const { tile, margin } = tilingOf(whole, layer)
      expect(tileStarts(SIDE, { tile, margin }).length).toBeGreaterThan(1)
      const channel = layer.channels - 1
      const { width, height, map } = await mapOf(layer.name, channel)
      expect([width, height]).toEqual([layer.width, layer.height])
      const worst = map.reduce(
        (most, value, unit) =>
          Math.max(most, Math.abs(value - (expected[unit * layer.channels + channel] ?? NaN))),
        0,
      )
      expect(worst, layer.name).toBeLessThan(1e-4)
    }
    model.close()
  })

  it('is the same as in a crop, to 1e-5, wherever the crop holds all that a unit sees', async () => {
    const [left, top] = [140, 84]
    const crop = new Uint8Array(64 * 64)
    for (let row = 0; row < 64; row += 1) {
      const start = (top + row) * SIDE + left
      crop.set(page.subarray(start, start + 64), row * 64)
    }
    const { architecture } = run.plan
    const { checkpoint } = new CheckpointFolder(run.runFolder).newest(modelParameters(architecture))
    const model = new NativeModel(nativeBackend().binding, architecture, checkpoint?.values ?? new Map())
    for (const layer of layers()) {
      const { stride, offset, size } = layer.receptiveField
      const inCrop = model.layer(layer.name, crop)
      const { width, map } = await mapOf(layer.name, 0)
      let compared = 0
      for (let row = 0; row < layer.height; row += 1)
        for (let column = 0; column < layer.width; column += 1) {
          const seen = [row, column].map((unit) => unit * stride + offset)
          if (!seen.every((first) => first >= 0 && first + size <= 64)) continue
          const here = inCrop[(row * layer.width + column) * layer.channels] ?? NaN
          const there = map[(row + top / stride) * width + column + left / stride] ?? NaN
          expect(Math.abs(here - there)).toBeLessThan(1e-5)
          compared += 1
        }
      expect(compared, layer.name).toBeGreaterThan(50)
    }
    model.close()
  })

  it('takes pages of any size, smaller than a tile or not a multiple of anything', async () => {
    const small = { width: 61, height: 34, pixels: page.subarray(0, 61 * 34) }
    expect(await mapOf('encoder-1-1', 1, small)).toMatchObject({ width: 61, height: 34 })
    expect(await mapOf('bottleneck', 1, small)).toMatchObject({ width: 16, height: 9 })
    const long = { width: 30, height: 1199, pixels: page.subarray(0, 30 * 1199) }
    const { map } = await mapOf('bottleneck', 0, long)
    expect(map).toHaveLength(8 * 300)
  })

  it('can be cancelled between tiles', async () => {
    const controller = new AbortController()
    controller.abort()
    const asked = async () =>
      native.compute.model.pageMap(
        { ...run, layer: 'output', channel: 0, width: SIDE, height: SIDE, pixels: page },
        context(controller.signal),
      )
    await expect(asked()).rejects.toThrow('Cancelled')
  })
})
