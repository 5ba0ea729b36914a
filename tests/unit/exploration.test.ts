import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ChannelStatistics } from '@shared/compute-api'
import type { RunPlan, RunSummary } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { FeaturePasses } from '../../src/main/core/exploration/feature-pass'
import {
  findPass,
  forgetOutdated,
  readDetails,
  readFeatures,
  storeFeatures,
} from '../../src/main/core/exploration/feature-records'
import { KeptTables } from '../../src/main/core/exploration/feature-tables'
import { channelPage, featureSummary, percentileRank } from '../../src/main/core/exploration/features'
import { ModelGeometry } from '../../src/main/core/exploration/model-geometry'
import { WarmCompute } from '../../src/main/core/exploration/warm-compute'
import { createJobs } from '../../src/main/core/jobs'
import type { LaunchCompute } from '../../src/main/core/ports'
import { FEATURE_VERSION, writeFeaturePart, writeFeatureTables } from '../../src/main/storage/feature-tables'
import { exitedFailure, type FakeCompute, fakeCompute } from '../support/fake-compute'
import { countingBytes, testProject } from '../support/projects'

const plan: RunPlan = {
  format: 1,
  run: 'abcdefgh',
  name: 'a run',
  preset: null,
  sampleSet: { id: 1, hash: 'a'.repeat(64), size: 64, samples: 4 },
  split: { by: 'crop', fraction: 0.5, train: [3, 1], validation: [2] },
  architecture: {
    blocks: [
      { convolutions: 1, filters: 2, kernel: 3 },
      { convolutions: 1, filters: 2, kernel: 3 },
    ],
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

const samples: readonly SampleWithPage[] = [0, 1, 2, 3].map((index) => ({
  index,
  page: 10 + index,
  x: 100 * index,
  y: 7,
  size: 64,
  draw: 1,
  whiteness: 0.5,
  file: `${index}.png`,
  style: 's',
  composer: 'c',
  piece: 'p',
  pageNumber: 1,
}))

/** Tells of the processes that were launched. */
function launcher(answers: (number: number) => object) {
  const launched: FakeCompute[] = []
  const launch: LaunchCompute = () => {
    const process = fakeCompute(answers(launched.length))
    launched.push(process)
    return Promise.resolve(process)
  }
  return { launch, launched }
}

const asking = (answer: () => Promise<unknown>) => ({ model: { kernels: answer } })

describe('the warm process', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is started at first use, shared, and kept', async () => {
    const { launch, launched } = launcher(() => asking(() => Promise.resolve('kernels')))
    const warm = new WarmCompute(launch)
    expect(launched).toHaveLength(0)
    const question = () => warm.ask((api) => api.model.kernels({} as never))
    expect(await Promise.all([question(), question()])).toEqual(['kernels', 'kernels'])
    await question()
    expect(launched).toHaveLength(1)
    await warm.close()
    expect(launched[0]?.stopped()).toBe(true)
  })

  it('that crashes is started once more, and only once', async () => {
    const { launch, launched } = launcher((number) =>
      asking(() => (number === 0 ? Promise.reject(exitedFailure()) : Promise.resolve('kernels'))),
    )
    const warm = new WarmCompute(launch)
    expect(await warm.ask((api) => api.model.kernels({} as never))).toBe('kernels')
    expect(launched).toHaveLength(2)

    const hopeless = launcher(() => asking(() => Promise.reject(exitedFailure())))
    const failing = new WarmCompute(hopeless.launch).ask((api) => api.model.kernels({} as never))
    await expect(failing).rejects.toMatchObject({ code: 'process/exited' })
    expect(hopeless.launched).toHaveLength(2)
  })

  it('that dies unasked is replaced at the next question', async () => {
    const { launch, launched } = launcher(() => asking(() => Promise.resolve('kernels')))
    const warm = new WarmCompute(launch)
    await warm.ask((api) => api.model.kernels({} as never))
    launched[0]?.crash()
    await vi.advanceTimersByTimeAsync(0)
    await warm.ask((api) => api.model.kernels({} as never))
    expect(launched).toHaveLength(2)
  })

  it('ends when nobody has looked for a while, and not while somebody waits', async () => {
    let answer: (value: unknown) => void = () => undefined
    const { launch, launched } = launcher(() => asking(() => new Promise((resolve) => (answer = resolve))))
    const warm = new WarmCompute(launch, 1000)
    const waiting = warm.ask((api) => api.model.kernels({} as never))
    await vi.advanceTimersByTimeAsync(5000)
    expect(launched[0]?.stopped()).toBe(false)
    answer('kernels')
    await waiting
    await vi.advanceTimersByTimeAsync(999)
    expect(launched[0]?.stopped()).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(launched[0]?.stopped()).toBe(true)
  })
})

describe('features', () => {
  const unit = { index: 2, row: 1, column: 3, activation: 0.8 }
  const record = { layer: 'bottleneck', channel: 1, mean: 0.1, density: 0.2, maximum: 0.8, top: [unit] }
  const none = { positive: [], negative: [] }
  const details = {
    histogram: { counts: Array.from({ length: 64 }, () => 1), silent: 9 },
    bands: [{ low: 0.1, high: 0.8, samples: 4, picks: [unit] }],
    related: { positive: [{ layer: 'output', channel: 0, correlation: 0.5 }], negative: [] },
    relatedWithin: none,
  }

  it('have an address, and their exciting patch in crop pixels', () => {
    const model = new ModelGeometry(plan)
    const field = model.bottleneck.receptiveField
    expect(model.reduction).toBe(4)
    expect(featureSummary(model, record, null)).toMatchObject({
      address: 'abcdefgh/bottleneck/1',
      bottleneck: true,
      top: [
        {
          index: 2,
          x: (3 * field.stride + field.offset) * 4,
          y: (1 * field.stride + field.offset) * 4,
          size: field.size * 4,
          activation: 0.8,
        },
      ],
    })
    expect(field.stride).toBe(4)
  })

  it('are found again on the page, with their range, their relatives and their rank', () => {
    const layerRecords = [
      { channel: 0, mean: 0.1, density: 0.1, maximum: 0.9 },
      { channel: 1, mean: 0.1, density: 0.2, maximum: 0.8 },
    ]
    const parts = { record, details, layerRecords, ablation: null, measured: 4, samples }
    const page = channelPage(new ModelGeometry(plan), parts)
    expect(page.top[0]).toMatchObject({
      page: 12,
      file: '2.png',
      pageX: 200 + (page.top[0]?.x ?? NaN),
      pageY: 7 + (page.top[0]?.y ?? NaN),
    })
    expect(page.bands[0]?.picks).toEqual(page.top)
    expect(page.histogram.edges).toHaveLength(65)
    expect(page).toMatchObject({
      dead: false,
      lossWhenAbsent: null,
      histogram: { silent: 9 },
      correlations: details.related,
      ranks: { density: 100, mean: 50, maximum: 0, lossWhenAbsent: null },
    })
  })

  it('rank between 0 and 100, with equals in the middle', () => {
    expect([1, 2, 2, 3].map((value) => percentileRank(value, [1, 2, 2, 3]))).toEqual([0, 50, 50, 100])
    expect(percentileRank(1, [1])).toBe(50)
  })

  it('are kept, and a later pass takes the place of an earlier one; passes of other versions are forgotten', async () => {
    const project = testProject()
    await project.createAndOpen()
    const { database } = project.projects.access.required()
    database.pragma('foreign_keys = OFF')
    const channels: readonly ChannelStatistics[] = [
      { ...record, ...details, top: [unit, { ...unit, index: 0, activation: 0.3 }] },
      { ...record, ...details, layer: 'encoder-1-1', channel: 0, top: [] },
    ]
    const records = channels.map(({ layer, channel, mean, density, maximum, top }) => {
      return { layer, channel, mean, density, maximum, top }
    })
    const report = { run: plan.run, layers: 5, channels: 2, samples: 3, resumed: 1, seconds: 1 }
    const weightsSha256 = 'b'.repeat(64)
    const store = (found: readonly ChannelStatistics[]): void => {
      storeFeatures(database, report, { channels: found, weightsSha256, finishedAt: '2026' })
    }
    store(channels)
    expect(readFeatures(database, plan.run, {})).toEqual(records)
    expect(readFeatures(database, plan.run, { layer: 'encoder-1-1' })).toEqual([records[1]])
    expect(readFeatures(database, plan.run, { layer: 'bottleneck', channel: 0 })).toEqual([])
    expect(readDetails(database, { run: plan.run, layer: 'bottleneck', channel: 1 })).toEqual(details)
    expect(findPass(database, plan.run)).toEqual({ ...report, weightsSha256 })
    database.prepare('DELETE FROM features').run()
    database.prepare('DELETE FROM feature_tops').run()
    store(channels.slice(1))
    expect(readFeatures(database, plan.run, {})).toEqual(records.slice(1))
    expect(findPass(database, 'other')).toBeNull()
    database.prepare('UPDATE feature_passes SET version = version - 1').run()
    expect(findPass(database, plan.run)).toBeNull()
    forgetOutdated(database)
    expect(database.prepare('SELECT count(*) AS passes FROM feature_passes').get()).toEqual({ passes: 0 })
  })
})

describe('feature passes', () => {
  /** Passes over runs with the given folders, whose compute process answers at once. */
  async function started(runs: readonly { readonly run: string; readonly folder: string }[]) {
    const project = testProject()
    const { jobs } = createJobs({
      projects: project.projects.access,
      clock: project.clock,
      emit: project.emit,
      randomBytes: countingBytes(),
      onBug: () => undefined,
    })
    const asked: { readonly run: string; readonly indices: readonly number[] }[] = []
    const answer = { channels: [], seconds: 1, resumed: 0, weightsSha256: 'b'.repeat(64) }
    const { launch, launched } = launcher(() => ({
      model: {
        featurePass: ({ plan: { run }, indices }: { plan: RunPlan; indices: readonly number[] }) => {
          asked.push({ run, indices })
          return Promise.resolve(answer)
        },
      },
    }))
    const summary = { status: 'finished', hasWeights: true }
    const passes = new FeaturePasses({
      projects: project.projects.access,
      jobs,
      clock: project.clock,
      emit: project.emit,
      launchCompute: launch,
      log: () => undefined,
      goOn: true,
      runs: {
        list: () => runs.map(({ run }) => ({ ...summary, run }) as RunSummary),
        summary: () => summary as RunSummary,
        plan: (run) => ({ ...plan, run }),
        folder: (run) => runs.find((one) => one.run === run)?.folder ?? run,
        requireWeights: () => undefined,
      },
      samples: { samplesOf: () => samples, sampleFile: () => 'samples' },
    })
    project.projects.access.onOpened(({ database }) => {
      database.pragma('foreign_keys = OFF')
    })
    await project.createAndOpen()
    const ended = (expected: readonly string[]) =>
      vi.waitFor(() => {
        const told = project.told.filter(({ name }) => name === 'job/ended')
        expect(told.map(({ value }) => value)).toMatchObject(
          expected.map((subject) => ({ subject, status: 'finished' })),
        )
      })
    return { passes, asked, launched, ended }
  }

  it('that nobody asked for wait for one another, and go over the whole set', async () => {
    const { passes, asked, launched, ended } = await started([])
    passes.enqueue('aaaaaaaa')
    passes.enqueue('bbbbbbbb')
    await ended(['aaaaaaaa', 'bbbbbbbb'])
    expect(asked.map(({ indices }) => indices)).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ])
    expect(launched.every((process) => process.stopped())).toBe(true)
  })

  it('that were ended before they were complete go on when the project is opened', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'scorescope-parts-'))
    const identity = {
      version: FEATURE_VERSION,
      weightsSha256: 'b'.repeat(64),
      sampleSet: plan.sampleSet.hash,
      channels: 1,
      codeNumbers: 0,
    }
    writeFeaturePart(folder, { identity, from: 0, blocks: { means: Float32Array.of(1) } })
    const { asked, ended } = await started([
      { run: 'cccccccc', folder: join(folder, 'never begun') },
      { run: 'dddddddd', folder },
    ])
    await ended(['dddddddd'])
    expect(asked.map(({ run }) => run)).toEqual(['dddddddd'])
    rmSync(folder, { recursive: true })
  })
})

describe('tables of a pass', () => {
  const model = new ModelGeometry(plan)
  const pass = { run: plan.run, layers: 6, channels: 11, samples: 4, resumed: 0, seconds: 1 }
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'scorescope-tables-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  const access = (weightsSha256: string) =>
    new KeptTables({
      geometry: () => model,
      required: () => ({ ...pass, weightsSha256 }),
      folder: () => folder,
    })
  const channels = model.description.layers.reduce((sum, layer) => sum + layer.channels, 0)
  const codeNumbers = 4 * model.bottleneck.channels
  const table = (start: number) => Float32Array.from({ length: 4 * channels }, (_, at) => start + at)
  const store = (weightsSha256: string): void => {
    const identity = {
      version: FEATURE_VERSION,
      weightsSha256,
      sampleSet: plan.sampleSet.hash,
      channels,
      codeNumbers,
    }
    const codes = Float32Array.from({ length: 4 * codeNumbers }, (_, at) => at)
    writeFeatureTables(folder, identity, {
      means: table(0),
      maxima: table(1000),
      positions: table(0),
      densities: table(0),
      codes,
    })
  }

  it('are rows of samples and columns of channels, layer beside layer', () => {
    store('w')
    const { layers, ...tables } = access('w').tables(plan.run)
    expect(layers.map(({ name, from }) => [name, from]).slice(0, 3)).toEqual([
      ['encoder-1-1', 0],
      ['encoder-2-1', 2],
      ['bottleneck', 4],
    ])
    expect(tables).toMatchObject({ channels, codeNumbers, grid: 2 })
    expect([...tables.samples]).toEqual([0, 1, 2, 3])
    expect(tables.means).toEqual(table(0))
    expect(tables.maxima).toEqual(table(1000))
    expect(tables.codes).toHaveLength(4 * codeNumbers)
  })

  it('of other weights, damaged or deleted, are missing, in a sentence', () => {
    const missing = { code: 'exploration/features-missing' }
    const reading = (weights: string) => () => access(weights).tables(plan.run)
    expect(reading('w')).toThrow(expect.objectContaining(missing) as Error)
    store('w')
    expect(reading('other')).toThrow(expect.objectContaining(missing) as Error)
    const file = join(folder, 'features', 'tables.f32')
    const bytes = readFileSync(file)
    bytes[bytes.length - 1] = 1 + (bytes.at(-1) ?? 0)
    writeFileSync(file, bytes)
    expect(reading('w')).toThrow(expect.objectContaining(missing) as Error)
  })

  it('stay in memory', () => {
    store('w')
    const kept = access('w')
    const first = kept.tables(plan.run)
    expect(kept.tables(plan.run)).toBe(first)
    kept.forget()
    expect(kept.tables(plan.run)).toEqual(first)
  })
})
