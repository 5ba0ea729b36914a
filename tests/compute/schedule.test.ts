/** Learning rates that move, and training that ends early: by hand, and through pause, kill and resumption. */
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { EarlyStopping, LearningRateSchedule, TrainingOutcome } from '@shared/domain/run'
import { CheckpointFolder } from '../../src/main/compute/checkpoint'
import { hashValues, modelParameters, trainingParameters } from '../../src/main/compute/parameters'
import { afterEpoch, type Progress, START } from '../../src/main/compute/progress'
import { earlyStoppingRemark, hasRunDry, learningRateOf } from '../../src/main/compute/schedule'
import { createInProcess, type InProcess, train } from './support/in-process'
import { nativeIsThere } from './support/native'
import { checkpointNames, epochsOf, newestCheckpoint, tinyRuns } from './support/runs'
import { tinyPlan, type TinyOptions, type TinyRun } from './support/tiny-run'

const plateau = { kind: 'plateau', factor: 0.5, patience: 2, floor: 0.2 } as const

/** Rates of the epochs that follow held-out errors, and where they led. */
function follow(
  errors: readonly number[],
  options: { readonly schedule?: LearningRateSchedule; readonly earlyStopping?: EarlyStopping },
): { readonly rates: readonly number[]; readonly progress: Progress; readonly dryAfter: number | null } {
  const plan = tinyPlan({ ...options, learningRate: 1 })
  let progress = START
  let dryAfter: number | null = null
  const rates = errors.map((error, index) => {
    const rate = learningRateOf(plan, { step: index + 1, trend: progress.trend })
    progress = afterEpoch({ ...progress, microBatches: index + 1 }, error, plan)
    if (dryAfter === null && hasRunDry(plan, progress)) dryAfter = index + 1
    return rate
  })
  return { rates, progress, dryAfter }
}

describe('a learning rate', () => {
  it('stays as it is without a schedule, or with a constant one', () => {
    for (const schedule of [undefined, { kind: 'constant' } as const])
      expect(follow([3, 3, 3, 3, 3, 3], schedule === undefined ? {} : { schedule }).rates).toEqual([
        1, 1, 1, 1, 1, 1,
      ])
  })

  it('follows half a cosine over all planned steps, step by step, down to its floor', () => {
    // 16 samples in batches of 8, 3 epochs: 6 steps.
    const plan = tinyPlan({ schedule: { kind: 'cosine', floor: 0.1 }, learningRate: 2, epochs: 3 })
    const rates = [1, 2, 3, 4, 5, 6].map((step) => learningRateOf(plan, { step, trend: START.trend }))
    const byHand = [0, 1, 2, 3, 4, 5].map((done) => 2 * (0.1 + 0.45 * (1 + Math.cos((Math.PI * done) / 6))))
    expect(rates).toEqual(byHand.map((rate) => expect.closeTo(rate, 12) as number))
    expect(rates[0]).toBe(2)
    expect(learningRateOf(plan, { step: 99, trend: START.trend })).toBeCloseTo(0.2, 12)
  })

  it('is lowered whenever the held-out error has not fallen for as long as it is patient, down to its floor', () => {
    const { rates } = follow([5, 4, 4, 4.5, 3, 3, 3, 3, 3, 3, 3], { schedule: plateau })
    expect(rates).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2])
  })
})

describe('early stopping', () => {
  it('waits as long as it is patient after the lowest error', () => {
    expect(
      follow([5, 4, 4, 4, 3, 3, 3, 3], { earlyStopping: { patience: 3, minimumGain: 0 } }).dryAfter,
    ).toBe(8)
    expect(follow([5, 4, 3, 2, 1], { earlyStopping: { patience: 1, minimumGain: 0 } }).dryAfter).toBeNull()
  })

  it('counts only gains that are large enough, against the last that was', () => {
    const earlyStopping = { patience: 3, minimumGain: 0.1 }
    // 96 and 92 are no gain over 100; 89 is.
    const { dryAfter, progress } = follow([100, 96, 92, 89, 85, 83, 81], { earlyStopping })
    expect(dryAfter).toBe(7)
    expect(progress.best?.epoch).toBe(7)
    expect(earlyStoppingRemark(tinyPlan({ earlyStopping }), progress)).toBe(
      'Stopped after epoch 7: the held-out error had not improved by more than 10 % for 3 epochs; the weights are those of epoch 7.',
    )
  })
})

/** Both at once, in a run whose error soon goes up and down. */
const RESTLESS: TinyOptions = {
  schedule: { kind: 'plateau', factor: 0.5, patience: 1, floor: 0.1 },
  earlyStopping: { patience: 3, minimumGain: 0 },
  learningRate: 0.05,
  dropout: 0.3,
  epochs: 40,
}

/** Cancelled after a step, as if killed: nothing is saved then. */
async function killAt(
  process: InProcess,
  run: TinyRun,
  at: number,
  resume: boolean,
): Promise<TrainingOutcome> {
  const controller = new AbortController()
  process.onEvent = ({ name, value }) => {
    if (name === 'compute/step' && value.step >= at) controller.abort()
  }
  const outcome = await train(process, run, { resume, signal: controller.signal })
  process.onEvent = () => undefined
  return outcome
}

describe.skipIf(!nativeIsThere)('training with a plateau schedule and early stopping', () => {
  const tinyRun = tinyRuns()

  it('ends early with the weights of its best epoch, which are its newest checkpoint', async () => {
    const run = tinyRun(RESTLESS)
    const outcome = await train(createInProcess(), run)
    const epochs = epochsOf(run)
    const best = epochs.reduce((one, other) => (other.validationMse < one.validationMse ? other : one))
    expect(outcome).toMatchObject({
      status: 'finished',
      epochs: epochs.length,
      validationMse: best.validationMse,
    })
    expect(epochs.length).toBe(best.epoch + 3)
    expect(new Set(epochs.map(({ learningRate }) => learningRate)).size).toBeGreaterThan(2)
    expect(outcome.remarks.at(-1)).toBe(
      `Stopped after epoch ${epochs.length}: the held-out error had not improved for 3 epochs; the weights are those of epoch ${best.epoch}.`,
    )
    const model = modelParameters(run.plan.architecture)
    const newest = newestCheckpoint(run)
    expect(hashValues(model, newest.values)).toBe(outcome.weightsSha256)
    expect(newest.progress).toMatchObject({ settled: true, step: epochs.length * 2 })
    const ofBest = new CheckpointFolder(run.runFolder).at(
      best.epoch * 4,
      trainingParameters(run.plan.architecture),
    )
    expect(hashValues(model, ofBest?.values ?? new Map())).toBe(outcome.weightsSha256)
  })

  it('killed again and again, has the same rates and ends with the same weights', async () => {
    const whole = tinyRun(RESTLESS)
    const expected = await train(createInProcess(), whole)
    const run = tinyRun(RESTLESS)
    const steps = expected.steps
    for (const [index, at] of [3, 6, 7, steps - 3, steps].entries()) {
      expect(await killAt(createInProcess(), run, at, index > 0)).toMatchObject({ status: 'cancelled' })
    }
    const outcome = await train(createInProcess(), run, { resume: true })
    expect(outcome.weightsSha256).toBe(expected.weightsSha256)
    expect(outcome).toMatchObject({ epochs: expected.epochs, steps, remarks: expected.remarks })
    const timeless = (epochs: ReturnType<typeof epochsOf>) => epochs.map(({ elapsedMs: _, ...rest }) => rest)
    expect(timeless(epochsOf(run))).toEqual(timeless(epochsOf(whole)))
    const again = await train(createInProcess(), run, { resume: true })
    expect(again).toMatchObject({ steps, weightsSha256: expected.weightsSha256, remarks: expected.remarks })
  })

  it('has the best weights at its planned end, too', async () => {
    const run = tinyRun({ ...RESTLESS, earlyStopping: { patience: 30, minimumGain: 0 }, epochs: 8 })
    const outcome = await train(createInProcess(), run)
    const best = Math.min(...epochsOf(run).map(({ validationMse }) => validationMse))
    expect(outcome).toMatchObject({ epochs: 8, validationMse: best })
    expect(outcome.remarks.at(-1)).toMatch(
      /^All planned epochs are done; the weights are those of epoch \d, the best one\.$/,
    )
  })

  it('keeps the last weights, and says so, where the best checkpoint cannot be read', async () => {
    const process = createInProcess()
    const run = tinyRun(RESTLESS)
    process.onEvent = ({ name }) => {
      if (name !== 'compute/checkpoint') return
      const { progress, file } = newestCheckpoint(run)
      const [best = ''] = checkpointNames(run).filter(
        (other) => Number.parseInt(other) === progress.best?.microBatches,
      )
      if (!file.endsWith(best)) writeFileSync(file.slice(0, -best.length) + best, 'nothing')
    }
    const outcome = await train(process, run)
    expect(outcome.remarks.join()).toMatch(
      /the best one, cannot be read: the weights stay those of epoch \d+/,
    )
  })

  it('takes steps of the rate that its schedule says', async () => {
    const cosine = tinyRun({ schedule: { kind: 'cosine', floor: 0 }, epochs: 2 })
    const constant = tinyRun({ epochs: 2 })
    const moved = await train(createInProcess(), cosine)
    expect(moved.weightsSha256).not.toBe((await train(createInProcess(), constant)).weightsSha256)
    expect(epochsOf(cosine).map(({ learningRate }) => learningRate)).toEqual([
      learningRateOf(cosine.plan, { step: 2, trend: START.trend }),
      learningRateOf(cosine.plan, { step: 4, trend: START.trend }),
    ])
    expect(epochsOf(constant).map(({ learningRate }) => learningRate)).toEqual([3e-3, 3e-3])
  })
})

describe('a checkpoint of before there were schedules', () => {
  const tinyRun = tinyRuns()

  it('is read as one in which nothing has happened to the rate yet', () => {
    const run = tinyRun()
    const { trend: _, reduced: __, settled: ___, ...old } = { ...START, step: 2, microBatches: 4 }
    const parameters = modelParameters(run.plan.architecture)
    const values = new Map(
      parameters.map(({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))]),
    )
    new CheckpointFolder(run.runFolder).write(parameters, values, old as Progress)
    expect(newestCheckpoint(run).progress).toEqual({ ...START, step: 2, microBatches: 4 })
  })
})
