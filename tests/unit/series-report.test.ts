/** What series consist of and what they show, without a run. */
import { describe, expect, it } from 'vitest'
import type { Estimate } from '@shared/domain/evaluation'
import type { SeriesPoint } from '@shared/domain/series'
import { REQUESTS, type RequestInput } from '@shared/requests'
import { membersOf } from '../../src/main/core/series/members'
import { SeriesProgress } from '../../src/main/core/series/progress'
import { gapsOf, spreadOf, spreads } from '../../src/main/core/series/report'
import { shareWithin, twoSidedQuantile } from '../../src/main/core/series/student-t'
import { stillClock } from '../support/projects'

type Request = RequestInput<'series', 'start'>

const members = (request: Request) => membersOf(REQUESTS.series.start.parse(request))
const estimate = (value: number): Estimate => ({ value, low: null, high: null })

describe('the runs of a series', () => {
  it('of seeds differ in the seed alone, and are split alike', () => {
    const found = members({ kind: 'seeds', seeds: [7, 8], choices: { seed: 3, spec: '1x4@3' } })
    expect(found.map(({ choices }) => [choices.seed, choices.splitSeed, choices.name])).toEqual([
      [7, 3, '1x4@3, seed 7'],
      [8, 3, '1x4@3, seed 8'],
    ])
    expect(found.map(({ label }) => label)).toEqual(['Seed 1 of 2', 'Seed 2 of 2'])
    const [first] = members({ kind: 'seeds', seeds: [7, 8], choices: { seed: 3, splitSeed: 5 } })
    expect(first?.choices.splitSeed).toBe(5)
  })

  it('of a ladder have ever narrower bottlenecks; the preset stays one where nothing is narrowed', () => {
    const widths = { kind: 'ladder', codeChannels: [64, 8, 1] } as const
    const found = members({
      ...widths,
      codeChannels: [...widths.codeChannels],
      choices: { seed: 3, preset: 'study' },
    })
    expect(found.map(({ choices }) => choices.spec)).toEqual([
      undefined,
      '3x16@5,3x32@3,3x64@3>8',
      '3x16@5,3x32@3,3x64@3>1',
    ])
    expect(found.map(({ choices }) => choices.name)).toEqual([
      'study, 64 channels',
      'study, 8 channels',
      'study, 1 channel',
    ])
    const [narrow, wide] = members({
      kind: 'ladder',
      codeChannels: [2, 8],
      choices: { seed: 1, spec: '1x8@3>4' },
    })
    expect([narrow?.choices.spec, wide?.choices.spec]).toEqual(['1x8@3>2', '1x8@3'])
  })

  it.each([
    [{ kind: 'ladder', codeChannels: [8, 9], choices: { seed: 1, spec: '1x8@3' } }, 'series/not-narrower'],
    [{ kind: 'ladder', codeChannels: [8, 4], choices: { seed: 1, spec: 'x' } }, 'model/spec-unreadable'],
    [{ kind: 'seeds', seeds: [1, 2, 1], choices: { seed: 1 } }, 'request/invalid'],
    [{ kind: 'splits', splits: ['crop', 'crop'], choices: { seed: 1 } }, 'request/invalid'],
  ] satisfies [Request, string][])('are refused where they cannot be: %j', (request, code) => {
    expect(() => members(request)).toThrow(expect.objectContaining({ code }) as Error)
  })
})

describe('Student’s t', () => {
  // scipy.stats.t.ppf(.975, degrees)
  it.each([
    [1, 12.706204736174694],
    [2, 4.302652729749462],
    [3, 3.1824463052837078],
    [4, 2.7764451051977934],
    [9, 2.262157162798205],
    [30, 2.0422724563012378],
    [99, 1.9842169515864174],
  ])('with %i degrees of freedom has 95 %% within %f', (degrees, quantile) => {
    expect(twoSidedQuantile(0.95, degrees)).toBeCloseTo(quantile, 9)
    expect(shareWithin(quantile, degrees)).toBeCloseTo(0.95, 12)
  })
})

const point = (run: string, mse: number, more: Partial<SeriesPoint> = {}): SeriesPoint => ({
  run,
  seed: 1,
  split: 'piece',
  optimistic: null,
  codeChannels: 8,
  codeNumbers: 128,
  mse: estimate(mse),
  ssim: null,
  inkMse: null,
  headAccuracy: null,
  baselines: {},
  seconds: 1,
  ...more,
})

describe('what a series shows', () => {
  it('over seeds is a mean with Student’s interval', () => {
    expect(spreadOf([])).toBeNull()
    expect(spreadOf([2])).toEqual({
      mean: 2,
      low: null,
      high: null,
      standardDeviation: null,
      minimum: 2,
      maximum: 2,
    })
    const spread = spreadOf([1, 2, 3, 4])
    // scipy.stats.t.interval(.95, 3, 2.5, scipy.stats.sem([1, 2, 3, 4]))
    expect(spread?.low).toBeCloseTo(0.4457397432394794, 10)
    expect(spread?.high).toBeCloseTo(4.554260256760521, 10)
    expect(spread).toMatchObject({ mean: 2.5, minimum: 1, maximum: 4 })
    expect(spread?.standardDeviation).toBeCloseTo(Math.sqrt(5 / 3), 12)
    const points = [
      point('a', 0.1, { headAccuracy: estimate(0.5) }),
      point('b', 0.3, { headAccuracy: estimate(1) }),
    ]
    expect(spreads('seeds', points)).toMatchObject({
      mse: { mean: 0.2 },
      ssim: null,
      headAccuracy: { mean: 0.75 },
    })
    expect(spreads('ladder', points)).toBeNull()
    expect(spreads('seeds', [])).toBeNull()
  })

  it('between splits is the gap of each to the strictest', () => {
    const points = [
      point('c', 0.06, { split: 'crop', headAccuracy: estimate(0.9) }),
      point('b', 0.08, { split: 'page', headAccuracy: estimate(0.7) }),
      point('a', 0.1, { headAccuracy: estimate(0.6) }),
    ]
    const [page, crop] = gapsOf('splits', points)
    expect(page).toMatchObject({ of: 'page', against: 'piece' })
    expect(crop?.mse).toBeCloseTo(0.04, 12)
    expect(crop?.share).toBeCloseTo(0.4, 12)
    expect(crop?.headAccuracy).toBeCloseTo(0.3, 12)
    expect(gapsOf('splits', points.slice(0, 2))).toMatchObject([{ of: 'crop', against: 'page' }])
    expect(gapsOf('splits', [point('a', 0.1), point('c', 0.1, { split: 'crop' })])).toMatchObject([
      { headAccuracy: null },
    ])
    expect([gapsOf('seeds', points), gapsOf('splits', [])]).toEqual([[], []])
  })
})

describe('the progress of a series', () => {
  it('is of the whole, with the time left over all runs', () => {
    const clock = stillClock()
    const told: { label: string; done: number; total: number; secondsLeft?: number | null }[] = []
    const job = {
      job: 'j',
      signal: new AbortController().signal,
      progress: (update: (typeof told)[number]) => told.push(update),
    }
    const progress = new SeriesProgress(job, clock, ['Seed 1 of 3', 'Seed 2 of 3', 'Seed 3 of 3'])
    progress.begin()
    const training = progress.stage(0, 'training')
    training.progress({ label: 'Measuring baselines', done: 0, total: 1 })
    clock.advance(10_000)
    training.progress({ label: 'Training', done: 10, total: 20, secondsLeft: 10 })
    clock.advance(10_000)
    const evaluating = progress.stage(0, 'evaluating')
    evaluating.progress({ label: 'Fitting PCA on 12 crops', done: 0, total: 1 })
    clock.advance(4000)
    progress.endEvaluation()
    progress.endMember()
    progress.begin()
    progress.stage(1, 'training').progress({ label: 'Training', done: 0, total: 20, secondsLeft: 18 })
    expect(told).toEqual([
      { label: 'Seed 1 of 3: measuring baselines', done: 0, total: 3000, secondsLeft: null },
      // 10 of this run, and two more of 20 each.
      { label: 'Seed 1 of 3: training', done: 475, total: 3000, secondsLeft: 50 },
      { label: 'Seed 1 of 3: fitting PCA on 12 crops', done: 950, total: 3000, secondsLeft: 40 },
      // 18, 4 to evaluate, and one more of 24.
      { label: 'Seed 2 of 3: training', done: 1000, total: 3000, secondsLeft: 46 },
    ])
  })
})
