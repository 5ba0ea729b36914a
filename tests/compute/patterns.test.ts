import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeArchitecture } from '@shared/domain/architecture'
import { createInProcess, context, train } from './support/in-process'
import { nativeIsThere } from './support/native'
import { createTinyRun } from './support/tiny-run'

describe.skipIf(!nativeIsThere)('patterns of channels', () => {
  const { run, done } = createTinyRun({ samples: 12, epochs: 1 })
  const here = createInProcess()
  const model = { plan: run.plan, runFolder: run.runFolder, sampleFile: run.sampleFile }
  const indices = [3, 0, 11]

  beforeAll(async () => {
    await train(here, run)
  })
  afterAll(done)

  it('are the means and maxima of the maps, layers side by side', async () => {
    const found = await here.compute.model.patterns({ ...model, indices, untrained: false }, context())
    const { layers } = describeArchitecture(run.plan.architecture)
    expect(found.channels).toBe(layers.reduce((sum, { channels }) => sum + channels, 0))
    let from = 0
    for (const { name, channels, height, width } of layers) {
      const request = { ...model, layer: name, index: 0 }
      const { maps } = await here.compute.model.activations(request, context())
      for (let channel = 0; channel < channels; channel += 1) {
        const values = Array.from({ length: height * width }, (_, at) => maps[at * channels + channel] ?? 0)
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length
        expect(found.means[found.channels + from + channel]).toBeCloseTo(mean, 4)
        expect(found.maxima[found.channels + from + channel]).toBeCloseTo(Math.max(...values), 4)
      }
      from += channels
    }
  })

  it('of the untrained network are a function of the seed, and other than those of the trained', async () => {
    const request = { ...model, indices, untrained: true }
    const first = await here.compute.model.patterns(request, context())
    const trained = await here.compute.model.patterns({ ...request, untrained: false }, context())
    const again = await here.compute.model.patterns(request, context())
    expect(again).toEqual(first)
    expect(trained.weightsSha256).not.toBe(first.weightsSha256)
    expect(trained.means).not.toEqual(first.means)
    const elsewhere = { plan: { ...run.plan, seed: run.plan.seed + 1 }, runFolder: `${run.runFolder}-2` }
    const other = await here.compute.model.patterns({ ...request, ...elsewhere }, context())
    expect(other.means).not.toEqual(first.means)
  })

  it('are given up when nobody wants them any more', async () => {
    const gone = AbortSignal.abort()
    const asked = here.compute.model.patterns({ ...model, indices, untrained: true }, context(gone))
    await expect(Promise.resolve(asked)).rejects.toMatchObject({ name: 'Cancelled' })
  })
})
