import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { userEvent } from 'vitest/browser'
import { AppError } from '@shared/errors'
import { RunList } from '../../src/renderer/src/state/training-list.svelte'
import { curveMarks } from '../../src/renderer/src/views/training/curve-marks'
import { describeExpectation, describeRates } from '../../src/renderer/src/views/training/run-words'
import { FakeEngine } from './support/fake-engine'
import { fakeImportedRun, fakeMetrics, fakePlan, fakeRun } from './support/fake-model'
import { fakeLive } from './support/fake-series'
import { renderApplication } from './support/rendering'

let ends: (() => unknown)[] = []
beforeEach(() => {
  ends = []
})
afterEach(async () => {
  for (const end of ends) await end()
})

describe('the list of runs', () => {
  const runs = [
    fakeRun({ run: 'c', name: 'Wide', validationMse: 0.009, startedAt: '2025-11-23T10:00:00.000Z' }),
    fakeRun({ run: 'b', name: 'narrow', tags: ['night run'], series: 's1', validationMse: null }),
    fakeRun({ run: 'a', name: 'Old', notes: 'with dropout', startedAt: '2025-11-01T10:00:00.000Z' }),
  ]
  const names = (list: RunList): string[] => list.shown.map((run) => run.run)

  test('is searched in names, tags, notes and layers', () => {
    const list = new RunList(() => runs)
    list.search('NIGHT')
    expect(names(list)).toEqual(['b'])
    list.search('dropout 2x8@3')
    expect(names(list)).toEqual(['a'])
    list.search('nothing of the kind')
    expect(names(list)).toEqual([])
    expect(list.narrowed).toBe(true)
  })

  test('is sorted, the other way round when asked again, runs without a score last', () => {
    const list = new RunList(() => runs)
    expect(names(list)).toEqual(['c', 'b', 'a'])
    list.sort('error')
    expect(names(list)).toEqual(['a', 'c', 'b'])
    list.sort('name')
    expect(names(list)).toEqual(['b', 'a', 'c'])
    list.sort('name')
    expect(names(list)).toEqual(['c', 'a', 'b'])
  })

  test('shows those of one series', () => {
    const list = new RunList(() => runs)
    list.ofSeries('s1')
    expect(names(list)).toEqual(['b'])
  })
})

describe('a run in words', () => {
  test('says what was expected at first, where it turned out otherwise', () => {
    expect(describeExpectation(fakeLive())).toBe(', expected 12 min at first')
    expect(describeExpectation(fakeLive({ totalSeconds: 720 }))).toBe(', as expected')
    expect(describeExpectation(fakeLive({ forecastSeconds: null }))).toBe('')
  })

  test('marks the best epoch, and where early stopping ended it', () => {
    const run = fakeRun({ tags: ['cosine'], epochs: 6, steps: 48 })
    const { epochs } = fakeMetrics(run)
    const bestEpoch = epochs[3] ?? null
    const stopping = fakePlan(run, 600).optimizer.earlyStopping ?? null
    const marks = curveMarks({ bestEpoch, epochs }, stopping, run)
    expect(marks.map(({ epoch, mse }) => [epoch, mse === null])).toEqual([
      [4, false],
      [6, true],
    ])
    expect(marks[1]?.label).toBe('ended early: 4 epochs without gain')
    expect(curveMarks({ bestEpoch, epochs }, stopping, { ...run, status: 'stopped' })).toHaveLength(1)
  })
})

describe('a run on screen', () => {
  async function shown(engine: FakeEngine) {
    const rendered = renderApplication(engine)
    ends.push(rendered.remove)
    const { target, application } = rendered
    await expect.poll(() => application.project.status).toBe('open')
    application.navigation.go('training')
    await expect.poll(() => target.querySelector('section h2')?.textContent, { timeout: 20_000 }).toBeTruthy()
    const button = (name: string) =>
      [...target.ownerDocument.querySelectorAll('button')].find((one) =>
        [one.textContent.trim(), one.getAttribute('aria-label')].includes(name),
      )
    return { ...rendered, button }
  }

  test('is renamed in place, and keeps its name on Escape', async () => {
    const engine = new FakeEngine()
    const { target, button } = await shown(engine)
    button('Rename')?.click()
    flushSync()
    const field = target.querySelector<HTMLInputElement>('input[aria-label="Name of the run"]')
    if (field === null) throw new Error('There is no field for the name.')
    await userEvent.fill(field, 'Better name')
    await userEvent.keyboard('{Enter}')
    await expect.poll(() => target.querySelector('section h2')?.textContent).toBe('Better name')
    expect(engine.requests('training', 'describe')).toEqual([{ run: 'r1', name: 'Better name' }])
    button('Rename')?.click()
    flushSync()
    await userEvent.keyboard('{Escape}')
    expect(target.querySelector('section h2')?.textContent).toBe('Better name')
  })

  test('takes tags with Enter and notes when the field is left', async () => {
    const engine = new FakeEngine()
    const { target, button } = await shown(engine)
    const tags = target.querySelector<HTMLInputElement>('input[placeholder="Enter adds a tag"]')
    if (tags === null) throw new Error('There is no field for tags.')
    await userEvent.fill(tags, 'night')
    await userEvent.keyboard('{Enter}')
    await expect.poll(() => engine.runs[0]?.tags).toEqual(['night'])
    await expect.poll(() => button('Remove tag night')).toBeDefined()
    const notes = target.querySelector('textarea')
    if (notes === null) throw new Error('There is no field for notes.')
    await userEvent.fill(notes, 'What a rate')
    await userEvent.tab()
    await expect.poll(() => engine.runs[0]?.notes).toBe('What a rate')
    button('Remove tag night')?.click()
    await expect.poll(() => engine.runs[0]?.tags).toEqual([])
  })

  test('that diverged is resumed with a lower learning rate, and not with the same', async () => {
    const engine = new FakeEngine()
    const { message } = AppError.of('training/diverged', { run: 'r1', step: 9, kept: { step: 8, epoch: 1 } })
    engine.runs = [fakeRun({ status: 'failed', problem: message })]
    const { button } = await shown(engine)
    await expect.poll(() => button('Resume with a lower rate …')?.disabled).toBe(false)
    expect(button('Resume training')).toBeUndefined()
    button('Resume with a lower rate …')?.click()
    await expect.poll(() => button('Resume training')).toBeDefined()
    button('Resume training')?.click()
    await expect.poll(() => engine.requests('training', 'resume')).toHaveLength(1)
    const { learningRate } = fakePlan(fakeRun(), 600).optimizer
    expect(engine.requests('training', 'resume')).toEqual([{ run: 'r1', learningRate: learningRate / 10 }])
  })

  test('that failed for another reason is resumed as it was planned', async () => {
    const engine = new FakeEngine()
    engine.runs = [fakeRun({ status: 'failed', problem: 'The disk is full.' })]
    const { button } = await shown(engine)
    button('Resume training')?.click()
    await expect.poll(() => engine.requests('training', 'resume')).toEqual([{ run: 'r1' }])
  })

  test('says in its plan from which step on another rate counts', () => {
    const { optimizer } = fakePlan(fakeRun(), 600)
    const rateChanges = [{ fromStep: 9, learningRate: 0.0004 }]
    expect(describeRates({ ...optimizer, learningRate: 0.004, rateChanges })).toBe(
      '0.004, from step 9 on 0.0004',
    )
  })

  test('says why it could not be described', async () => {
    const engine = new FakeEngine()
    const { target, button } = await shown(engine)
    engine.failNext('training', 'describe', AppError.of('training/run-unknown', { run: 'r1' }))
    button('Rename')?.click()
    flushSync()
    const field = target.querySelector<HTMLInputElement>('input[aria-label="Name of the run"]')
    if (field === null) throw new Error('There is no field for the name.')
    await userEvent.fill(field, 'New')
    await userEvent.keyboard('{Enter}')
    await expect.poll(() => target.textContent).toContain('There is no run r1')
  })

  test('keeps fewer checkpoints only when that is confirmed', async () => {
    const engine = new FakeEngine()
    const { target, button } = await shown(engine)
    expect(target.textContent).toContain('3 checkpoints, 14.2 MB on disk')
    button('Keep fewer …')?.click()
    await expect.poll(() => document.body.textContent).toContain('What is lost')
    expect(engine.requests('training', 'prune')).toHaveLength(0)
    button('Delete 2 checkpoints')?.click()
    await expect.poll(() => target.textContent).toContain('1 checkpoint, 4.7 MB on disk')
    expect(engine.requests('training', 'prune')).toEqual([{ run: 'r1', keep: 1 }])
  })

  test('tells while it trains how it goes on, beside what was expected', async () => {
    const engine = new FakeEngine()
    engine.runs = [fakeRun({ status: 'running', epochs: 2, steps: 16, finishedAt: null, hasWeights: false })]
    engine.lives.set('r1', fakeLive())
    const { target } = await shown(engine)
    await expect.poll(() => target.textContent).toContain('of 14 min, expected 12 min at first')
    engine.events.emit('run/live', { run: 'r1', ...fakeLive({ phase: 'validating', memoryBytes: 2e9 }) })
    await expect.poll(() => target.textContent).toContain('Now: painting held-out crops')
    expect(target.textContent).toContain('2.0 GB')
  })

  test('that was imported says that it was never trained here', async () => {
    const engine = new FakeEngine()
    engine.runs = [fakeImportedRun('/models/from-python.safetensors', 'From Python')]
    const { target } = await shown(engine)
    await expect.poll(() => target.textContent).toContain('Imported from a file: never trained here')
    expect(target.textContent).not.toContain('The curves start with the first step')
    expect(target.textContent).not.toContain('The first reconstructions come')
    expect(target.textContent).not.toContain('NaN')
  })

  test('shows errors of its epochs as maps when asked', async () => {
    const { target } = await shown(new FakeEngine())
    await expect.poll(() => target.querySelectorAll('li canvas').length).toBe(8)
    const box = [...target.querySelectorAll('label')].find((label) =>
      label.textContent.includes('Error maps'),
    )
    box?.click()
    await expect.poll(() => target.querySelectorAll('li canvas').length).toBe(12)
  })

  test('looks back at earlier epochs with the arrow keys', async () => {
    const engine = new FakeEngine()
    const { target } = await shown(engine)
    await expect.poll(() => target.querySelector('input[type=range]')).not.toBeNull()
    target.querySelector<HTMLElement>('input[type=range]')?.focus()
    await userEvent.keyboard('{ArrowLeft}')
    await expect.poll(() => target.textContent).toContain('19 of 20')
    await expect
      .poll(() => engine.requests('training', 'epochReconstructions').at(-1))
      .toEqual({ run: 'r1', epoch: 19 })
  })
})
