/** How runs end when things go wrong: what is recorded, what the job says, and that no process is left. */
import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { RunPlan } from '@shared/domain/run'
import { AppError, Cancelled } from '@shared/errors'
import type { JobContext } from '../../src/main/core/ports'
import { exitedFailure } from '../support/fake-compute'
import { choices, context, finished, setUpTraining, untilAborted } from '../support/fake-training'

afterEach(() => {
  vi.useRealTimers()
})

describe('a training', () => {
  it('that finishes is recorded whole, with its plan written before it began', async () => {
    let planAtStart: RunPlan | null = null
    const { training, jobs, launched, trained, open } = await setUpTraining({
      train: ({ plan, runFolder, resume }) => {
        expect(existsSync(`${runFolder}/plan.json`)).toBe(true)
        expect(resume).toBe(false)
        planAtStart = plan
        return Promise.resolve(finished)
      },
    })
    const reference = await training.api.start(choices, context)
    const run = await jobs.wait(reference)
    expect(run).toMatchObject({
      status: 'finished',
      backend: 'js',
      remarks: ['Trained in JavaScript.'],
      baselines: { block2: 0.1 },
      seconds: 3,
      peakMemoryBytes: 1000,
    })
    expect(training.runs.plan(reference.run)).toEqual(planAtStart)
    expect(planAtStart).toMatchObject({ versions: { scorescope: '1.2.3', tensorflow: '2.21.0' } })
    expect(trained).toEqual([reference.run])
    expect(launched.every((process) => process.stopped())).toBe(true)
    expect(existsSync(open.path('runs', reference.run, 'plan.json'))).toBe(true)
  })

  it('that diverges has failed, with the sentence that says what to do', async () => {
    const failure = AppError.of('training/diverged', { run: 'x', step: 7 })
    const { training, jobs, trained } = await setUpTraining({ train: () => Promise.reject(failure) })
    const reference = await training.api.start(choices, context)
    await expect(jobs.wait(reference)).rejects.toBe(failure)
    expect(training.runs.summary(reference.run)).toMatchObject({ status: 'failed', problem: failure.message })
    expect(trained).toEqual([])
  })

  it('that diverged goes on with a lower rate, from a step that its plan names', async () => {
    const failure = AppError.of('training/diverged', { run: 'x', step: 7 })
    const plans: RunPlan[] = []
    const { training, jobs } = await setUpTraining({
      train: ({ plan }) => {
        plans.push(plan)
        return plans.length < 3 ? Promise.reject(failure) : Promise.resolve(finished)
      },
      standing: { step: 4, remarks: ['A checkpoint is damaged.'] },
    })
    const first = await training.api.start({ ...choices, learningRate: 1 }, context)
    const { run } = first
    await expect(jobs.wait(first)).rejects.toBe(failure)
    const second = await training.api.resume({ run, learningRate: 0.1 }, context)
    await expect(jobs.wait(second)).rejects.toBe(failure)
    const { remarks } = await jobs.wait(await training.api.resume({ run, learningRate: 0.01 }, context))
    expect(plans.map(({ optimizer }) => [optimizer.learningRate, optimizer.rateChanges])).toEqual([
      [1, undefined],
      [1, [{ fromStep: 5, learningRate: 0.1 }]],
      [1, [{ fromStep: 5, learningRate: 0.01 }]],
    ])
    expect(training.runs.plan(run)).toEqual(plans[2])
    expect(remarks).toContain('Resumed at step 5 with learning rate 0.01 instead of 0.1.')
    expect(remarks.filter((remark) => remark === 'A checkpoint is damaged.')).toHaveLength(1)
  })

  it('is stopped and paused from its very beginning, also while its machine is still being measured', async () => {
    let measured: () => void = () => undefined
    const stopped = vi.fn(() => Promise.resolve({ stopping: true }))
    const measureFirst = () =>
      new Promise<boolean>((resolve) => {
        measured = () => {
          resolve(false)
        }
      })
    let end: () => void = () => undefined
    const train = () =>
      new Promise((resolve) => {
        end = () => {
          resolve({ ...finished, status: 'stopped' })
        }
      })
    const stop = () => {
      end()
      return stopped()
    }
    const { training, jobs } = await setUpTraining({ train, stop }, { measureFirst })
    const reference = await training.api.start(choices, context)
    const { run } = reference
    expect(await training.api.pause({ run }, context)).toMatchObject({ status: 'paused' })
    expect(await training.api.unpause({ run }, context)).toMatchObject({ status: 'running' })
    await training.api.stop({ run }, context)
    expect(stopped).not.toHaveBeenCalled()
    measured()
    expect(await jobs.wait(reference)).toMatchObject({ status: 'stopped' })
    expect(stopped).toHaveBeenCalledTimes(1)
    await expect(training.api.stop({ run }, context)).rejects.toMatchObject({ code: 'training/not-running' })
  })

  it('that meets a bug has failed, and the bug is logged', async () => {
    const { training, jobs, bugs } = await setUpTraining({
      train: () => Promise.reject(new TypeError('oops')),
    })
    const reference = await training.api.start(choices, context)
    await expect(jobs.wait(reference)).rejects.toThrow('oops')
    expect(training.runs.summary(reference.run)).toMatchObject({ status: 'failed', problem: 'oops' })
    expect(bugs).toHaveLength(1)
  })

  it('whose metrics cannot be kept ends, keeps its checkpoints, and takes nothing else down', async () => {
    const { training, jobs, open, launched } = await setUpTraining({
      train: (_, { signal }, tell) => {
        tell('compute/epoch', {
          epoch: 1,
          step: 1,
          trainMse: 0.1,
          validationMse: 0.1,
          headAccuracy: null,
          elapsedMs: 1,
          reconstructionsFile: null,
        })
        return signal.aborted ? Promise.reject(new Cancelled()) : Promise.resolve(finished)
      },
    })
    open.database.exec(
      `CREATE TRIGGER full BEFORE INSERT ON epoch_metrics BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`,
    )
    const reference = await training.api.start(choices, context)
    await expect(jobs.wait(reference)).rejects.toThrow('the disk is full')
    expect(training.runs.summary(reference.run)).toMatchObject({
      status: 'failed',
      problem: 'the disk is full',
    })
    expect(launched.every((process) => process.stopped())).toBe(true)
    open.database.exec('DROP TRIGGER full')
    expect(await training.api.resume({ run: reference.run }, context)).toMatchObject({ run: reference.run })
  })

  it('whose end cannot be recorded is found again and can be resumed', async () => {
    const { training, jobs, open } = await setUpTraining({ train: () => Promise.resolve(finished) })
    const refuse = (name: string, condition: string): void => {
      open.database.exec(
        `CREATE TRIGGER ${name} BEFORE UPDATE OF status ON ${name} WHEN NEW.status ${condition}
         BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`,
      )
    }
    refuse('runs', "<> 'running'")
    refuse('jobs', "<> 'running'")
    const reference = await training.api.start(choices, context)
    await expect(jobs.wait(reference)).rejects.toThrow('the disk is full')
    expect(training.runs.summary(reference.run)).toMatchObject({ status: 'running' })
    open.database.exec('DROP TRIGGER runs; DROP TRIGGER jobs')
    const resumed = await training.api.resume({ run: reference.run }, context)
    expect(await jobs.wait(resumed)).toMatchObject({ status: 'finished' })
  })

  it('whose process crashes is interrupted, in a sentence that names the run', async () => {
    const { training, jobs } = await setUpTraining({ train: () => Promise.reject(exitedFailure()) })
    const reference = await training.api.start(choices, context)
    const sentence = `Run ${reference.run} was interrupted (the compute process stopped: signal SIGKILL): resume it to go on from its last checkpoint.`
    await expect(jobs.wait(reference)).rejects.toMatchObject({
      code: 'training/interrupted',
      message: sentence,
    })
    expect(training.runs.summary(reference.run)).toMatchObject({ status: 'interrupted', problem: sentence })
  })

  it('is cancelled by its job as by itself', async () => {
    const { training, jobs, launched } = await setUpTraining({
      train: (_, { signal }) => untilAborted(signal),
    })
    const reference = await training.api.start(choices, context)
    jobs.cancel(reference.job)
    await expect(jobs.wait(reference)).rejects.toThrow(Cancelled)
    expect(training.runs.summary(reference.run)).toMatchObject({ status: 'cancelled', problem: null })
    expect(launched.every((process) => process.stopped())).toBe(true)
  })

  it('leaves nothing when its process cannot be started', async () => {
    const { training, launch } = await setUpTraining({ train: () => Promise.resolve(finished) })
    launch.mockRejectedValueOnce(
      AppError.of('process/not-ready', { process: 'compute', seconds: 90, reason: 'x' }),
    )
    await expect(training.api.start(choices, context)).rejects.toMatchObject({ code: 'process/not-ready' })
    expect(training.runs.list()).toEqual([])
    expect(await training.api.start(choices, context)).toMatchObject({ kind: 'train' })
  })

  it('leaves nothing when it is no longer wanted once its process is ready', async () => {
    const { training, launched } = await setUpTraining({ train: () => Promise.resolve(finished) })
    await expect(training.api.start(choices, { signal: AbortSignal.abort() })).rejects.toThrow(Cancelled)
    expect(training.runs.list()).toEqual([])
    expect(launched.every((process) => process.stopped())).toBe(true)
  })

  it('is refused while the demo is made, and leaves nothing', async () => {
    const { training, jobs, launched, open } = await setUpTraining({ train: () => Promise.resolve(finished) })
    const demo = ({ signal }: JobContext): Promise<never> => untilAborted(signal)
    jobs.start('demo', { label: 'Engraving the demo corpus', subject: null }, demo)
    await expect(training.api.start(choices, context)).rejects.toMatchObject({ code: 'job/busy' })
    expect(training.runs.list()).toEqual([])
    expect(existsSync(open.path('runs'))).toBe(false)
    expect(launched).toEqual([])
  })

  it('is refused before anything is launched when its model does not fit the samples', async () => {
    const { training, launch } = await setUpTraining({ train: () => Promise.resolve(finished) })
    const refused = training.api.start({ ...choices, inputSize: 10 }, context)
    await expect(refused).rejects.toMatchObject({ code: 'model/size-not-reducible' })
    expect(launch).not.toHaveBeenCalled()
  })

  it('in a step that takes too long is given up when the project closes, and can be resumed', async () => {
    let stopAsked = false
    const { training, jobs, project, launched } = await setUpTraining({
      train: async () => {
        const [process] = launched
        await process?.exited
        throw exitedFailure()
      },
      stop: () => {
        stopAsked = true
        return new Promise(() => undefined)
      },
    })
    const reference = await training.api.start(choices, context)
    const ended = jobs.wait(reference).catch((error: unknown) => error)
    await vi.waitFor(() => {
      expect(training.runs.summary(reference.run).baselines).not.toBeNull()
    })
    await project.projects.close()
    expect(stopAsked).toBe(true)
    expect(await ended).toBeInstanceOf(Cancelled)
    await project.projects.api.open({ folder: project.folder }, context)
    expect(training.runs.summary(reference.run)).toMatchObject({
      status: 'interrupted',
      problem: `Run ${reference.run} was interrupted (Scorescope was closed): resume it to go on from its last checkpoint.`,
    })
    expect(await training.api.resume({ run: reference.run }, context)).toMatchObject({ run: reference.run })
  })

  it('that is over cannot be resumed, paused, stopped or cancelled', async () => {
    const { training, jobs } = await setUpTraining({ train: () => Promise.resolve(finished) })
    const reference = await training.api.start(choices, context)
    await jobs.wait(reference)
    const { run } = reference
    await expect(training.api.resume({ run }, context)).rejects.toMatchObject({
      code: 'training/not-resumable',
    })
    for (const verb of ['pause', 'unpause', 'stop', 'cancel'] as const)
      await expect(training.api[verb]({ run }, context)).rejects.toMatchObject({
        code: 'training/not-running',
      })
  })
})
