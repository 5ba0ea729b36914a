/** Looking into a trained model, against brute force on its activations. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChannelScale, ModelReference } from '@shared/compute-api'
import { describeArchitecture } from '@shared/domain/architecture'
import {
  context,
  createInProcess,
  type InProcess,
  train,
  valuesOf,
  WITHOUT_NATIVE,
} from './support/in-process'
import { nativeIsThere } from './support/native'
import { createTinyRun, type TinyRun } from './support/tiny-run'

const PASS = { top: 1, bands: 2, picks: 2 } as const

describe.skipIf(!nativeIsThere)('a trained model', () => {
  let run: TinyRun
  let done: () => void
  let model: ModelReference
  let native: InProcess
  let script: InProcess

  beforeAll(async () => {
    ;({ run, done } = createTinyRun({ epochs: 4, cropSize: 48, inputSize: 24, learningRate: 0.01 }))
    model = run
    native = createInProcess()
    script = createInProcess(WITHOUT_NATIVE)
    await train(native, run)
  })

  afterAll(() => {
    done()
  })

  const reconstruct = (process: InProcess, index: number, channels: readonly ChannelScale[] = []) =>
    process.compute.model.reconstruct({ ...model, index, channels }, context())
  const activations = async (process: InProcess, layer: string, index: number) =>
    process.compute.model.activations({ ...model, layer, index }, context())

  it('reconstructs at its input size, and says the error of the unrounded output', async () => {
    const { size, original, reconstruction, mse } = await reconstruct(native, 3)
    expect([size, original.length, reconstruction.length]).toEqual([24, 576, 576])
    const rounded =
      original.reduce((sum, grey, at) => sum + ((grey - (reconstruction[at] ?? NaN)) / 255) ** 2, 0) / 576
    expect(mse).toBeCloseTo(rounded, 4)
    const output = await activations(native, 'output', 3)
    const exact =
      output.maps.reduce((sum, value, at) => sum + (value - (original[at] ?? NaN) / 255) ** 2, 0) / 576
    expect(mse).toBeCloseTo(exact, 7)
  })

  it('has activations of every layer, with the described shapes, alike on both backends', async () => {
    for (const layer of describeArchitecture(run.plan.architecture).layers) {
      const [here, there] = [
        await activations(native, layer.name, 5),
        await activations(script, layer.name, 5),
      ]
      const { height, width, channels } = layer
      expect(here, layer.name).toMatchObject({ height, width, channels })
      expect(here.maps, layer.name).toHaveLength(height * width * channels)
      const worst = Math.max(...here.maps.map((value, at) => Math.abs(value - (there.maps[at] ?? NaN))))
      expect(worst, layer.name).toBeLessThan(1e-4)
    }
  })

  it('decodes a bottleneck with channels scaled as the network would', async () => {
    const channels = [
      { layer: 'bottleneck', channel: 1, scale: 0 },
      { layer: 'bottleneck', channel: 4, scale: 1.5 },
    ]
    const changed = await reconstruct(native, 2, channels)
    const untouched = await reconstruct(native, 2)
    expect(changed.reconstruction).not.toEqual(untouched.reconstruction)
    expect(await reconstruct(native, 2, [{ layer: 'bottleneck', channel: 3, scale: 1 }])).toEqual(untouched)
    expect((await reconstruct(script, 2, channels)).mse).toBeCloseTo(changed.mse, 6)
  })

  it('switching a channel off changes the reconstruction as zeroing its kernel does', async () => {
    // By brute force: a model whose last encoder layer cannot produce that channel.
    const { CheckpointFolder } = await import('../../src/main/compute/checkpoint')
    const { modelParameters, valueOf } = await import('../../src/main/compute/parameters')
    const { NativeModel } = await import('../../src/main/compute/native/native-model')
    const { native: backend } = await import('./support/native')
    const { openSamples } = await import('../../src/main/compute/samples')
    const { checkpoint } = new CheckpointFolder(run.runFolder).newest(modelParameters(run.plan.architecture))
    const values = new Map(checkpoint?.values ?? [])
    for (const name of ['encoder-2-1/scale', 'encoder-2-1/offset']) {
      const without = valueOf(values, name).slice()
      without[2] = 0
      values.set(name, without)
    }
    const silenced = new NativeModel(backend().binding, run.plan.architecture, values)
    const samples = openSamples(run.sampleFile, run.plan)
    const expected = silenced.layer('output', samples.pixels([6])).map((value) => Math.round(value * 255))
    const { reconstruction } = await reconstruct(native, 6, [{ layer: 'bottleneck', channel: 2, scale: 0 }])
    expect([...reconstruction]).toEqual([...expected])
    silenced.close()
    samples.close()
  })

  it('gives kernels as TensorFlow keeps them, and says which layers have some', async () => {
    const kernels = await native.compute.model.kernels({ ...model, layer: 'encoder-2-1' }, context())
    expect(kernels).toMatchObject({ kernel: 3, inputChannels: 4, filters: 6 })
    expect(kernels.weights).toHaveLength(3 * 3 * 4 * 6)
    const none = async () => native.compute.model.kernels({ ...model, layer: 'bottleneck' }, context())
    await expect(none()).rejects.toThrow(
      /There is no layer bottleneck: this run has encoder-1-1, encoder-2-1, decoder/,
    )
  })

  it.each(['native', 'script'] as const)(
    'sums up channels over samples as brute force does (%s)',
    async (kind) => {
      const process = kind === 'native' ? native : script
      const indices = [4, 1, 7, 9, 0]
      const { channels } = await process.compute.model.featurePass(
        { ...model, ...PASS, indices, top: 2 },
        context(),
      )
      for (const layer of describeArchitecture(run.plan.architecture).layers) {
        const maps = await Promise.all(indices.map((index) => activations(process, layer.name, index)))
        for (let channel = 0; channel < layer.channels; channel += 1) {
          const found = channels.find((one) => one.layer === layer.name && one.channel === channel)
          const expected = bruteForce(
            maps.map(({ maps: values }) => values),
            { ...layer, channel, indices },
          )
          expect(found?.mean).toBeCloseTo(expected.mean, 5)
          expect(found?.density).toBeCloseTo(expected.density, 6)
          expect(found?.maximum).toBeCloseTo(expected.top[0]?.activation ?? NaN, 5)
          expect(found?.top.map(({ activation }) => activation)).toEqual(
            expected.top.slice(0, 2).map(({ activation }) => expect.closeTo(activation, 5) as number),
          )
          if (isUnequal(expected.top)) expect(found?.top).toMatchObject(expected.top.slice(0, 2).map(place))
        }
      }
    },
  )

  it('tells how far a feature pass is, and stops it when asked', async () => {
    const process = createInProcess()
    const controller = new AbortController()
    const indices = Array.from({ length: 100 }, (_, index) => index % 20)
    const pass = async (signal: AbortSignal) =>
      process.compute.model.featurePass({ ...model, ...PASS, indices }, context(signal))
    await pass(controller.signal)
    expect(valuesOf(process, 'compute/features-progress')).toEqual([
      { done: 64, total: 100 },
      { done: 100, total: 100 },
    ])
    process.onEvent = () => {
      controller.abort()
    }
    await expect(pass(controller.signal)).rejects.toThrow('Cancelled')
  })

  it('looks at two runs at once without letting go of either too early', async () => {
    const process = createInProcess()
    const other = createTinyRun({ epochs: 1, seed: 9 })
    await train(process, other.run)
    const indices = Array.from({ length: 200 }, (_, index) => index % 20)
    const { model: look } = process.compute
    const pass = look.featurePass({ ...model, ...PASS, indices }, context())
    const elsewhere = look.reconstruct({ ...other.run, index: 0, channels: [] }, context())
    const again = look.reconstruct({ ...model, index: 0, channels: [] }, context())
    expect((await pass).channels.length).toBeGreaterThan(0)
    expect((await elsewhere).size).toBe(32)
    expect((await again).size).toBe(24)
    other.done()
  })

  it('looks at newer weights as soon as training has saved some', async () => {
    const process = createInProcess()
    const live = createTinyRun({ epochs: 2, learningRate: 0.01 })
    const seen: Promise<number>[] = []
    process.onEvent = ({ name }) => {
      if (name !== 'compute/checkpoint') return
      const look = { ...live.run, index: 0, channels: [] }
      seen.push(Promise.resolve(process.compute.model.reconstruct(look, context())).then(({ mse }) => mse))
    }
    await train(process, live.run)
    const [first, second] = await Promise.all(seen)
    expect(first).not.toBe(second)
    live.done()
  })

  it('refuses what is not there in a sentence', async () => {
    const nothing = { ...model, runFolder: `${run.runFolder}-elsewhere` }
    const ask = async (promise: unknown): Promise<unknown> => promise
    await expect(
      ask(native.compute.model.reconstruct({ ...nothing, index: 0, channels: [] }, context())),
    ).rejects.toThrow(/Run tiny has no checkpoint yet/)
    await expect(ask(reconstruct(native, 99))).rejects.toThrow(
      /There is no sample 99: this set has samples 0 to 19/,
    )
    await expect(
      ask(reconstruct(native, 0, [{ layer: 'bottleneck', channel: 6, scale: 0 }])),
    ).rejects.toThrow(/Layer bottleneck has channels 0 to 5, not 6/)
    await expect(ask(activations(native, 'encoder-9-9', 0))).rejects.toThrow(/There is no layer encoder-9-9/)
  })
})

type Top = {
  readonly index: number
  readonly row: number
  readonly column: number
  readonly activation: number
}

function bruteForce(
  maps: readonly Float32Array[],
  of: {
    readonly channel: number
    readonly channels: number
    readonly height: number
    readonly width: number
    readonly indices: readonly number[]
  },
): { readonly mean: number; readonly density: number; readonly top: readonly Top[] } {
  let [sum, positive] = [0, 0]
  const top = maps.map((values, slot): Top => {
    let best: Top = { index: of.indices[slot] ?? -1, row: 0, column: 0, activation: -Infinity }
    for (let row = 0; row < of.height; row += 1) {
      for (let column = 0; column < of.width; column += 1) {
        const activation = values[(row * of.width + column) * of.channels + of.channel] ?? NaN
        sum += activation
        positive += activation > 0 ? 1 : 0
        if (activation > best.activation) best = { ...best, row, column, activation }
      }
    }
    return best
  })
  const positions = maps.length * of.height * of.width
  return {
    mean: sum / positions,
    density: positive / positions,
    top: top.sort((one, other) => other.activation - one.activation),
  }
}

/** Ties are broken by rounding, which need not be the same one sample or five at a time. */
function isUnequal(top: readonly Top[]): boolean {
  return top.every(({ activation }, at) => at === 0 || (top[at - 1]?.activation ?? 0) - activation > 1e-4)
}

function place({ index, row, column }: Top): Partial<Top> {
  return { index, row, column }
}
