import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { userEvent } from 'vitest/browser'
import { bottleneckLadder } from '../../src/renderer/src/charts/bottleneck-ladder'
import { PAPER } from '../../src/renderer/src/charts/palette'
import { Application } from '../../src/renderer/src/state/application.svelte'
import { TrainingForm } from '../../src/renderer/src/state/training-form.svelte'
import { TrainingState } from '../../src/renderer/src/state/training.svelte'
import {
  describeComponents,
  describeMember,
  describeSplitGap,
  describeSpread,
  ladderPoints,
  seriesDots,
} from '../../src/renderer/src/views/training/series-words'
import { fakeSampleSet } from './support/fake-corpus'
import { FakeEngine } from './support/fake-engine'
import { fakeRun } from './support/fake-model'
import { fakeSeries, fakeSeriesRuns } from './support/fake-series'
import { MemoryStorage } from './support/memory-storage'
import { renderApplication } from './support/rendering'

let ends: (() => unknown)[] = []
beforeEach(() => {
  ends = []
})
afterEach(async () => {
  for (const end of ends) await end()
})

describe('the form for a series', () => {
  function form(): TrainingForm {
    const made = new TrainingForm()
    made.chooseSampleSet(fakeSampleSet(1, 600))
    return made
  }

  test('asks for nothing while one run is wanted', () => {
    expect(form().seriesRequest).toBeNull()
    expect(form().ready).toBe(true)
  })

  test('counts seeds on from the chosen one, or takes those that are typed', () => {
    const made = form()
    made.change({ seed: 7, name: 'mine' })
    made.series.choose('seeds')
    made.series.countSeeds(3)
    expect(made.seriesRequest).toMatchObject({ kind: 'seeds', seeds: [7, 8, 9], name: 'mine' })
    made.series.typeSeeds('1, 5 9')
    expect(made.series.seeds).toEqual([1, 5, 9])
    expect(made.series.runs).toBe(3)
  })

  test('refuses seeds that are the same, and a single one', () => {
    const made = form()
    made.series.choose('seeds')
    for (const text of ['1, 1', '4', '1, x', '']) {
      made.series.typeSeeds(text)
      expect(made.series.problem).toContain('different whole numbers')
      expect(made.ready).toBe(false)
    }
  })

  test('offers only widths that the last block can have', () => {
    const made = form()
    made.series.choose('ladder')
    expect(made.series.widths).toEqual([16, 8, 4, 1])
    made.series.wantWidth(8, false)
    expect(made.seriesRequest).toMatchObject({ kind: 'ladder', codeChannels: [16, 4, 1] })
    made.usePreset('study')
    expect(made.series.widths).toEqual([64, 32, 16, 8, 4, 1])
    made.change({ spec: '1x8@3,1x2@3' })
    expect(made.series.problem).toContain('too narrow for a ladder')
  })

  test('needs two splits to compare', () => {
    const made = form()
    made.series.choose('splits')
    expect(made.seriesRequest).toMatchObject({ kind: 'splits', splits: ['piece', 'crop'] })
    made.series.wantSplit('crop', false)
    expect(made.series.problem).toContain('at least two ways')
    made.series.wantSplit('page', true)
    expect(made.seriesRequest).toMatchObject({ splits: ['piece', 'page'] })
  })

  test('waits for what is wrong with the plan itself', () => {
    const made = form()
    made.series.choose('splits')
    made.change({ spec: 'nonsense' })
    expect(made.seriesRequest).toBeNull()
    expect(made.ready).toBe(false)
  })
})

describe('a series in words', () => {
  const gap = { of: 'crop', against: 'piece', mse: 0.0014, share: 0.18, headAccuracy: null } as const

  test('calls a lower error under a leaking split leak, not skill', () => {
    const points = fakeSeries('splits').points.map((point) => ({
      ...point,
      mse: { ...point.mse, low: point.mse.value * 0.99, high: point.mse.value * 1.01 },
    }))
    expect(describeSplitGap(gap, points)).toBe(
      'Held out by crop the error looks 18 % lower than by piece: that is leak, not skill.',
    )
  })

  test('does not call it so where intervals overlap, or where nothing is gained', () => {
    expect(describeSplitGap(gap, fakeSeries('splits').points)).toContain('leak or chance')
    expect(describeSplitGap({ ...gap, share: -0.02 }, [])).toContain('no leak can be seen')
  })

  test('gives the mean of seeds with its interval, and one seed without', () => {
    const spread = fakeSeries('seeds').spread?.mse
    if (spread == null) throw new Error('There is no spread.')
    expect(describeSpread(spread, 5)).toContain('Mean of 5 seeds 0.00752, 95 % interval 0.00691 to 0.00813')
    const alone = { ...spread, low: null, high: null, standardDeviation: null }
    expect(describeSpread(alone, 1)).toContain('Mean of 1 seed 0.00752; the best')
  })

  test('names its runs by what they differ in', () => {
    const run = fakeRun({ seed: 3, spec: '2x8@3,2x16@3>4' })
    expect(describeMember('seeds', run)).toBe('seed 3')
    expect(describeMember('ladder', run)).toBe('4 channels')
    expect(describeMember('splits', run)).toBe('by piece')
  })

  test('becomes dots under their mean', () => {
    const dots = seriesDots(fakeSeries('seeds'))
    expect(dots.map((dot) => dot.name)).toEqual([
      'mean of 5',
      'seed 1',
      'seed 2',
      'seed 3',
      'seed 4',
      'seed 5',
    ])
    expect(dots[0]).toMatchObject({ main: true })
    expect(dots[3]?.key).toBe('seeds-3')
  })

  test('puts block means where their own number of means belongs', () => {
    const points = ladderPoints(fakeSeries('ladder').points)
    const blocks = points.filter((point) => point.painter === 'block means')
    expect(blocks.map((point) => point.codeNumbers)).toEqual([256, 64, 16])
    expect(points.filter((point) => point.painter === 'this model')).toHaveLength(4)
  })

  test('draws PCA once where few crops allow few components, and says so', () => {
    const { points } = fakeSeries('ladder')
    const components = ladderPoints(points).filter((point) => point.painter === 'PCA')
    expect(components.map((point) => point.codeNumbers)).toEqual([479, 256, 64])
    expect(describeComponents(points)).toContain('PCA stops at 479 components')
    expect(describeComponents(points.slice(2))).toBe('')
  })

  test('is drawn as a function of its points', () => {
    const points = ladderPoints(fakeSeries('ladder').points)
    expect(bottleneckLadder(points, { width: 600, height: 300 }, PAPER)).toMatchSnapshot()
  })
})

describe('the series on screen', () => {
  function engineWith(done = 2): FakeEngine {
    const engine = new FakeEngine()
    engine.series = [fakeSeries('splits'), fakeSeries('seeds', done)]
    engine.runs = [...fakeSeriesRuns('splits'), ...fakeSeriesRuns('seeds', done)]
    return engine
  }

  async function shown(engine: FakeEngine) {
    const rendered = renderApplication(engine)
    ends.push(rendered.remove)
    const { target, application } = rendered
    await expect.poll(() => application.project.status).toBe('open')
    application.navigation.go('training')
    await expect
      .poll(() => target.querySelector('input[aria-label=Series]'), { timeout: 20_000 })
      .not.toBeNull()
    target.querySelector<HTMLElement>('input[aria-label=Series]')?.click()
    await expect.poll(() => target.querySelector('[aria-label=Series] button')).not.toBeNull()
    const button = (name: string) =>
      [...target.ownerDocument.querySelectorAll('button')].find((one) => one.textContent.includes(name))
    return { ...rendered, button }
  }

  test('tell the gap of splits, and open a run', async () => {
    const { target, button, application } = await shown(engineWith())
    button('Piece and crop')?.click()
    await expect.poll(() => target.textContent).toContain('Held out by crop the error looks 18 % lower')
    button('by crop')?.click()
    await expect.poll(() => application.navigation.on('training').run).toBe('splits-2')
    await expect.poll(() => target.querySelector('h2')?.textContent).toContain('by crop')
  })

  test('show what is done, under way and to come, and stop when that is confirmed', async () => {
    const engine = engineWith()
    engine.startJob('series', 'Training seed 3 of 5', 's-seeds')
    const { target, button } = await shown(engine)
    button('Five seeds')?.click()
    await expect.poll(() => target.textContent).toContain('2 of 5 runs scored')
    expect(target.textContent).toContain('2 of 5 not begun yet')
    expect(target.textContent).toContain('epoch 8 of 20')
    await expect.poll(() => button('Stop …')).toBeDefined()
    button('Stop …')?.click()
    await expect.poll(() => button('Stop the series')).toBeDefined()
    expect(engine.requests('jobs', 'cancel')).toHaveLength(0)
    button('Stop the series')?.click()
    await expect.poll(() => engine.requests('jobs', 'cancel')).toHaveLength(1)
  })

  test('open the run whose dot is clicked', async () => {
    const { target, button, application } = await shown(engineWith())
    button('Piece and crop')?.click()
    const dots = (): NodeListOf<Element> => target.querySelectorAll('svg [aria-roledescription=point]')
    await expect.poll(() => dots().length).toBe(2)
    const crop = dots()[1]
    if (crop === undefined) throw new Error('There is no dot for the split by crop.')
    await userEvent.click(crop)
    await expect.poll(() => application.navigation.on('training').run).toBe('splits-2')
  })

  test('can be resumed when they were interrupted', async () => {
    const engine = engineWith()
    const problem = 'Scorescope stopped while this series was training; resume it.'
    engine.series = [{ ...fakeSeries('seeds', 2), status: 'interrupted', problem }]
    const { target, button } = await shown(engine)
    await expect.poll(() => target.textContent).toContain(problem)
    button('Resume the series')?.click()
    await expect.poll(() => engine.requests('series', 'resume')).toEqual([{ series: 's-seeds' }])
  })

  test('are shown again at the next start, the chosen one first', async () => {
    const storage = new MemoryStorage()
    const begin = () => {
      const application = new Application(engineWith().connection, storage)
      const training = new TrainingState(application)
      ends.push(training.attach())
      training.follow(application.navigation.on('training'))
      return training
    }
    const before = begin()
    await expect.poll(() => before.series.list.value?.length).toBe(2)
    const second = before.series.list.value?.[1]?.series ?? ''
    before.showSeries(second)
    const after = begin()
    await expect.poll(() => after.part).toBe('series')
    expect(after.series.selected?.series).toBe(second)
    await expect.poll(() => after.series.report.value?.series).toBe(second)
    after.choose('splits-2')
    expect(begin().part).not.toBe('series')
  })

  test('make room for the form and for a run that is pointed at from elsewhere', async () => {
    const { target, button, application } = await shown(engineWith())
    button('Piece and crop')?.click()
    await expect.poll(() => target.textContent).toContain('Held out by crop the error looks 18 % lower')
    button('by crop')?.click()
    await expect.poll(() => application.navigation.on('training').run).toBe('splits-2')
    flushSync()
    target.querySelector<HTMLElement>('input[aria-label=Series]')?.click()
    await expect.poll(() => target.querySelector('nav[aria-label=Series]')).not.toBeNull()
    target.querySelector<HTMLElement>('input[aria-label="New training"]')?.click()
    await expect.poll(() => button('Start training')).toBeDefined()
    target.querySelector<HTMLElement>('input[aria-label=Series]')?.click()
    await expect.poll(() => target.querySelector('nav[aria-label=Series]')).not.toBeNull()
    application.navigation.go('training', { run: 'splits-1' })
    await expect.poll(() => target.querySelector('h2')?.textContent).toContain('by piece')
  })

  test('lead to their runs in the table', async () => {
    const { target, button } = await shown(engineWith())
    button('Five seeds')?.click()
    await expect.poll(() => target.textContent).toContain('2 of 5 runs scored')
    button('Its runs in the table')?.click()
    await expect.poll(() => target.querySelectorAll('[data-run]').length).toBe(3)
    flushSync()
    expect(target.querySelector<HTMLSelectElement>('search select')?.selectedOptions[0]?.textContent).toBe(
      'Five seeds',
    )
  })
})

test('a series that was started is shown', async () => {
  const engine = new FakeEngine()
  const application = new Application(engine.connection, new MemoryStorage())
  const training = new TrainingState(application)
  ends.push(training.attach())
  await expect.poll(() => training.form.sampleSet).not.toBeNull()
  training.form.series.choose('seeds')
  training.form.series.countSeeds(2)
  training.start()
  await expect.poll(() => training.part).toBe('series')
  expect(engine.requests('training', 'start')).toHaveLength(0)
  expect(engine.requests('series', 'start')).toMatchObject([{ kind: 'seeds', seeds: [1, 2] }])
  expect(training.series.job?.subject).toBe(training.series.selected?.series)
})
