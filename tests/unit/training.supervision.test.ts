/** How runs go on and end when things go wrong: what is recorded, what the job says, and that no process is left. */
import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { TrainRequest } from '@shared/compute-api'
import type { RunPlan, TrainingOutcome } from '@shared/domain/run'
import type { SampleSet, SampleWithPage } from '@shared/domain/sample-set'
import type { RuntimeSettings } from '@shared/domain/system'
import { AppError, Cancelled } from '@shared/errors'
import { REQUESTS } from '@shared/requests'
import { createJobs } from '../../src/main/core/jobs'
import type { JobContext, LaunchCompute } from '../../src/main/core/ports'
import { splitSamples } from '../../src/main/core/sampling/split'
import { createTraining, type TrainingDependencies } from '../../src/main/core/training'
import { createSampleStore } from '../../src/main/storage/sample-store'
import { exitedFailure, type FakeCompute, fakeCompute } from '../support/fake-compute'
import { countingBytes, testProject } from '../support/projects'

const context = { signal: new AbortController().signal }
const choices = REQUESTS.training.start.parse({
  seed: 1,
  spec: '1x4@3',
  inputSize: 16,
  epochs: 2,
  split: 'crop',
})

const set: SampleSet = {
  id: 1,
  name: 's',
  hash: 'a'.repeat(64),
  seed: 1,
  perPage: 1,
  size: 32,
  whiteness: 0.9,
  triesPerPage: 500,
  samples: 6,
  pages: 6,
  refusedDraws: 0,
  createdAt: '2026',
}

const samples: readonly SampleWithPage[] = Array.from({ length: set.samples }, (_, index) => ({
  index,
  page: index + 1,
  x: 0,
  y: 0,
  size: 32,
  draw: 1,
  whiteness: 0.5,
  file: `${index}.png`,
  style: 's',
  composer: 'c',
  piece: 'p',
  pageNumber: 1,
}))

const finished: TrainingOutcome = {
  status: 'finished',
  epochs: 2,
  steps: 2,
  trainMse: 0.1,
  validationMse: 0.2,
  weightsSha256: 'b'.repeat(64),
  seconds: 3,
  peakMemoryBytes: 1000,
  backend: 'js',
  remarks: ['Trained in JavaScript.'],
}

const described = {
  backend: 'js',
  device: 'cpu, 2 threads',
  gpu: { used: false, present: false, reason: 'There is none.' },
  versions: { tensorflow: '2.21.0' },
}

interface TrainingFake {
  readonly train: (
    request: TrainRequest,
    options: { readonly signal: AbortSignal },
    tell: FakeCompute['tell'],
  ) => Promise<unknown>
  readonly stop?: () => Promise<unknown>
}

/** Training with real records and jobs, and a compute process that does as it is told. */
async function setUp(
  fake: TrainingFake,
  machine: Partial<Pick<TrainingDependencies, 'freeMemoryBytes' | 'measureFirst' | 'runtimeSettings'>> = {},
) {
  const project = testProject()
  const launched: FakeCompute[] = []
  const launch = vi.fn<LaunchCompute>(() => {
    const process: FakeCompute = fakeCompute({
      device: { describe: () => Promise.resolve(described) },
      training: {
        pause: () => Promise.resolve({ paused: true }),
        resume: () => Promise.resolve({ paused: false }),
        stop: fake.stop ?? (() => Promise.resolve({ stopping: true })),
        train: (request: TrainRequest, options: { readonly signal: AbortSignal }) =>
          fake.train(request, options, process.tell),
      },
    })
    launched.push(process)
    return Promise.resolve(process)
  })
  const bugs: unknown[] = []
  const sets = { now: set }
  const parts = {
    projects: project.projects.access,
    clock: project.clock,
    emit: project.emit,
    randomBytes: countingBytes(),
  }
  const jobs = createJobs({ ...parts, onBug: (error) => bugs.push(error) })
  const trained: string[] = []
  const training = createTraining({
    ...parts,
    jobs: jobs.jobs,
    launchCompute: launch,
    version: '1.2.3',
    samples: {
      latestSet: () => set,
      set: () => sets.now,
      samplesOf: () => samples,
      sampleFile: () => project.projects.access.required().path('samples', '1.u8'),
    },
    splitSamples,
    measureBaselines: () => Promise.resolve({ constant: 0.4, block8: 0.3, block4: 0.2, block2: 0.1 }),
    log: () => undefined,
    onTrained: (run) => trained.push(run),
    freeMemoryBytes: () => 64e9,
    runtimeSettings: () => null,
    measureFirst: null,
    ...machine,
  })
  await project.createAndOpen()
  const open = project.projects.access.required()
  open.database.pragma('foreign_keys = OFF')
  const store = createSampleStore(open.path('samples', '1.u8'), {})
  store.write(new Uint8Array(set.samples * 32 * 32))
  store.commit([set.samples, 32, 32])
  return {
    project,
    open,
    launch,
    launched,
    bugs,
    jobs: jobs.jobs,
    jobsApi: jobs.api,
    training,
    trained,
    sets,
  }
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Cancelled())
    })
  })

afterEach(() => {
  vi.useRealTimers()
})

describe('a training', () => {
  it('that finishes is recorded whole, with its plan written before it began', async () => {
    let planAtStart: RunPlan | null = null
    const { training, jobs, launched, trained, open } = await setUp({
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
    const { training, jobs, trained } = await setUp({ train: () => Promise.reject(failure) })
    const reference = await training.api.start(choices, context)
    await expect(jobs.wait(reference)).rejects.toBe(failure)
    expect(training.runs.summary(reference.run)).toMatchObject({ status: 'failed', problem: failure.message })
    expect(trained).toEqual([])
  })

  it('that meets a bug has failed, and the bug is logged', async () => {
    const { training, jobs, bugs } = await setUp({ train: () => Promise.reject(new TypeError('oops')) })
    const reference = await training.api.start(choices, context)
    await expect(jobs.wait(reference)).rejects.toThrow('oops')
    expect(training.runs.summary(reference.run)).toMatchObject({ status: 'failed', problem: 'oops' })
    expect(bugs).toHaveLength(1)
  })

  it('whose metrics cannot be kept ends, keeps its checkpoints, and takes nothing else down', async () => {
    const { training, jobs, open, launched } = await setUp({
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
    const { training, jobs, open } = await setUp({ train: () => Promise.resolve(finished) })
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
    const { training, jobs } = await setUp({ train: () => Promise.reject(exitedFailure()) })
    const reference = await training.api.start(choices, context)
    const sentence = `Run ${reference.run} was interrupted (the compute process stopped: signal SIGKILL): resume it to go on from its last checkpoint.`
    await expect(jobs.wait(reference)).rejects.toMatchObject({
      code: 'training/interrupted',
      message: sentence,
    })
    expect(training.runs.summary(reference.run)).toMatchObject({ status: 'interrupted', problem: sentence })
  })

  it('is cancelled by its job as by itself', async () => {
    const { training, jobs, launched } = await setUp({ train: (_, { signal }) => untilAborted(signal) })
    const reference = await training.api.start(choices, context)
    jobs.cancel(reference.job)
    await expect(jobs.wait(reference)).rejects.toThrow(Cancelled)
    expect(training.runs.summary(reference.run)).toMatchObject({ status: 'cancelled', problem: null })
    expect(launched.every((process) => process.stopped())).toBe(true)
  })

  it('leaves nothing when its process cannot be started', async () => {
    const { training, launch } = await setUp({ train: () => Promise.resolve(finished) })
    launch.mockRejectedValueOnce(
      AppError.of('process/not-ready', { process: 'compute', seconds: 90, reason: 'x' }),
    )
    await expect(training.api.start(choices, context)).rejects.toMatchObject({ code: 'process/not-ready' })
    expect(training.runs.list()).toEqual([])
    expect(await training.api.start(choices, context)).toMatchObject({ kind: 'train' })
  })

  it('leaves nothing when it is no longer wanted once its process is ready', async () => {
    const { training, launched } = await setUp({ train: () => Promise.resolve(finished) })
    await expect(training.api.start(choices, { signal: AbortSignal.abort() })).rejects.toThrow(Cancelled)
    expect(training.runs.list()).toEqual([])
    expect(launched.every((process) => process.stopped())).toBe(true)
  })

  it('is refused while the demo is made, and leaves nothing', async () => {
    const { training, jobs, launched, open } = await setUp({ train: () => Promise.resolve(finished) })
    const demo = ({ signal }: JobContext): Promise<never> => untilAborted(signal)
    jobs.start('demo', { label: 'Engraving the demo corpus', subject: null }, demo)
    await expect(training.api.start(choices, context)).rejects.toMatchObject({ code: 'job/busy' })
    expect(training.runs.list()).toEqual([])
    expect(existsSync(open.path('runs'))).toBe(false)
    expect(launched).toEqual([])
  })

  it('is refused before anything is launched when its model does not fit the samples', async () => {
    const { training, launch } = await setUp({ train: () => Promise.resolve(finished) })
    const refused = training.api.start({ ...choices, inputSize: 10 }, context)
    await expect(refused).rejects.toMatchObject({ code: 'model/size-not-reducible' })
    expect(launch).not.toHaveBeenCalled()
  })

  it('in a step that takes too long is given up when the project closes, and can be resumed', async () => {
    let stopAsked = false
    const { training, jobs, project, launched } = await setUp({
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

  it('tells how it goes on at most once a second, with the forecast and what became of it', async () => {
    let goOn: () => void = () => undefined
    const { training, jobs, project, launched } = await setUp({
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
    const { training, jobs } = await setUp({ train: () => Promise.resolve(finished) }, machine)
    const reference = await training.api.start({ ...choices, batch: 2 }, context)
    expect(training.runs.plan(reference.run).optimizer.microBatch).toBe(1)
    const { remarks } = await jobs.wait(reference)
    expect(remarks[0]).toMatch(/^Samples go through the model 1 at a time instead of 2/)
    expect(remarks[1]).toMatch(/^Even with one sample at a time/)
    expect(remarks[2]).toBe('Trained in JavaScript.')
  })

  it('resumed with more memory keeps the micro-batch of its plan', async () => {
    let freeBytes = 0.1e9
    let attempts = 0
    const { training, jobs } = await setUp(
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
    const { training, jobs, launched, launch } = await setUp(
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
    const { training, jobs, launched } = await setUp(
      { train: () => Promise.resolve(finished) },
      { measureFirst: () => Promise.reject(failure) },
    )
    expect(await jobs.wait(await training.api.start(choices, context))).toMatchObject({ status: 'finished' })
    expect(launched).toHaveLength(1)
  })

  it('in mixed precision is refused where there is no GPU, and leaves nothing', async () => {
    const { training, launched } = await setUp({ train: () => Promise.resolve(finished) })
    await expect(training.api.start({ ...choices, precision: 'mixed' }, context)).rejects.toMatchObject({
      code: 'training/precision-needs-gpu',
    })
    expect(training.runs.list()).toEqual([])
    expect(launched.every((process) => process.stopped())).toBe(true)
  })

  it('cannot be resumed with other samples than it began with', async () => {
    const { training, jobs, sets } = await setUp({ train: () => Promise.reject(exitedFailure()) })
    const reference = await training.api.start(choices, context)
    await jobs.wait(reference).catch(() => undefined)
    sets.now = { ...set, hash: 'c'.repeat(64) }
    await expect(training.api.resume({ run: reference.run }, context)).rejects.toMatchObject({
      code: 'training/plan-damaged',
    })
  })

  it('that is over cannot be resumed, paused, stopped or cancelled', async () => {
    const { training, jobs } = await setUp({ train: () => Promise.resolve(finished) })
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
