/** A bottleneck narrower than its block, from the first step to looking into it, on both backends. */
import { describe, expect, it } from 'vitest'
import { modelParameters, valueOf } from '../../src/main/compute/parameters'
import {
  context,
  createInProcess,
  type InProcess,
  train,
  valuesOf,
  WITHOUT_NATIVE,
} from './support/in-process'
import { nativeIsThere } from './support/native'
import { newestCheckpoint, tinyRuns } from './support/runs'
import type { TinyRun } from './support/tiny-run'

const tinyRun = tinyRuns()
const classes = { field: 'style', classes: ['even', 'odd'], weight: 0.1 } as const
const narrow = (): TinyRun =>
  tinyRun({
    spec: '1x3@3,2x4@3>2',
    cropSize: 16,
    samples: 12,
    batchSize: 4,
    epochs: 2,
    dropout: 0,
    head: classes,
    labels: Array.from({ length: 12 }, (_, index) => index % 2),
  })

async function expectNarrow(process: InProcess, run: TinyRun): Promise<void> {
  await train(process, run)
  const { values } = newestCheckpoint(run)
  const shape = (name: string) =>
    modelParameters(run.plan.architecture).find((known) => known.name === name)?.shape
  expect(shape('encoder-2-2/kernel')).toEqual([3, 3, 4, 2])
  expect(shape('decoder-2-1/kernel')).toEqual([3, 3, 2, 4])
  expect(shape('head/kernel')).toEqual([2, 2])
  expect(valueOf(values, 'decoder-2-1/kernel')).toHaveLength(3 * 3 * 2 * 4)
  const { model } = process.compute
  const bottleneck = await model.activations({ ...run, layer: 'bottleneck', index: 1 }, context())
  expect(bottleneck).toMatchObject({ height: 4, width: 4, channels: 2 })
  const kernels = await model.kernels({ ...run, layer: 'decoder-2-1' }, context())
  expect(kernels).toMatchObject({ inputChannels: 2, filters: 4 })
  const { mse } = await model.reconstruct(
    { ...run, index: 1, channels: [{ layer: 'bottleneck', channel: 1, scale: 0 }] },
    context(),
  )
  expect(mse).toBeGreaterThan(0)
}

describe('a narrowed bottleneck', () => {
  it('trains and is looked into in plain JavaScript', async () => {
    await expectNarrow(createInProcess(WITHOUT_NATIVE), narrow())
  })

  it.skipIf(!nativeIsThere)('trains and is looked into natively, with the same first steps', async () => {
    const native = createInProcess()
    await expectNarrow(native, narrow())
    const script = createInProcess(WITHOUT_NATIVE)
    await train(script, narrow())
    const losses = (process: InProcess) =>
      valuesOf(process, 'compute/step').map(({ trainMse, headLoss }) => [trainMse, headLoss ?? NaN])
    expect(losses(native).flat()).toEqual(
      losses(script)
        .flat()
        .map((loss) => expect.closeTo(loss, 3) as number),
    )
  })
})
