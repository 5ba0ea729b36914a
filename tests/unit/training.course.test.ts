/** How runs go on: what they tell of themselves, and what the machine has to do with it. */
import { describe, expect, it, vi } from 'vitest'
import type { RuntimeSettings } from '@shared/domain/system'
import { AppError } from '@shared/errors'
import { exitedFailure } from '../support/fake-compute'
import { choices, context, finished, set, setUpTraining } from '../support/fake-training'

describe('a training', () => {
  it('tells how it goes on at most once a second, with the forecast and what became of it', async () => {
    let goOn: () => void = () => undefined
    const { training, jobs, project, launched } = await setUpTraining({
      train: async ({ keep }, _, tell) => {
        expect(keep).toBe(5)
        // The still clock of these tests is moved on by hand; what else is told within a second waits.
        for (const step of [1, 2, 3]) {
          tell('compute/step', { step, epoch: 1, trainMse: 0.1, headLoss: null, elapsedMs: step * 1000 })
          tell('compute/live', { ...said, learningRate: step })
        }
        tell('compute/checkpoint', { step: 3, epoch: 1, file: 'x', checkpoints: 2, bytes: 700 })
        await new Promise<void>((resolve) => {
          goOn = resolve
        })
        return finished
      },
    })
    const said = {
      phase: 'training',
      learningRate: 1,
      memoryBytes: 10,
      peakMemoryBytes: 20,
      device: 'gpu:0 Something',
      secondsPerStep: 1,
      microBatch: 1,
    } as const
    const reference = await training.api.start({ ...choices, batch: 1, keepCheckpoints: 5 }, context)
    const { run } = reference
    await vi.waitFor(() => {
      expect(launched[0]?.stopped()).toBe(false)
      expect(project.told.some(({ name }) => name === 'run/live')).toBe(true)
    })
    expect(project.told.filter(({ name }) => name === 'run/live')).toHaveLength(1)
    const live = await training.api.live({ run }, context)
    expect(live).toMatchObject({
      phase: 'training',
      secondsPerStep: 1,
      learningRate: 3,
      device: 'gpu:0 Something',
      microBatch: 1,
      checkpoints: 2,
      checkpointBytes: 700,
    })
    expect(live?.totalSeconds).toBe(3 + (live?.secondsLeft ?? NaN))
    expect(live?.forecastSeconds).toBe(live?.totalSeconds)
    const progress = project.told.filter(({ name }) => name === 'job/progressed').at(-1)
    expect(progress?.value).toMatchObject({ secondsLeft: live?.secondsLeft, done: 3 })
    await training.api.pause({ run }, context)
    expect(await training.api.live({ run }, context)).toMatchObject({ phase: 'paused' })
    await expect(
      Promise.resolve().then(() => training.api.prune({ run, keep: 1 }, context)),
    ).rejects.toMatchObject({
      code: 'training/still-training',
    })
    const described = await training.api.describe({ run, notes: 'while it trains' }, context)
    expect(described).toMatchObject({ notes: 'while it trains', status: 'paused' })
    goOn()
    expect(await jobs.wait(reference)).toMatchObject({
      status: 'finished',
      device: 'gpu:0 Something',
      keepCheckpoints: 5,
      notes: 'while it trains',
    })
    expect(await training.api.live({ run }, context)).toBeNull()
  })

  it('with little memory goes through the model one by one, and says so in forecast and record', async () => {
    const machine = { freeMemoryBytes: () => 0.1e9 }
    const { training, jobs } = await setUpTraining({ train: () => Promise.resolve(finished) }, machine)
    const reference = await training.api.start({ ...choices, batch: 2 }, context)
    expect(training.runs.plan(reference.run).optimizer.microBatch).toBe(1)
    const { remarks } = await jobs.wait(reference)
    expect(remarks[0]).toMatch(/^Samples go through the model 1 at a time instead of 2/)
    expect(remarks[1]).toMatch(/^Even with one sample at a time/)
    expect(remarks[2]).toBe('Trained in JavaScript.')
  })

  it('is foreseen from measured steps, with what memory does not allow', async () => {
    const machine = { freeMemoryBytes: () => 0.1e9 }
    const { training, launched } = await setUpTraining({ train: () => Promise.resolve(finished) }, machine)
    const forecast = await training.api.forecast({ ...choices, batch: 2 }, context)
    // Five crops train in three batches, and one held-out batch costs a third of a step; two epochs.
    expect(forecast).toMatchObject({ stepsPerEpoch: 3, freeMemoryBytes: 0.1e9, secondsPerStep: 2 })
    expect(forecast.totalSeconds).toBeCloseTo(2 * (3 + 1 / 3) * 2, 9)
    expect(forecast.warnings[0]).toMatch(/^Even with one sample at a time/)
    expect(forecast.warnings).toContain(
      'Training needs about 0.5 GB of memory and 0.1 GB are free: choose fewer filters or a smaller input.',
    )
    expect(training.runs.list()).toEqual([])
    expect(launched.every((process) => process.stopped())).toBe(true)
    await expect(training.api.forecast({ ...choices, device: 'gpu:0' }, context)).rejects.toMatchObject({
      code: 'training/device-unknown',
    })
  })

  it('resumed with more memory keeps the micro-batch of its plan', async () => {
    let freeBytes = 0.1e9
    let attempts = 0
    const { training, jobs } = await setUpTraining(
      {
        train: ({ plan }) => {
          attempts += 1
          expect(plan.optimizer.microBatch).toBe(1)
          return attempts === 1 ? Promise.reject(exitedFailure()) : Promise.resolve(finished)
        },
      },
      { freeMemoryBytes: () => freeBytes },
    )
    const reference = await training.api.start({ ...choices, batch: 2 }, context)
    await expect(jobs.wait(reference)).rejects.toMatchObject({ code: 'training/interrupted' })
    freeBytes = 64e9
    await jobs.wait(await training.api.resume({ run: reference.run }, context))
    expect(attempts).toBe(2)
  })

  it('on a machine that is measured first goes on in a new process, with what was found in its plan', async () => {
    let settings: RuntimeSettings | null = null
    let measured = 0
    const { training, jobs, launched, launch } = await setUpTraining(
      { train: ({ plan }) => Promise.resolve({ ...finished, remarks: [`threads ${plan.threads}`] }) },
      {
        runtimeSettings: () => settings,
        measureFirst: ({ steps, process }) => {
          measured += 1
          expect(process).toBe(launched[0])
          expect(steps).toBeGreaterThan(0)
          settings = { threads: 3, allocator: 'bfc', xla: false }
          return Promise.resolve(true)
        },
      },
    )
    const reference = await training.api.start(choices, context)
    expect((await jobs.wait(reference)).remarks).toEqual(['threads 3'])
    expect(training.runs.plan(reference.run).threads).toBe(3)
    expect(launch).toHaveBeenLastCalledWith(expect.objectContaining({ threads: 3, allocator: 'bfc' }))
    expect([measured, launched.length, launched.every((process) => process.stopped())]).toEqual([1, 2, true])
  })

  it('on a machine that cannot be measured trains all the same', async () => {
    const failure = AppError.of('compute/out-of-memory', {})
    const { training, jobs, launched } = await setUpTraining(
      { train: () => Promise.resolve(finished) },
      { measureFirst: () => Promise.reject(failure) },
    )
    expect(await jobs.wait(await training.api.start(choices, context))).toMatchObject({ status: 'finished' })
    expect(launched).toHaveLength(1)
  })

  it('in mixed precision is refused where there is no GPU, and leaves nothing', async () => {
    const { training, launched } = await setUpTraining({ train: () => Promise.resolve(finished) })
    await expect(training.api.start({ ...choices, precision: 'mixed' }, context)).rejects.toMatchObject({
      code: 'training/precision-needs-gpu',
    })
    expect(training.runs.list()).toEqual([])
    expect(launched.every((process) => process.stopped())).toBe(true)
  })

  it('cannot be resumed with other samples than it began with', async () => {
    const { training, jobs, sets } = await setUpTraining({ train: () => Promise.reject(exitedFailure()) })
    const reference = await training.api.start(choices, context)
    await jobs.wait(reference).catch(() => undefined)
    sets.now = { ...set, hash: 'c'.repeat(64) }
    await expect(training.api.resume({ run: reference.run }, context)).rejects.toMatchObject({
      code: 'training/plan-damaged',
    })
  })
})
