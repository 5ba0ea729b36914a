import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { optimismOf } from '@shared/domain/evaluation'
import { AppError } from '@shared/errors'
import { Application } from '../../src/renderer/src/state/application.svelte'
import { LeakMeter, type SplitQuestion } from '../../src/renderer/src/state/leak-meter.svelte'
import { TrainingForm } from '../../src/renderer/src/state/training-form.svelte'
import { TrainingState } from '../../src/renderer/src/state/training.svelte'
import { describeLeaks } from '../../src/renderer/src/views/splits/leak-words'
import { fakeSampleSet } from './support/fake-corpus'
import { FakeEngine } from './support/fake-engine'
import { fakePlan, fakeRun } from './support/fake-model'
import { MemoryStorage } from './support/memory-storage'
import { renderApplication } from './support/rendering'

let ends: (() => unknown)[] = []
beforeEach(() => {
  ends = []
})
afterEach(async () => {
  for (const end of ends) await end()
})

const QUESTION: SplitQuestion = { sampleSet: 1, seed: 1, validation: 0.2, stratify: 'none' }
const NONE = { validation: 120, sharePage: 0, sharePiece: 0, sharePixels: 0, sharedArea: 0 }

describe('the leak meter', () => {
  test('measures all ways to hold out', async () => {
    const engine = new FakeEngine()
    const leaks = new LeakMeter(engine.api)
    leaks.measure({ ...QUESTION, stratify: 'style' })
    await expect.poll(() => leaks.current).toBe(true)
    expect(engine.requests('sampling', 'leaks')).toEqual(
      ['piece', 'page', 'crop'].map((by) => ({
        sampleSet: 1,
        seed: 1,
        validation: 0.2,
        by,
        stratify: 'style',
      })),
    )
    expect(leaks.reports.crop.value?.sharePixels).toBeGreaterThan(0)
    expect(leaks.reports.piece.value?.sharePiece).toBe(0)
  })

  test('asks only the newest of the questions that come while it measures', async () => {
    const engine = new FakeEngine()
    const release = engine.hold('sampling', 'leaks')
    const leaks = new LeakMeter(engine.api)
    for (const seed of [1, 12, 123, 1234]) leaks.measure({ ...QUESTION, seed })
    expect(leaks.current).toBe(false)
    release()
    await expect.poll(() => leaks.current).toBe(true)
    const seeds = engine.requests('sampling', 'leaks').map((request) => (request as SplitQuestion).seed)
    expect([...new Set(seeds)]).toEqual([1, 1234])
  })

  test('asks nothing again that it has just measured', async () => {
    const engine = new FakeEngine()
    const leaks = new LeakMeter(engine.api)
    leaks.measure(QUESTION)
    await expect.poll(() => leaks.current).toBe(true)
    leaks.measure({ ...QUESTION })
    leaks.measure(null)
    expect(engine.requests('sampling', 'leaks')).toHaveLength(3)
  })

  test('says of one way why it cannot hold out, and measures the others', async () => {
    const engine = new FakeEngine()
    const leaks = new LeakMeter(engine.api)
    engine.failNext('sampling', 'leaks', AppError.of('training/too-few-groups', { by: 'piece', groups: 1 }))
    leaks.measure(QUESTION)
    await expect.poll(() => leaks.current).toBe(true)
    expect(leaks.reports.piece.failure?.message).toContain('none can be held out')
    expect(leaks.reports.page.value?.by).toBe('page')
  })
})

describe('leaks in words', () => {
  test('are told from piece to pixels', () => {
    expect(describeLeaks(NONE)).toBe('No crop that is tested on comes from a piece that is trained on.')
    expect(describeLeaks({ ...NONE, sharePage: 1 })).toContain('1 crop of 120 lies on pages whose very files')
    expect(describeLeaks({ ...NONE, sharePiece: 118 })).toBe(
      'Of 120 test crops, 118 come from a piece that is trained on, none from the same page. None overlaps with a training crop.',
    )
    expect(
      describeLeaks({ ...NONE, sharePiece: 120, sharePage: 110, sharePixels: 35, sharedArea: 0.121 }),
    ).toBe(
      'Of 120 test crops, 120 come from a piece that is trained on, 110 from the same page. 35 overlap with training crops: 12 % of the test crops’ area is trained on.',
    )
  })
})

describe('a duplicated plan', () => {
  test('makes the same request, and lists what is changed', () => {
    const form = new TrainingForm()
    const run = fakeRun({ seed: 7, split: { by: 'page', train: 480, validation: 120, stratify: 'style' } })
    const plan = fakePlan(run, 600)
    form.duplicate({ ...plan, split: { ...plan.split, stratify: 'style' } }, fakeSampleSet(1, 600))
    expect(form.request).toMatchObject({
      sampleSet: 1,
      spec: '2x8@3,2x16@3',
      inputSize: 32,
      seed: 7,
      split: 'page',
      stratify: 'style',
      validation: 0.2,
      epochs: 20,
      learningRate: 2e-3,
    })
    expect(form.request).not.toHaveProperty('limit')
    expect(form.likeness).toEqual({ name: 'Quick look', changes: [] })
    form.change({ seed: 8, threads: 2 })
    expect(form.likeness?.changes).toEqual([
      { name: 'seed', before: '7', now: '8' },
      { name: 'threads', before: 'automatic', now: '2' },
    ])
  })

  test('of a run whose samples are gone says so', async () => {
    const engine = new FakeEngine()
    const application = new Application(engine.connection, new MemoryStorage())
    const training = new TrainingState(application)
    ends.push(training.attach())
    await expect.poll(() => training.watched?.plan.status).toBe('ready')
    training.sets.set([])
    training.duplicate()
    expect(application.toasts.items.at(-1)?.message).toContain('sample set')
    expect(training.part).not.toBe('new')
  })
})

describe('the training screen', () => {
  async function shown(engine: FakeEngine) {
    const rendered = renderApplication(engine)
    ends.push(rendered.remove)
    await expect.poll(() => rendered.application.project.status).toBe('open')
    rendered.application.navigation.go('training')
    await expect
      .poll(() => rendered.target.querySelector('h1')?.textContent, { timeout: 20_000 })
      .toBe('Training')
    const button = (name: string) =>
      [...rendered.target.querySelectorAll('button')].find((one) => one.textContent.trim() === name)
    return { ...rendered, button }
  }

  test('shows beside the split what it leaks, and follows the choice', async () => {
    const engine = new FakeEngine()
    engine.runs = []
    const { target } = await shown(engine)
    await expect.poll(() => target.textContent).toContain('No crop that is tested on comes from a piece')
    target.querySelector<HTMLInputElement>('input[type=radio][value=crop]')?.click()
    flushSync()
    expect(target.querySelector('tr[aria-current=true]')?.textContent).toContain('8.7 %')
    expect(target.textContent).toContain('Optimistic: held-out crops are from pages')
  })

  test('calls scores of leaking splits optimistic, in the table and in the run', async () => {
    const engine = new FakeEngine()
    const optimistic = optimismOf({ by: 'crop', train: 480 })
    engine.runs = [fakeRun({ split: { by: 'crop', train: 480, validation: 120 }, optimistic })]
    const { target } = await shown(engine)
    await expect
      .poll(() => target.querySelector('section[aria-label^=Run]')?.textContent)
      .toContain('optimistic')
    expect(target.querySelector('tbody')?.textContent).toContain('optimistic')
    expect(target.querySelector('[aria-label="What is: Optimistic scores?"]')).not.toBeNull()
  })

  test('fills the form with a plan to be duplicated', async () => {
    const { target, button } = await shown(new FakeEngine())
    await expect.poll(() => button('Duplicate this plan')?.disabled).toBe(false)
    button('Duplicate this plan')?.click()
    await expect.poll(() => target.textContent).toContain('The same plan as “Quick look”')
  })
})
