/** Series with real parts, on a tiny corpus: seeds, a ladder, splits; cancelled, killed and resumed. And how runs are kept. */
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EngineEvents } from '@shared/events'
import type { RunSummary } from '@shared/domain/run'
import type { SeriesReport } from '@shared/domain/series'
import { Cancelled } from '@shared/errors'
import type { RequestInput } from '@shared/requests'
import type { Core } from '../../src/main/core'
import { makeTinyCorpus } from '../support/tiny-corpus'
import { buildEntries, computeProcessesOf, newFolder, wholeCore, untilEvent } from '../support/whole-core'

const place = newFolder()
const settings = join(place.folder, 'settings')
const project = join(place.folder, 'series.scorescope')
const SMALL = {
  seed: 1,
  spec: '1x4@3,1x8@3',
  inputSize: 16,
  batch: 4,
  threads: 1,
  epochs: 3,
  validation: 0.4,
} as const

let core: Core

async function carryOut(request: RequestInput<'series', 'start'>): Promise<SeriesReport> {
  const { job } = await core.api.series.start(request)
  return (await core.api.jobs.wait({ job })) as SeriesReport
}

async function train(choices: object): Promise<RunSummary> {
  const { job } = await core.api.training.start({ ...SMALL, ...choices })
  return (await core.api.jobs.wait({ job })) as RunSummary
}

beforeAll(async () => {
  await buildEntries()
  const corpus = join(place.folder, 'corpus')
  await makeTinyCorpus(corpus)
  core = wholeCore(settings)
  await core.api.project.create({ folder: project })
  await core.api.jobs.wait(await core.api.corpus.import({ folder: corpus }))
  await core.api.jobs.wait(await core.api.sampling.draw({ seed: 7, size: 32, perPage: 3 }))
})
afterAll(async () => {
  await core.close()
  place.remove()
})

describe('a series', () => {
  it('of two seeds trains both on one split, scores them, and tells their spread', async () => {
    const labels = new Set<string>()
    const leave = core.on('job/progressed', ({ kind, label }) => {
      if (kind === 'series') labels.add(label)
    })
    const featuresEnded = untilEvent(
      core,
      'job/ended',
      ({ kind, status }) => kind === 'features' && status === 'finished',
    )
    const report = await carryOut({
      kind: 'seeds',
      seeds: [3, 4],
      name: 'Two',
      choices: { ...SMALL, tags: ['seeds'] },
    })
    leave()
    expect(report).toMatchObject({ kind: 'seeds', name: 'Two', status: 'finished', planned: 2, gaps: [] })
    expect(report.points.map(({ seed, run }) => [seed, run])).toEqual([
      [3, report.runs[0]],
      [4, report.runs[1]],
    ])
    const [first, second] = await Promise.all(report.runs.map((run) => core.api.training.plan({ run })))
    expect(second?.split).toEqual(first?.split)
    expect(second).toMatchObject({ seed: 4, splitSeed: 1 })
    const { mse } = report.spread ?? { mse: null }
    const values = report.points.map((point) => point.mse.value)
    expect(values[0]).not.toBe(values[1])
    expect(mse?.mean).toBeCloseTo(((values[0] ?? NaN) + (values[1] ?? NaN)) / 2, 12)
    expect(mse?.low).toBeLessThan(mse?.minimum ?? NaN)
    for (const { baselines, ssim, codeNumbers } of report.points) {
      expect(baselines.pca?.value).toBeGreaterThan(0)
      expect(ssim?.value).toBeLessThan(1)
      expect(codeNumbers).toBe(4 * 4 * 8)
    }
    expect([...labels].some((label) => label === 'Seed 2 of 2: training')).toBe(true)
    expect([...labels].some((label) => label.startsWith('Seed 1 of 2: scoring'))).toBe(true)
    const run = await core.api.training.run({ run: report.runs[1] ?? '' })
    expect(run).toMatchObject({
      series: report.series,
      tags: ['seeds'],
      name: 'Two, seed 4',
      status: 'finished',
    })
    // A single run with its seed and split seed is the same again.
    const alone = await train({ seed: 4, splitSeed: 1 })
    expect(alone).toMatchObject({ weightsSha256: run.weightsSha256, series: null })
    await featuresEnded
    expect(await core.api.series.list()).toMatchObject([{ series: report.series, runs: report.runs }])
    expect(await core.api.series.report({ series: report.series })).toEqual(report)
  })

  it('of two widths has ever fewer numbers in its code', async () => {
    const report = await carryOut({ kind: 'ladder', codeChannels: [8, 2], choices: SMALL })
    expect(report.points.map(({ codeChannels, codeNumbers }) => [codeChannels, codeNumbers])).toEqual([
      [8, 128],
      [2, 32],
    ])
    expect(report.spread).toBeNull()
    const runs = await Promise.all(report.runs.map((run) => core.api.training.run({ run })))
    expect(runs.map(({ spec }) => spec)).toEqual(['1x4@3,1x8@3', '1x4@3,1x8@3>2'])
    await expect(
      core.api.series.start({ kind: 'ladder', codeChannels: [8, 16], choices: SMALL }),
    ).rejects.toMatchObject({ code: 'series/not-narrower' })
  })

  it('under two splits shows what the leaking one gains', async () => {
    const choices = { ...SMALL, head: 'style', headWeight: 0.1 } as const
    const report = await carryOut({ kind: 'splits', splits: ['crop', 'piece'], choices })
    const [crop, piece] = report.points
    expect(crop?.optimistic).toMatch(/^Optimistic/)
    expect(piece?.optimistic).toBeNull()
    expect(report.gaps).toHaveLength(1)
    const [gap] = report.gaps
    expect(gap).toMatchObject({ of: 'crop', against: 'piece' })
    expect(gap?.mse).toBeCloseTo((piece?.mse.value ?? NaN) - (crop?.mse.value ?? NaN), 12)
    expect(gap?.headAccuracy).not.toBeNull()
  })

  it('that is cancelled keeps what is done, is alone meanwhile, and goes on with what is left', async () => {
    const { series, job } = await core.api.series.start({
      kind: 'seeds',
      seeds: [5, 6],
      choices: { ...SMALL, epochs: 40 },
    })
    await expect(core.api.training.start(SMALL)).rejects.toMatchObject({ code: 'job/busy' })
    const [second = ''] = await runsFrom(series, 1)
    expect(await core.api.training.cancel({ run: second })).toMatchObject({ status: 'cancelled' })
    await expect(core.api.jobs.wait({ job })).rejects.toThrow(Cancelled)
    expect(await core.api.series.report({ series })).toMatchObject({
      status: 'cancelled',
      points: [{ seed: 5 }],
    })
    const resumed = await core.api.series.resume({ series })
    expect(await core.api.jobs.wait({ job: resumed.job })).toMatchObject({
      status: 'finished',
      points: [{ seed: 5 }, { seed: 6 }],
    })
    await expect(core.api.series.resume({ series })).rejects.toMatchObject({ code: 'series/complete' })
  })

  it.skipIf(process.platform !== 'linux')(
    'whose process is killed, and that is closed, goes on to the weights of an unbroken one',
    async () => {
      const choices = { ...SMALL, epochs: 40 }
      const { series, job } = await core.api.series.start({ kind: 'seeds', seeds: [7, 8], choices })
      const epochs = untilEvent(core, 'run/epoch', ({ epoch }) => epoch >= 3)
      const { run: killed } = await epochs
      for (const pid of computeProcessesOf(process.pid)) process.kill(pid, 'SIGKILL')
      await expect(core.api.jobs.wait({ job })).rejects.toMatchObject({ code: 'training/interrupted' })
      expect(await core.api.series.report({ series })).toMatchObject({
        status: 'interrupted',
        runs: [killed],
      })
      await core.api.series.resume({ series })
      await untilEvent(core, 'run/epoch', ({ epoch }) => epoch >= 5)
      await core.close()
      core = wholeCore(settings, { featuresAfterTraining: false })
      await core.api.project.open({ folder: project })
      expect(await core.api.series.report({ series })).toMatchObject({ status: 'interrupted', points: [] })
      const last = await core.api.series.resume({ series })
      const report = (await core.api.jobs.wait({ job: last.job })) as SeriesReport
      expect(report).toMatchObject({ status: 'finished', points: [{ run: killed, seed: 7 }, { seed: 8 }] })
      const unbroken = await train({ ...choices, seed: 7, splitSeed: 1 })
      const { weightsSha256 } = await core.api.training.run({ run: killed })
      expect(weightsSha256).toBe(unbroken.weightsSha256)
    },
  )

  async function runsFrom(series: string, first: number): Promise<readonly string[]> {
    for (;;) {
      await untilEvent(core, 'run/epoch', () => true)
      const { runs } = await core.api.series.report({ series })
      if (runs.length > first) return runs.slice(first)
    }
  }
})

describe('a run', () => {
  it('is described, watched, and lets go of its checkpoints', async () => {
    const heard: EngineEvents['run/live'][] = []
    const leave = core.on('run/live', (live) => heard.push(live))
    const { run, job } = await core.api.training.start({
      ...SMALL,
      epochs: 8,
      keepCheckpoints: 4,
      schedule: { kind: 'cosine' },
      notes: 'as it began',
    })
    await untilEvent(core, 'run/epoch', (told) => told.run === run)
    const live = await core.api.training.live({ run })
    expect(live?.microBatch).toBe(4)
    await expect(core.api.training.prune({ run, keep: 1 })).rejects.toMatchObject({
      code: 'training/still-training',
    })
    const trained = (await core.api.jobs.wait({ job })) as RunSummary
    leave()
    expect(trained.checkpoints).toBeGreaterThanOrEqual(4)
    expect(trained).toMatchObject({ keepCheckpoints: 4, notes: 'as it began', precision: 'float32' })
    expect(trained.device).toMatch(/^cpu/)
    expect(heard[0]).toMatchObject({ run, microBatch: 4 })
    expect(heard[0]?.memoryBytes).toBeGreaterThan(10_000_000)
    const { epochs } = await core.api.training.metrics({ run })
    const rates = epochs.map(({ learningRate }) => learningRate ?? NaN)
    expect(rates).toEqual([...rates].sort((a, b) => b - a))
    const pruned = await core.api.training.prune({ run, keep: 1 })
    expect(pruned.checkpoints).toBeLessThanOrEqual(2)
    expect(pruned.checkpointBytes).toBeLessThan(trained.checkpointBytes)
    const described = await core.api.training.describe({
      run,
      name: 'Cosine',
      tags: ['slow', 'Slow', 'late'],
    })
    expect(described).toMatchObject({ name: 'Cosine', tags: ['slow', 'late'], notes: 'as it began' })
    expect(await core.api.exploration.reconstruct({ run, index: 0 })).toMatchObject({ index: 0 })
  })

  it('whose samples are gone says which', async () => {
    const { run, job } = await core.api.training.start({ ...SMALL, epochs: 400 })
    await untilEvent(core, 'run/epoch', (told) => told.run === run)
    await core.api.training.stop({ run })
    await core.api.jobs.wait({ job })
    const file = join(project, 'samples', '1.u8')
    expect(existsSync(file)).toBe(true)
    renameSync(file, `${file}.elsewhere`)
    const gone = {
      code: 'sampling/set-gone',
      message: expect.stringContaining('The samples of set 1 are gone') as string,
    }
    await expect(core.api.training.resume({ run })).rejects.toMatchObject(gone)
    await expect(core.api.exploration.reconstruct({ run, index: 0 })).rejects.toMatchObject(gone)
    await expect(core.api.training.start(SMALL)).rejects.toMatchObject(gone)
    await expect(core.api.pictures.read({ address: 'crop/1/0' })).rejects.toMatchObject(gone)
    renameSync(`${file}.elsewhere`, file)
    const resumed = await core.api.training.resume({ run })
    await core.api.training.cancel({ run })
    await expect(core.api.jobs.wait({ job: resumed.job })).rejects.toThrow(Cancelled)
  })
})
