/** Numbers that are no longer finite: training fails, and what it keeps is good. */
import { describe, expect, it } from 'vitest'
import { CheckpointFolder } from '../../src/main/compute/checkpoint'
import { modelParameters } from '../../src/main/compute/parameters'
import { context, createInProcess, train } from './support/in-process'
import { nativeIsThere } from './support/native'
import { allFinite, checkpointNames, newestCheckpoint, tinyRuns } from './support/runs'
import type { TinyRun } from './support/tiny-run'
import { scriptTrainer, SMALL, trainWith } from './support/with-trainer'

const tinyRun = tinyRuns()

/** The same run from here on with another learning rate. */
function withRate(run: TinyRun, learningRate: number): TinyRun {
  return { ...run, plan: { ...run.plan, optimizer: { ...run.plan.optimizer, learningRate } } }
}

describe.skipIf(!nativeIsThere)('training that diverges', () => {
  it('is kept as of its last good checkpoint, can be explored, and goes on with a lower rate as if nothing had been', async () => {
    const whole = await train(createInProcess(), tinyRun({ epochs: 4 }))
    const process = createInProcess()
    const run = tinyRun({ epochs: 4 })
    process.onEvent = ({ name, value }) => {
      if (name === 'compute/step' && value.step === 3)
        void process.compute.training.stop(undefined, context())
    }
    await train(process, run)
    process.onEvent = () => undefined
    const { weightsSha256 } = process.compute.model.weights(run, context()) as { weightsSha256: string }
    await expect(train(process, withRate(run, 1e30), { resume: true })).rejects.toThrow(
      /^Run tiny diverged at step \d+ \(its numbers are no longer finite\): it is kept as of step 3, after 1 whole epoch\(s\); resume it with a lower learning rate\.$/,
    )
    expect(allFinite(newestCheckpoint(run).values)).toBe(true)
    expect(process.compute.model.weights(run, context())).toMatchObject({ weightsSha256 })
    const { mse } = await process.compute.model.reconstruct({ ...run, index: 0, channels: [] }, context())
    expect(mse).toBeGreaterThan(0)
    expect((await train(process, run, { resume: true })).weightsSha256).toBe(whole.weightsSha256)
  })

  it('resumed with a lower rate is repeatable from its plan: anew from the seed it gives the same weights', async () => {
    const process = createInProcess()
    const run = tinyRun({ epochs: 3, learningRate: 0.01 })
    process.onEvent = ({ name, value }) => {
      if (name === 'compute/step' && value.step === 3)
        void process.compute.training.stop(undefined, context())
    }
    await train(process, run)
    process.onEvent = () => undefined
    expect(process.compute.training.standing(run, context())).toEqual({ step: 3, remarks: [] })
    const rateChanges = [{ fromStep: 4, learningRate: 0.002 }]
    const optimizer = { ...run.plan.optimizer, rateChanges }
    const changed = { ...run, plan: { ...run.plan, optimizer } }
    const resumed = await train(process, changed, { resume: true })
    const fresh = tinyRun({ epochs: 3, learningRate: 0.01 })
    const anew = await train(createInProcess(), { ...fresh, plan: { ...fresh.plan, optimizer } })
    expect(resumed.weightsSha256).toBe(anew.weightsSha256)
    const unchanged = await train(createInProcess(), tinyRun({ epochs: 3, learningRate: 0.01 }))
    expect(resumed.weightsSha256).not.toBe(unchanged.weightsSha256)
    expect(process.compute.training.standing(tinyRun(), context())).toEqual({ step: 0, remarks: [] })
  })

  it.each([1e9, 1e20])(
    'at a rate of %d never leaves a checkpoint with a number that is not finite',
    async (rate) => {
      const run = tinyRun({ learningRate: rate, epochs: 6 })
      await expect(train(createInProcess(), run)).rejects.toThrow(/^Run tiny diverged at step \d+/)
      const { checkpoint } = new CheckpointFolder(run.runFolder).newest(
        modelParameters(run.plan.architecture),
      )
      expect(allFinite(checkpoint?.values ?? new Map())).toBe(true)
    },
  )

  it('at a rate that is too high for anything but not for finite numbers says that nothing was learnt', async () => {
    const run = tinyRun({ learningRate: 1e6, epochs: 4 })
    const { status, remarks } = await train(createInProcess(), run)
    expect(status).toBe('finished')
    expect(allFinite(newestCheckpoint(run).values)).toBe(true)
    expect(remarks.at(-1)).toMatch(/^Every reconstruction is one plain grey, so nothing was learnt/)
    expect((await train(createInProcess(), tinyRun())).remarks.join()).not.toMatch(/nothing was learnt/)
  })
})

describe('weights that are not finite although the loss still was', () => {
  it('are not saved: neither after an epoch nor when training is stopped', async () => {
    const run = tinyRun({ ...SMALL, epochs: 3 })
    let steps = 0
    const trainer = await scriptTrainer(run.plan, (real) => ({
      train: (batch, settings) => {
        if (settings.update !== null) steps += 1
        return real.train(batch, settings)
      },
      read: () => {
        const values = new Map(real.read())
        const [name = ''] = values.keys()
        if (steps > 3) values.set(name, Float32Array.of(Infinity))
        return values
      },
    }))
    await expect(trainWith(trainer, run)).rejects.toThrow(/it is kept as of step 2, after 1 whole epoch/)
    expect(checkpointNames(run)).toHaveLength(1)
    expect(newestCheckpoint(run).progress).toMatchObject({ step: 2, epoch: 1 })
  })
})
