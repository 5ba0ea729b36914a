import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ChannelStatistics } from '@shared/compute-api'
import type { RunPlan, RunSummary } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { FeaturePasses } from '../../src/main/core/exploration/feature-pass'
import { findReport, readFeatures, storeFeatures } from '../../src/main/core/exploration/feature-records'
import { ModelGeometry } from '../../src/main/core/exploration/features'
import { WarmCompute } from '../../src/main/core/exploration/warm-compute'
import { createJobs } from '../../src/main/core/jobs'
import type { LaunchCompute } from '../../src/main/core/ports'
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

  it('have an address, and their exciting patch in crop pixels', () => {
    const model = new ModelGeometry(plan)
    const field = model.bottleneck.receptiveField
    expect(model.reduction).toBe(4)
    expect(model.summary(record)).toMatchObject({
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

  it('are found again on the page', () => {
    const { top } = new ModelGeometry(plan).channelPage(record, samples)
    expect(top[0]).toMatchObject({
      page: 12,
      file: '2.png',
      pageX: 200 + (top[0]?.x ?? NaN),
      pageY: 7 + (top[0]?.y ?? NaN),
    })
  })

  it('are kept, and a later pass takes the place of an earlier one', async () => {
    const project = testProject()
    await project.createAndOpen()
    const { database } = project.projects.access.required()
    database.pragma('foreign_keys = OFF')
    const channels: readonly ChannelStatistics[] = [
      { ...record, top: [unit, { ...unit, index: 0, activation: 0.3 }] },
      { ...record, layer: 'encoder-1-1', channel: 0, top: [] },
    ]
    const report = { run: plan.run, layers: 5, channels: 2, samples: 3, seconds: 1 }
    const store = (found: readonly ChannelStatistics[]): void => {
      storeFeatures(database, report, { channels: found, finishedAt: '2026' })
    }
    store(channels)
    expect(readFeatures(database, plan.run, {})).toEqual(channels)
    expect(readFeatures(database, plan.run, { layer: 'encoder-1-1' })).toEqual([channels[1]])
    expect(readFeatures(database, plan.run, { layer: 'bottleneck', channel: 0 })).toEqual([])
    expect(findReport(database, plan.run)).toEqual(report)
    database.pragma('foreign_keys = OFF')
    database.prepare('DELETE FROM features').run()
    database.prepare('DELETE FROM feature_tops').run()
    store(channels.slice(1))
    expect(readFeatures(database, plan.run, {})).toEqual(channels.slice(1))
    expect(findReport(database, 'other')).toBeNull()
  })
})

describe('feature passes', () => {
  it('that nobody asked for wait for one another, and go over what the run used', async () => {
    const project = testProject()
    const { jobs } = createJobs({
      projects: project.projects.access,
      clock: project.clock,
      emit: project.emit,
      randomBytes: countingBytes(),
      onBug: () => undefined,
    })
    const asked: (readonly number[])[] = []
    const { launch, launched } = launcher(() => ({
      model: {
        featurePass: (request: { indices: readonly number[] }) => {
          asked.push(request.indices)
          return Promise.resolve({ channels: [], seconds: 1 })
        },
      },
    }))
    const passes = new FeaturePasses({
      projects: project.projects.access,
      jobs,
      clock: project.clock,
      emit: project.emit,
      launchCompute: launch,
      log: () => undefined,
      runs: {
        summary: () => ({ status: 'finished' }) as RunSummary,
        plan: (run) => ({ ...plan, run }),
        folder: (run) => run,
        requireWeights: () => undefined,
      },
      samples: { samplesOf: () => samples, sampleFile: () => 'samples' },
    })
    await project.createAndOpen()
    project.projects.access.required().database.pragma('foreign_keys = OFF')
    passes.enqueue('aaaaaaaa')
    passes.enqueue('bbbbbbbb')
    await vi.waitFor(() => {
      const ended = project.told.filter(({ name }) => name === 'job/ended')
      expect(ended.map(({ value }) => value)).toMatchObject([
        { subject: 'aaaaaaaa', status: 'finished' },
        { subject: 'bbbbbbbb', status: 'finished' },
      ])
    })
    expect(asked).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
    expect(launched.every((process) => process.stopped())).toBe(true)
  })
})
