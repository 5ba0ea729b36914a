import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { RunPlan } from '@shared/domain/run'
import { MIGRATIONS } from '../../src/main/core/migrations'
import { migrate } from '../../src/main/core/project/migrate'
import { pruneCheckpoints } from '../../src/main/core/training/checkpoints'
import { MetricsLog, readMetrics } from '../../src/main/core/training/metrics-log'
import { interruptLeftovers } from '../../src/main/core/training/recovery'
import { createRunAccess } from '../../src/main/core/training/run-access'
import { readPlan, writePlan } from '../../src/main/core/training/run-folder'
import { distinctTags } from '../../src/main/core/training/run-facts'
import { getRun, insertRun, updateRun } from '../../src/main/core/training/run-records'
import { writeContainer } from '../../src/main/storage/container'
import { testProject, type TestProject } from '../support/projects'

const RUN = 'abcdefgh'

function planOf(run = RUN): RunPlan {
  return {
    format: 1,
    run,
    name: 'a run',
    preset: null,
    sampleSet: { id: 1, hash: 'a'.repeat(64), size: 32, samples: 4 },
    split: { by: 'crop', fraction: 0.5, train: [0, 1], validation: [2, 3] },
    architecture: {
      blocks: [{ convolutions: 1, filters: 4, kernel: 3 }],
      inputSize: 16,
      dropout: 0,
      head: null,
    },
    labels: null,
    optimizer: { learningRate: 0.001, epochs: 3, batchSize: 1, microBatch: 1 },
    seed: 1,
    threads: 1,
    versions: {},
  }
}

function insertSampleSet(database: Database.Database): void {
  database
    .prepare(
      `INSERT INTO sample_sets (id, name, hash, pixels_sha256, method, seed, per_page, size, whiteness, tries_per_page,
         samples, pages, refused_draws, seconds, created_at)
       VALUES (1, 's', :hash, :hash, 'm', 1, 5, 32, 0.9, 500, 4, 1, 0, 1, '2026')`,
    )
    .run({ hash: 'a'.repeat(64) })
}

async function projectWithRun(): Promise<TestProject & { database: ReturnType<typeof databaseOf> }> {
  const project = testProject()
  await project.createAndOpen()
  const database = databaseOf(project)
  insertSampleSet(database)
  writePlan(project.projects.access.required(), planOf())
  insertRun(database, planOf(), '2026-01-01T00:00:00.000Z')
  return { ...project, database }
}

const databaseOf = (project: TestProject) => project.projects.access.required().database
const step = (n: number, trainMse = 1 / n) => ({
  step: n,
  epoch: Math.ceil(n / 2),
  trainMse,
  headLoss: null,
  elapsedMs: n * 10,
})
const epoch = (n: number, validationMse = 1 / n) => ({
  epoch: n,
  step: n * 2,
  trainMse: 0.5 / n,
  validationMse,
  headAccuracy: null,
  elapsedMs: n * 20,
})

describe('a run’s record', () => {
  it('tells the run as it was planned and what became of it', async () => {
    const { projects, database } = await projectWithRun()
    const runs = createRunAccess(projects.access)
    expect(runs.summary(RUN)).toMatchObject({
      status: 'running',
      spec: '1x4@3',
      inputSize: 16,
      epochsPlanned: 3,
      baselines: null,
      split: { by: 'crop', train: 2, validation: 2 },
      hasWeights: false,
      featuresReady: false,
    })
    const baselines = { constant: 0.2, block8: 0.1, block4: 0.05, block2: 0.02 }
    updateRun(database, RUN, { status: 'finished', baselines, remarks: ['one', 'two'], trainMse: 0.01 })
    expect(runs.summary(RUN)).toMatchObject({
      status: 'finished',
      baselines,
      remarks: ['one', 'two'],
      trainMse: 0.01,
    })
    expect(runs.list()).toHaveLength(1)
    expect(() => runs.summary('nope')).toThrow('There is no run nope in this project.')
  })

  it('of a catalogue of before there were series and tags keeps what it has', () => {
    const database = new Database(':memory:')
    const before = MIGRATIONS.findIndex(({ name }) => name === '007-training')
    migrate(database, MIGRATIONS.slice(0, before))
    insertSampleSet(database)
    database.exec(
      `INSERT INTO runs (run, name, status, sample_set, spec, input_size, parameters, seed, epochs_planned, split_by,
         split_train, split_validation, started_at)
       VALUES ('${RUN}', 'old', 'finished', 1, '1x4@3', 16, 10, 1, 3, 'crop', 2, 2, '2026');
       INSERT INTO epoch_metrics VALUES ('${RUN}', 1, 2, 0.5, 0.4, NULL, 20);`,
    )
    migrate(database, MIGRATIONS)
    expect(getRun(database, RUN)).toMatchObject({
      name: 'old',
      tags: [],
      notes: '',
      series: null,
      keepCheckpoints: 3,
    })
    expect(readMetrics(database, RUN).epochs).toEqual([
      { epoch: 1, step: 2, trainMse: 0.5, validationMse: 0.4, headAccuracy: null, elapsedMs: 20 },
    ])
    database.close()
  })

  it('has weights once a checkpoint is on disk', async () => {
    const { projects } = await projectWithRun()
    const runs = createRunAccess(projects.access)
    expect(() => {
      runs.requireWeights(RUN)
    }).toThrow('has no checkpoint yet')
    mkdirSync(join(runs.folder(RUN), 'checkpoints'), { recursive: true })
    writeFileSync(join(runs.folder(RUN), 'checkpoints', '.000000001.checkpoint.partial-1'), '')
    expect(runs.summary(RUN).hasWeights).toBe(false)
    writeFileSync(join(runs.folder(RUN), 'checkpoints', '000000001.checkpoint'), '')
    expect(runs.summary(RUN).hasWeights).toBe(true)
  })

  it('tells what its checkpoints take, and lets go of all but the newest and the best', async () => {
    const { projects } = await projectWithRun()
    const runs = createRunAccess(projects.access)
    const folder = join(runs.folder(RUN), 'checkpoints')
    mkdirSync(folder, { recursive: true })
    const name = (microBatches: number): string => `${String(microBatches).padStart(9, '0')}.checkpoint`
    for (const microBatches of [10, 20, 30, 40])
      writeContainer(
        join(folder, name(microBatches)),
        {
          kind: 'checkpoint',
          elementType: 'float32',
          facts: { progress: { best: { microBatches: 10 } } },
          shape: [1],
        },
        new Uint8Array(4),
      )
    const each = statSync(join(folder, name(10))).size
    expect(runs.summary(RUN)).toMatchObject({ checkpoints: 4, checkpointBytes: 4 * each, hasWeights: true })
    // The newest says which is the best; where it is damaged, the one before it does.
    writeFileSync(join(folder, name(50)), 'torn')
    pruneCheckpoints(runs.folder(RUN), 2)
    expect(readdirSync(folder)).toEqual([name(10), name(40), name(50)])
    pruneCheckpoints(runs.folder(RUN), 100)
    expect(runs.summary(RUN).checkpoints).toBe(3)
  })

  it('keeps what is said about it, and what it was set up with', async () => {
    const { projects, database } = await projectWithRun()
    const runs = createRunAccess(projects.access)
    expect(runs.summary(RUN)).toMatchObject({
      tags: [],
      notes: '',
      series: null,
      precision: 'float32',
      device: null,
      keepCheckpoints: 3,
      checkpoints: 0,
      checkpointBytes: 0,
    })
    updateRun(database, RUN, {
      name: 'another',
      tags: ['Chopin', 'late'],
      notes: 'two\nlines',
      device: 'cpu',
    })
    expect(runs.summary(RUN)).toMatchObject({
      name: 'another',
      tags: ['Chopin', 'late'],
      notes: 'two\nlines',
      device: 'cpu',
    })
    expect(runs.plan(RUN).name).toBe('a run')
    expect(distinctTags(['Late', 'late', 'Chopin', 'LATE'])).toEqual(['Late', 'Chopin'])
  })

  it('refuses a plan that is gone, broken or another’s', async () => {
    const { projects } = await projectWithRun()
    const project = projects.access.required()
    expect(readPlan(project, RUN)).toEqual(planOf())
    const file = project.path('runs', RUN, 'plan.json')
    for (const [text, reason] of [
      ['{', 'plan.json cannot be read'],
      ['null', 'another version'],
      ['{"format":2}', 'another version'],
      [JSON.stringify(planOf('other')), 'it belongs to run other'],
    ] as const) {
      writeFileSync(file, text)
      expect(() => readPlan(project, RUN)).toThrow(reason)
    }
    expect(() => readPlan(project, 'gone')).toThrow('plan.json is missing')
  })
})

describe('metrics', () => {
  it('are written in batches and readable once flushed', async () => {
    const { database, clock } = await projectWithRun()
    const log = new MetricsLog(database, RUN, clock)
    log.step(step(1))
    expect(readMetrics(database, RUN).steps).toEqual([])
    clock.advance(1000)
    log.step(step(2))
    expect(readMetrics(database, RUN).steps).toEqual([step(1), step(2)])
    log.epoch(epoch(1))
    log.step(step(3))
    log.flush()
    expect(readMetrics(database, RUN)).toEqual({ steps: [step(1), step(2), step(3)], epochs: [epoch(1)] })
  })

  it('after a resumption replace what lies beyond the checkpoint', async () => {
    const { database, clock } = await projectWithRun()
    const first = new MetricsLog(database, RUN, clock)
    for (let n = 1; n <= 5; n += 1) {
      first.step(step(n))
      if (n % 2 === 0) first.epoch(epoch(n / 2))
    }
    first.flush()
    const second = new MetricsLog(database, RUN, clock)
    second.step(step(3, 9))
    second.flush()
    expect(readMetrics(database, RUN)).toEqual({ steps: [step(1), step(2), step(3, 9)], epochs: [epoch(1)] })
  })

  it('of an epoch whose last step came before the interruption keep that step', async () => {
    const { database, clock } = await projectWithRun()
    const first = new MetricsLog(database, RUN, clock)
    for (const n of [1, 2, 3, 4]) first.step(step(n))
    first.epoch(epoch(1))
    first.flush()
    const second = new MetricsLog(database, RUN, clock)
    second.epoch(epoch(2, 7))
    expect(readMetrics(database, RUN)).toEqual({
      steps: [step(1), step(2), step(3), step(4)],
      epochs: [epoch(1), epoch(2, 7)],
    })
  })

  it('that were written down but never told are found again after a crash', async () => {
    const { projects, database, clock } = await projectWithRun()
    const project = projects.access.required()
    const lines = [
      { kind: 'step', ...step(1) },
      { kind: 'step', ...step(2) },
      { kind: 'epoch', ...epoch(1) },
    ].map((line) => JSON.stringify(line))
    writeFileSync(project.path('runs', RUN, 'metrics.jsonl'), `${lines.join('\n')}\n{"kind":"st`)
    interruptLeftovers(project, clock)
    expect(readMetrics(database, RUN)).toEqual({ steps: [step(1), step(2)], epochs: [epoch(1)] })
    expect(createRunAccess(projects.access).summary(RUN)).toMatchObject({
      status: 'interrupted',
      epochs: 1,
      steps: 2,
      validationMse: 1,
      problem: `Run ${RUN} was interrupted (Scorescope stopped): resume it to go on from its last checkpoint.`,
    })
  })
})
