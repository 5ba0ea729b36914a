/** Channels of any layer switched off, against a network that never computes them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChannelScale } from '@shared/compute-api'
import { NativeModel } from '../../src/main/compute/native/native-model'
import { CheckpointFolder } from '../../src/main/compute/checkpoint'
import { modelParameters, type ParameterValues, valueOf } from '../../src/main/compute/parameters'
import { squaredErrorOf } from '../../src/main/compute/pixels'
import { openSamples } from '../../src/main/compute/samples'
import {
  context,
  createInProcess,
  type InProcess,
  train,
  valuesOf,
  WITHOUT_NATIVE,
} from './support/in-process'
import { native as nativeBackend, nativeIsThere } from './support/native'
import { createTinyRun, type TinyRun } from './support/tiny-run'

describe.skipIf(!nativeIsThere)('switching channels off', () => {
  let run: TinyRun
  let done: () => void
  let native: InProcess
  let script: InProcess

  beforeAll(async () => {
    ;({ run, done } = createTinyRun({ epochs: 3, cropSize: 32, inputSize: 16, learningRate: 0.01 }))
    native = createInProcess()
    script = createInProcess(WITHOUT_NATIVE)
    await train(native, run)
  })
  afterAll(() => {
    done()
  })

  const reconstruct = async (process: InProcess, channels: readonly ChannelScale[]) =>
    process.compute.model.reconstruct({ ...run, index: 6, channels }, context())

  /** The error on some samples of a network whose batch norm makes nothing of some channels. */
  const errorsWithout = (off: readonly (readonly [layer: string, channel: number])[], indices: number[]) => {
    const { checkpoint } = new CheckpointFolder(run.runFolder).newest(modelParameters(run.plan.architecture))
    const values = new Map<string, Float32Array>(checkpoint?.values as ParameterValues)
    for (const [layer, channel] of off)
      for (const name of [`${layer}/scale`, `${layer}/offset`]) {
        const silenced = valueOf(values, name).slice()
        silenced[channel] = 0
        values.set(name, silenced)
      }
    const model = new NativeModel(nativeBackend().binding, run.plan.architecture, values)
    const samples = openSamples(run.sampleFile, run.plan)
    const errors = indices.map((index) => {
      const pixels = samples.pixels([index])
      return squaredErrorOf(model.layer('output', pixels), pixels)
    })
    model.close()
    samples.close()
    return errors
  }

  it.each([
    ['encoder-1-1', 1],
    ['encoder-2-1', 3],
    ['decoder-2-1', 2],
    ['decoder-1-1', 0],
  ])('of %s is as if the layer had never computed them', async (layer, channel) => {
    const [expected] = errorsWithout([[layer, channel]], [6])
    const off = [{ layer, channel, scale: 0 }]
    expect((await reconstruct(native, off)).mse).toBeCloseTo(expected ?? NaN, 7)
    expect((await reconstruct(script, off)).mse).toBeCloseTo(expected ?? NaN, 6)
  })

  it('works for several layers at once, in whatever order they are named', async () => {
    const off = [
      { layer: 'decoder-1-1', channel: 1, scale: 0 },
      { layer: 'encoder-1-1', channel: 2, scale: 0 },
      { layer: 'decoder-2-1', channel: 4, scale: 0 },
    ]
    const [expected] = errorsWithout(
      [
        ['decoder-1-1', 1],
        ['encoder-1-1', 2],
        ['decoder-2-1', 4],
      ],
      [6],
    )
    expect((await reconstruct(native, off)).mse).toBeCloseTo(expected ?? NaN, 7)
    expect((await reconstruct(script, off)).mse).toBeCloseTo(expected ?? NaN, 6)
    expect(
      await reconstruct(
        native,
        off.map((one) => ({ ...one, scale: 1 })),
      ),
    ).toEqual(await reconstruct(native, []))
  })

  it('says in a sentence which layer or channel is not there', async () => {
    await expect(reconstruct(native, [{ layer: 'encoder-7-1', channel: 0, scale: 0 }])).rejects.toThrow(
      /There is no layer encoder-7-1: this run has encoder-1-1, /,
    )
    await expect(reconstruct(native, [{ layer: 'encoder-1-1', channel: 4, scale: 0 }])).rejects.toThrow(
      'Layer encoder-1-1 has channels 0 to 3, not 4.',
    )
  })

  it.each(['bottleneck', 'encoder-1-1', 'decoder-2-1'])(
    'one by one gives every sample’s error without each channel (%s)',
    async (layer) => {
      const indices = [0, 3, 5]
      const channels = [0, 1, 2, 3]
      const request = { ...run, layer, channels, indices }
      const found = await native.compute.model.ablate(request, context())
      const silenced = layer === 'bottleneck' ? 'encoder-2-1' : layer
      expectClose(found.intact, errorsWithout([], indices))
      for (const channel of channels)
        expectClose(
          found.without.subarray(channel * indices.length, (channel + 1) * indices.length),
          errorsWithout([[silenced, channel]], indices),
        )
      const progress = valuesOf(native, 'compute/ablate-progress')
      expect(progress.at(-1)).toEqual({ done: 12, total: 12 })
    },
  )

  it('one by one can be cancelled between channels', async () => {
    const process = createInProcess()
    const controller = new AbortController()
    process.onEvent = () => {
      controller.abort()
    }
    const request = { ...run, layer: 'bottleneck', channels: [0, 1, 2], indices: [1, 2] }
    const asked = async () => process.compute.model.ablate(request, context(controller.signal))
    await expect(asked()).rejects.toThrow('Cancelled')
    expect(process.events).toHaveLength(1)
  })
})

function expectClose(found: ArrayLike<number>, expected: readonly number[]): void {
  expect(Array.from(found)).toEqual(expected.map((value) => expect.closeTo(value, 6) as number))
}
