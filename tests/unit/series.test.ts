/** How series go on and end, and what they show then. Trainings do as the test says. */
import { describe, expect, it } from 'vitest'
import type { Evaluation, Estimate } from '@shared/domain/evaluation'
import type { RunPlan, RunStatus, RunSummary } from '@shared/domain/run'
import { AppError, Cancelled } from '@shared/errors'
import { REQUESTS, type RequestInput } from '@shared/requests'
import { createJobs } from '../../src/main/core/jobs'
import type { JobContext } from '../../src/main/core/ports'
import { createSeries, type SeriesTraining } from '../../src/main/core/series'
import { countingBytes, testProject } from '../support/projects'

type Request = RequestInput<'series', 'start'>

const context = { signal: new AbortController().signal }
const parse = (request: Request) => REQUESTS.series.start.parse(request)
const estimate = (value: number): Estimate => ({ value, low: null, high: null })

interface Trained {
  readonly seed: number
  readonly place: number
  readonly resumed: boolean
}

/** How a training ends: by itself, or as the test has it. */
type End = (trained: Trained, context: JobContext) => Promise<void>

/** Series with real records and jobs; runs are rows, their trainings and scores what the test says. */
async function setUp(end: End = () => Promise.resolve()) {
  const project = testProject()
  const parts = {
    projects: project.projects.access,
    clock: project.clock,
    emit: project.emit,
    randomBytes: countingBytes(),
  }
  const { jobs } = createJobs({ ...parts, onBug: () => undefined })
  const trained: Trained[] = []
  const scored = new Set<string>()
  const featured: string[] = []
  const database = () => project.projects.access.required().database
  const setStatus = (run: string, status: RunStatus) =>
    database().prepare('UPDATE runs SET status = ? WHERE run = ?').run(status, run)
  const carryOut = async (run: string, one: Trained, context: JobContext): Promise<RunSummary> => {
    trained.push(one)
    setStatus(run, 'running')
    try {
      await end(one, context)
    } catch (error) {
      setStatus(run, error instanceof Cancelled ? 'cancelled' : 'failed')
      throw error
    }
    setStatus(run, 'finished')
    return { run } as RunSummary
  }
  const training: SeriesTraining = {
    plan: (choices) =>
      choices.map(() => ({
        plan: { sampleSet: { id: 4 }, threads: 2, optimizer: { microBatch: 3 } } as RunPlan,
        remarks: ['Samples go through the model 3 at a time.'],
      })),
    train({ seed, sampleSet, microBatch, threads }, context, { series, place }) {
      expect({ sampleSet, microBatch, threads }).toEqual({ sampleSet: 4, microBatch: 3, threads: 2 })
      const run = `${series}-${seed}-${trained.length}`
      database()
        .prepare(
          `INSERT INTO runs (run, name, status, sample_set, spec, input_size, parameters, seed, epochs_planned,
             split_by, split_train, split_validation, started_at, series, series_place)
           VALUES (?, ?, 'running', 4, '1x8@3', 16, 1, ?, 1, 'piece', 1, 1, '2026', ?, ?)`,
        )
        .run(run, `seed ${seed}`, seed, series, place)
      return carryOut(run, { seed, place, resumed: false }, context)
    },
    resume: (run, context) => {
      const row = database()
        .prepare<[string], Omit<Trained, 'resumed'>>(
          'SELECT seed, series_place AS place FROM runs WHERE run = ?',
        )
        .get(run)
      return carryOut(run, { seed: row?.seed ?? -1, place: row?.place ?? -1, resumed: true }, context)
    },
  }
  const statusOf = (run: string): RunStatus =>
    database()
      .prepare<[string], RunStatus>('SELECT status FROM runs WHERE run = ?')
      .pluck()
      .get(run) as RunStatus
  const { api } = createSeries({
    ...parts,
    jobs,
    training,
    runs: {
      summary: (run) =>
        ({
          run,
          name: run,
          status: statusOf(run),
          seconds: 2,
          epochs: 1,
          epochsPlanned: 3,
          featuresReady: false,
        }) as RunSummary,
      plan: (run) =>
        ({
          run,
          seed: 1,
          split: { by: 'piece' },
          architecture: {
            blocks: [{ convolutions: 1, filters: 8, kernel: 3 }],
            inputSize: 16,
            dropout: 0,
            head: null,
          },
        }) as unknown as RunPlan,
    },
    evaluate: (run) => {
      scored.add(run)
      return Promise.resolve()
    },
    evaluation: (run) => (scored.has(run) ? SCORES : null),
    onTrained: (run) => featured.push(run),
  })
  await project.createAndOpen()
  database().pragma('foreign_keys = OFF')
  return { project, jobs, api, trained, featured, setStatus }
}

const SCORES = {
  optimistic: null,
  classification: null,
  predictors: [
    { predictor: 'model', mse: estimate(0.1), ssim: null, inkMse: null },
    { predictor: 'pca', mse: estimate(0.2), ssim: null, inkMse: null },
  ],
} as unknown as Evaluation

const SEEDS: Request = { kind: 'seeds', seeds: [1, 2, 3], choices: { seed: 1 } }

const untilAborted: End = (_, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Cancelled())
    })
  })

describe('a series', () => {
  it('trains and scores its runs one after the other, and looks at features when all are trained', async () => {
    let running = 0
    const { jobs, api, trained, featured } = await setUp(async () => {
      running += 1
      expect([running, featured]).toEqual([1, []])
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
    })
    const reference = await api.start(parse(SEEDS), context)
    expect(api.list(undefined, context)).toMatchObject([{ status: 'running', planned: 3 }])
    const report = await jobs.wait(reference)
    expect(trained.map(({ seed }) => seed)).toEqual([1, 2, 3])
    expect(report).toMatchObject({
      series: reference.series,
      kind: 'seeds',
      status: 'finished',
      name: 'Seeds of 3 runs',
      points: [
        {
          codeChannels: 8,
          codeNumbers: 512,
          mse: { value: 0.1 },
          baselines: { pca: { value: 0.2 } },
          seconds: 2,
        },
        {},
        {},
      ],
      spread: { mse: { minimum: 0.1, maximum: 0.1 } },
      gaps: [],
    })
    expect(report.remarks[0]).toBe('Samples go through the model 3 at a time.')
    expect(featured).toEqual(report.runs)
    expect(await api.report({ series: reference.series }, context)).toEqual(report)
    expect(() => api.resume({ series: reference.series }, context)).toThrow('is complete')
    expect(() => api.report({ series: 'none' }, context)).toThrow('There is no series none in this project.')
  })

  it('that is cancelled keeps what is done, and resumed trains what is left', async () => {
    let patience = 2
    const { jobs, api, trained, featured } = await setUp((one, job) => {
      patience -= 1
      return patience === 0 ? untilAborted(one, job) : Promise.resolve()
    })
    const reference = await api.start(parse(SEEDS), context)
    await untilTrained(trained, 2)
    jobs.cancel(reference.job)
    await expect(jobs.wait(reference)).rejects.toThrow(Cancelled)
    const report = await api.report({ series: reference.series }, context)
    expect(report).toMatchObject({ status: 'cancelled', problem: null, points: [{}], planned: 3 })
    expect(report.remarks).toContain('1 of 3 runs are trained and scored.')
    expect(featured).toEqual(report.runs.slice(0, 1))
    const resumed = await jobs.wait(await api.resume({ series: reference.series }, context))
    expect(resumed).toMatchObject({ status: 'finished', points: [{}, {}, {}] })
    // The cancelled run is not gone on with: another one takes its place.
    expect(trained.slice(2)).toMatchObject([
      { seed: 2, resumed: false },
      { seed: 3, resumed: false },
    ])
  })

  it('goes on with the run that a crash interrupted', async () => {
    let crash = true
    const failure = AppError.of('training/interrupted', { run: 'x', reason: 'signal SIGKILL' })
    const { jobs, api, trained } = await setUp(({ seed }) => {
      if (seed !== 2 || !crash) return Promise.resolve()
      crash = false
      return Promise.reject(failure)
    })
    const reference = await api.start(parse(SEEDS), context)
    await expect(jobs.wait(reference)).rejects.toBe(failure)
    expect(await api.report({ series: reference.series }, context)).toMatchObject({
      status: 'interrupted',
      problem: `Series ${reference.series} was interrupted (a compute process stopped: signal SIGKILL): resume it to go on with the runs that are left.`,
    })
    await jobs.wait(await api.resume({ series: reference.series }, context))
    expect(trained.map(({ seed, resumed }) => [seed, resumed])).toEqual([
      [1, false],
      [2, false],
      [2, true],
      [3, false],
    ])
  })

  it('goes on without a run that diverges, and says so', async () => {
    const { jobs, api } = await setUp(({ seed }) =>
      seed === 2
        ? Promise.reject(AppError.of('training/diverged', { run: 'x', step: 7 }))
        : Promise.resolve(),
    )
    const report = await jobs.wait(await api.start(parse(SEEDS), context))
    expect(report).toMatchObject({ status: 'finished', points: [{}, {}] })
    expect(report.remarks.some((remark) => remark.includes('diverged at step 7'))).toBe(true)
  })

  it('fails with what its run fails with, and can be resumed', async () => {
    const failure = AppError.of('compute/out-of-memory', {})
    const { jobs, api } = await setUp(() => Promise.reject(failure))
    const reference = await api.start(parse(SEEDS), context)
    await expect(jobs.wait(reference)).rejects.toBe(failure)
    expect(api.list(undefined, context)).toMatchObject([{ status: 'failed', problem: failure.message }])
    await expect(jobs.wait(await api.resume({ series: reference.series }, context))).rejects.toBe(failure)
  })

  it('is interrupted when its project closes, or when Scorescope dies, and says so when opened again', async () => {
    const { jobs, api, project, trained } = await setUp(untilAborted)
    const reference = await api.start(parse(SEEDS), context)
    const ended = jobs.wait(reference).catch((error: unknown) => error)
    await untilTrained(trained, 1)
    await project.projects.close()
    expect(await ended).toBeInstanceOf(Cancelled)
    await project.projects.api.open({ folder: project.folder }, context)
    const problem = `Series ${reference.series} was interrupted (Scorescope was closed): resume it to go on with the runs that are left.`
    expect(api.list(undefined, context)).toMatchObject([{ status: 'interrupted', problem }])
    project.projects.access.required().database.prepare("UPDATE series SET status = 'running'").run()
    await project.projects.close()
    await project.projects.api.open({ folder: project.folder }, context)
    expect(api.list(undefined, context)).toMatchObject([
      { status: 'interrupted', problem: problem.replace('was closed', 'stopped') },
    ])
  })

  it('is refused while something trains, and leaves nothing', async () => {
    const { jobs, api } = await setUp(untilAborted)
    const first = await api.start(parse(SEEDS), context)
    expect(() => api.start(parse(SEEDS), context)).toThrow('"Training a series" is still going on')
    expect(api.list(undefined, context)).toHaveLength(1)
    await Promise.resolve()
    jobs.cancel(first.job)
    await expect(jobs.wait(first)).rejects.toThrow(Cancelled)
  })
})

async function untilTrained(trained: readonly unknown[], count: number): Promise<void> {
  while (trained.length < count) await new Promise((resolve) => setImmediate(resolve))
}
