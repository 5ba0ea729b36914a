import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { optimismOf } from '@shared/domain/evaluation'
import { AppError } from '@shared/errors'
import { intervalDots } from '../../src/renderer/src/charts/interval-dots'
import { PAPER } from '../../src/renderer/src/charts/palette'
import { Application } from '../../src/renderer/src/state/application.svelte'
import { EvaluationState } from '../../src/renderer/src/state/evaluation.svelte'
import {
  describeGap,
  describeIntervals,
  describeScores,
  formatDifference,
  formatInterval,
} from '../../src/renderer/src/views/training/score-words'
import { FAKE_CLASSIFICATION, fakeEvaluation } from './support/fake-evaluation'
import { FakeEngine } from './support/fake-engine'
import { fakeRun } from './support/fake-model'
import { MemoryStorage } from './support/memory-storage'
import { renderApplication } from './support/rendering'

let ends: (() => unknown)[] = []
beforeEach(() => {
  ends = []
})
afterEach(async () => {
  for (const end of ends) await end()
})

const EVALUATION = fakeEvaluation(fakeRun())

describe('the picture of scores', () => {
  const rows = EVALUATION.predictors.slice(0, 3).map(({ name, mse, predictor }) => ({
    name,
    estimate: mse,
    main: predictor === 'model',
  }))
  const size = { width: 400, height: 200 }
  const look = { title: 'mean squared error', logarithmic: true, palette: PAPER }

  test('is a function of rows, size and look', () => {
    expect(intervalDots(rows, size, look)).toMatchSnapshot()
  })

  test('draws a number without an interval as a dot alone', () => {
    const bare = [{ name: 'one', estimate: { value: 0.2, low: null, high: null }, main: true }]
    expect(intervalDots(bare, size, look)).toMatchObject({
      datasets: { dots: [{ name: 'one', value: 0.2, low: 0.2, high: 0.2, kind: 'model' }] },
    })
  })

  test('has an even axis where a bound is not above zero', () => {
    const zero = [{ name: 'one', estimate: { value: 0.2, low: 0, high: 0.3 }, main: true }]
    expect(JSON.stringify(intervalDots(zero, size, look))).not.toContain('"log"')
  })
})

describe('scores in words', () => {
  test('say how sure a difference is', () => {
    const [model, untrained] = EVALUATION.predictors
    if (model === undefined || untrained === undefined) throw new Error('There are no scores.')
    const gap = (low: number | null, high: number | null) =>
      describeGap({ ...untrained, mseOverModel: { value: 0.01, low, high } })
    expect(describeGap(model)).toBe('')
    expect(gap(0.002, 0.02)).toBe('worse than the model')
    expect(gap(-0.03, -0.001)).toBe('better than the model')
    expect(gap(-0.01, 0.02)).toBe('cannot be told apart')
    expect(gap(null, null)).toBe('worse')
    expect([0.0109, -0.00371, 0].map(formatDifference)).toEqual(['+0.0109', '−0.00371', '0'])
  })

  test('name the method of the intervals, or why there are none', () => {
    expect(describeIntervals(EVALUATION.interval)).toContain('the 9 held-out pieces drawn again 2,000 times')
    expect(describeIntervals({ ...EVALUATION.interval, units: 1 })).toContain('at least two held-out pieces')
    expect(formatInterval({ value: 0.5, low: null, high: null })).toBe('')
    expect(formatInterval({ value: 0.5, low: 0.41234, high: 0.6 })).toBe('0.412 to 0.6')
    expect(describeScores(EVALUATION, 'mse')).toContain('this model 0.0072 (0.00634 to 0.00806)')
  })
})

describe('the state of scores', () => {
  function looking(change: (engine: FakeEngine) => void = () => undefined) {
    const engine = new FakeEngine()
    change(engine)
    const application = new Application(engine.connection, new MemoryStorage())
    const scores = new EvaluationState(application)
    ends.push(scores.attach())
    scores.look(fakeRun())
    return { engine, application, scores }
  }

  test('knows that nothing was scored, scores when asked, and reads the scores at the end', async () => {
    const { engine, scores } = looking()
    await expect.poll(() => scores.evaluation.status).toBe('ready')
    expect(scores.evaluation.value).toBeNull()
    scores.evaluate()
    scores.evaluate()
    await expect.poll(() => scores.job?.kind).toBe('evaluate')
    expect(engine.requests('training', 'evaluate')).toEqual([{ run: 'r1' }])
    engine.evaluations.set('r1', EVALUATION)
    engine.endJob(scores.job?.job ?? '')
    await expect.poll(() => scores.evaluation.value?.run).toBe('r1')
    expect(scores.job).toBeNull()
    expect(engine.requests('sampling', 'samples')).toHaveLength(0)
  })

  test('asks again for other weights of the same run, and not for the same ones', async () => {
    const { engine, scores } = looking()
    await expect.poll(() => scores.evaluation.status).toBe('ready')
    scores.look(fakeRun({ epochs: 21 }))
    expect(engine.requests('training', 'evaluation')).toHaveLength(1)
    scores.look(fakeRun({ weightsSha256: 'dd'.repeat(32) }))
    await expect.poll(() => scores.evaluation.status).toBe('ready')
    expect(engine.requests('training', 'evaluation')).toHaveLength(2)
  })

  test('keeps the sentence of scoring that was refused or failed', async () => {
    const { engine, scores } = looking()
    engine.failNext('training', 'evaluate', AppError.of('training/run-unknown', { run: 'r1' }))
    scores.evaluate()
    await expect.poll(() => scores.problem).toContain('r1')
    scores.evaluate()
    await expect.poll(() => scores.job).not.toBeNull()
    expect(scores.problem).toBeNull()
    const problem = { code: 'evaluation/nothing-held-out', message: 'Nothing was held out.' }
    engine.endJob(scores.job?.job ?? '', { status: 'failed', problem })
    expect(scores.problem).toBe('Nothing was held out.')
  })

  test('asks for the crops’ pages where the head was scored', async () => {
    const { scores } = looking((engine) =>
      engine.evaluations.set('r1', { ...EVALUATION, classification: FAKE_CLASSIFICATION }),
    )
    await expect.poll(() => scores.pageOf(1)?.piece).toBe('Invention in C')
    expect(scores.pageOf(1_000_000)).toBeNull()
  })
})

describe('the scores of a run on screen', () => {
  async function shown(engine: FakeEngine) {
    const rendered = renderApplication(engine)
    ends.push(rendered.remove)
    const { application, target } = rendered
    await expect.poll(() => application.project.status).toBe('open')
    application.navigation.go('training')
    await expect
      .poll(() => target.querySelector('input[type=radio][value=scores]'), { timeout: 20_000 })
      .not.toBeNull()
    target.querySelector<HTMLInputElement>('input[type=radio][value=scores]')?.click()
    flushSync()
    const button = (name: string) =>
      [...target.querySelectorAll('button')].find((one) => one.textContent.trim() === name)
    return { ...rendered, button }
  }

  test('say what scoring does before it was done, and how far it is', async () => {
    const engine = new FakeEngine()
    const { target, button } = await shown(engine)
    await expect.poll(() => button('Evaluate')).toBeDefined()
    expect(target.textContent).toContain('and by the untrained network')
    button('Evaluate')?.click()
    await expect.poll(() => target.querySelector('[aria-label="Scoring of Quick look"]')).not.toBeNull()
    engine.progressJob('j1', 40, 120, 20)
    await expect.poll(() => target.textContent).toContain('40 of 120')
  })

  test('stand beside their baselines, with what makes them optimistic', async () => {
    const engine = new FakeEngine()
    const optimistic = optimismOf({ by: 'page', train: 480 })
    engine.runs = [fakeRun({ split: { by: 'page', train: 480, validation: 120 }, optimistic })]
    engine.evaluations.set('r1', fakeEvaluation(engine.runs[0] ?? fakeRun()))
    const { target } = await shown(engine)
    await expect.poll(() => target.textContent).toContain('PCA, 479 components')
    expect(target.textContent).toContain('worse than the model')
    expect(target.textContent).toContain('Optimistic: held-out pages are of pieces')
    expect(target.querySelector('[role=img][aria-label^="mean squared error"]')).not.toBeNull()
    target.querySelector<HTMLInputElement>('input[type=radio][value=ssim]')?.click()
    flushSync()
    expect(target.querySelector('[role=img][aria-label^="structural similarity"]')).not.toBeNull()
  })

  test('of a head open the crops of a cell, a crop and a page', async () => {
    const engine = new FakeEngine()
    engine.evaluations.set('r1', { ...EVALUATION, classification: FAKE_CLASSIFICATION })
    const { target, application, button } = await shown(engine)
    const cell = (label: string) => target.querySelector<HTMLElement>(`button[aria-label^="${label}"]`)
    await expect.poll(() => cell('Classical taken for Baroque: 3 crops')).not.toBeNull()
    expect(target.textContent).toContain('3 of 4 pages named rightly by vote')
    cell('Baroque, rightly')?.focus()
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }))
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Classical taken for Baroque: 3 crops')
    cell('Classical taken for Baroque')?.click()
    flushSync()
    expect(cell('Classical taken for Baroque')?.getAttribute('aria-pressed')).toBe('true')
    await expect.poll(() => button('Joseph Haydn, Sonata in E flat, page 1')).toBeDefined()
    target.querySelector<HTMLElement>('button[title="Crop 55: see its reconstruction"]')?.click()
    expect(application.navigation.screen).toBe('reconstruction')
    expect(application.navigation.on('reconstruction')).toEqual({ run: 'r1', index: 55 })
    application.navigation.back()
    await expect.poll(() => button('Joseph Haydn, Sonata in E flat, page 1')).toBeDefined()
    button('Joseph Haydn, Sonata in E flat, page 1')?.click()
    expect(application.navigation.on('corpus')).toEqual({ page: 47, sampleSet: 1 })
  })
})
