import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '@shared/errors'
import { presetInputSize } from '@shared/domain/presets'
import type { EpochMetrics } from '@shared/domain/run'
import { Application } from '../../src/renderer/src/state/application.svelte'
import { TrainingForm } from '../../src/renderer/src/state/training-form.svelte'
import { TrainingState } from '../../src/renderer/src/state/training.svelte'
import { describeScore, formatMse } from '../../src/renderer/src/views/training/run-words'
import { fakeSampleSet } from './support/fake-corpus'
import { FakeEngine } from './support/fake-engine'
import { fakeRun } from './support/fake-model'
import { MemoryStorage } from './support/memory-storage'
import { renderApplication } from './support/rendering'

const BASELINES = { constant: 0.08, block8: 0.05, block4: 0.03, block2: 0.01 }

let ends: (() => unknown)[] = []
beforeEach(() => {
  ends = []
})
afterEach(async () => {
  for (const end of ends) await end()
})

describe('the choices for a new run', () => {
  function form(): TrainingForm {
    const made = new TrainingForm()
    made.chooseSampleSet(fakeSampleSet(1, 600))
    return made
  }

  test('follow the preset, and say its capacity in words', () => {
    const study = form()
    study.usePreset('study')
    expect(study.choices).toMatchObject({ spec: '3x16@5,3x32@3,3x64@3', inputSize: 448, epochs: 100 })
    expect(study.drawing?.capacity).toBe('56×56×64 numbers for 448×448 pixels: no compression')
  })

  test('keep seed, split, head and name when the preset changes', () => {
    const made = form()
    made.change({ seed: 7, split: 'page', head: 'style', name: 'mine' })
    made.usePreset('study')
    expect(made.choices).toMatchObject({ seed: 7, split: 'page', head: 'style', name: 'mine' })
  })

  test('name what is wrong with a specification, and cannot be started', () => {
    const made = form()
    made.change({ spec: '3x16@' })
    expect(made.specProblem).toContain('The model "3x16@" cannot be read')
    expect(made.drawing).toBeNull()
    expect(made.request).toBeNull()
  })

  test('name an input size that cannot be halved for every block, and offer those that can', () => {
    const made = form()
    made.change({ spec: '1x8@3,1x8@3,1x8@3,1x8@3', inputSize: 56 })
    expect(made.sizeProblem).toContain('choose a multiple of 16')
    expect(made.sizes).toEqual([448, 224, 112, 64, 32, 16])
    made.change({ inputSize: 112 })
    expect(made.sizeProblem).toBeNull()
  })

  test('refuse a micro-batch larger than the batch', () => {
    const made = form()
    made.change({ batch: 8, microBatch: 16 })
    expect(made.microBatchProblem).toContain('larger than the batch of 8')
    expect(made.request).toBeNull()
  })

  test('wait for a field that cannot be read', () => {
    const made = form()
    made.markReadable('epochs', false)
    expect(made.request).toBeNull()
    made.markReadable('epochs', true)
    expect(made.request).not.toBeNull()
  })

  test('become a request without what was not chosen', () => {
    const made = form()
    expect(made.request).toMatchObject({ sampleSet: 1, preset: 'quick', seed: 1, split: 'piece' })
    for (const absent of ['head', 'headWeight', 'limit', 'threads', 'name'])
      expect(made.request).not.toHaveProperty(absent)
    made.change({ head: 'composer', limit: 10_000, threads: 2, name: ' mine ' })
    expect(made.request).toMatchObject({
      head: 'composer',
      headWeight: 0.1,
      limit: 600,
      threads: 2,
      name: 'mine',
    })
  })

  test('take the input size that suits crops of another size', () => {
    const made = form()
    made.chooseSampleSet(fakeSampleSet(2, 600, { size: 256 }))
    expect(made.choices.inputSize).toBe(presetInputSize('quick', 256))
  })
})

describe('scores in words', () => {
  test('say which baselines an error lies between', () => {
    expect(describeScore(0.005, BASELINES)).toBe('better than 2×2 block means')
    expect(describeScore(0.02, BASELINES)).toBe('between 4×4 and 2×2 block means')
    expect(describeScore(0.06, BASELINES)).toBe('between one grey and 8×8 block means')
    expect(describeScore(0.08, BASELINES)).toBe('no better than one grey')
  })

  test('have three digits that count', () => {
    expect(formatMse(0.0072345)).toBe('0.00723')
    expect(formatMse(Number.NaN)).toBe('not a number')
  })
})

function epoch(number: number): EpochMetrics {
  return {
    epoch: number,
    step: number * 8,
    trainMse: 0.02,
    validationMse: 0.021,
    headAccuracy: null,
    elapsedMs: number * 9000,
  }
}

async function opened(change: (engine: FakeEngine) => void = () => undefined) {
  const engine = new FakeEngine()
  change(engine)
  const application = new Application(engine.connection, new MemoryStorage())
  const training = new TrainingState(application)
  ends.push(training.attach())
  await expect.poll(() => training.watched?.metrics.status ?? 'ready').toBe('ready')
  await expect.poll(() => training.form.sampleSet).not.toBeNull()
  return { engine, application, training }
}

describe('the training state', () => {
  const running = () => [
    fakeRun({ status: 'running', epochs: 1, steps: 8, epochsPlanned: 20, finishedAt: null }),
  ]

  test('starts a run with the choices and looks at it', async () => {
    const { engine, application, training } = await opened()
    training.compose()
    training.form.change({ epochs: 3, seed: 9 })
    training.start()
    await expect.poll(() => training.selected?.run).toBe('r2')
    expect(engine.requests('training', 'start').at(-1)).toMatchObject({ epochs: 3, seed: 9, sampleSet: 1 })
    expect(training.part).not.toBe('new')
    expect(training.job?.subject).toBe('r2')
    expect(application.navigation.on('training').run).toBe('r2')
  })

  test('keeps the sentence of a start that was refused', async () => {
    const { engine, training } = await opened()
    engine.failNext('training', 'start', AppError.of('training/too-few-groups', { by: 'piece', groups: 1 }))
    training.start()
    await expect.poll(() => training.starting.failure?.message).toContain('none can be held out')
  })

  test('measures a forecast, and knows when it is of other choices', async () => {
    const { training } = await opened()
    training.measure()
    await expect.poll(() => training.forecast.status).toBe('ready')
    expect(training.forecastIsStale).toBe(false)
    training.form.change({ batch: 16, microBatch: 16 })
    expect(training.forecastIsStale).toBe(true)
  })

  test('lets curves grow with what the engine says, and shows each epoch as it ends', async () => {
    const { engine, training } = await opened((one) => (one.runs = running()))
    const watched = training.watched
    const step = { step: 9, epoch: 2, trainMse: 0.03, headLoss: null, elapsedMs: 9100 }
    engine.events.emit('run/step', { run: 'r1', ...step })
    engine.events.emit('run/step', { run: 'r1', ...step })
    engine.events.emit('run/step', { run: 'another', ...step, step: 10 })
    expect(watched?.steps.at(-1)).toMatchObject(step)
    expect(watched?.steps).toHaveLength(9)

    engine.events.emit('run/epoch', { run: 'r1', ...epoch(2) })
    expect(watched?.newestEpoch).toBe(2)
    await expect.poll(() => watched?.pictures.value?.epoch).toBe(2)
  })

  test('asks again for the curves when epochs were missed', async () => {
    const { engine, training } = await opened((one) => (one.runs = running()))
    const asked = engine.requests('training', 'metrics').length
    engine.events.emit('run/epoch', { run: 'r1', ...epoch(5) })
    expect(engine.requests('training', 'metrics')).toHaveLength(asked + 1)
    expect(training.watched?.run).toBe('r1')
  })

  test('looks back at an epoch and does not jump ahead meanwhile', async () => {
    const { engine, training } = await opened()
    const watched = training.watched
    watched?.showEpoch(4)
    await expect.poll(() => watched?.pictures.value?.epoch).toBe(4)
    engine.events.emit('run/epoch', { run: 'r1', ...epoch(21) })
    expect(watched?.epochShown).toBe(4)
    expect(watched?.newestEpoch).toBe(21)
  })

  test('pauses, goes on and stops', async () => {
    const { engine, training } = await opened((one) => (one.runs = running()))
    training.pause()
    await expect.poll(() => training.selected?.status).toBe('paused')
    training.unpause()
    await expect.poll(() => training.selected?.status).toBe('running')
    training.stop()
    await expect.poll(() => training.selected?.status).toBe('stopped')
    expect(engine.requests('training', 'stop')).toEqual([{ run: 'r1' }])
  })

  test('stops listening when it is taken away', async () => {
    const { engine, training } = await opened((one) => (one.runs = running()))
    for (const end of ends) void end()
    ends = []
    const before = engine.calls.length
    engine.events.emit('run/changed', { run: 'r1', status: 'finished' })
    expect(engine.calls).toHaveLength(before)
    expect(training.selected?.status).toBe('running')
  })
})

describe('the training screen', () => {
  function shown(engine: FakeEngine, run?: string) {
    const rendered = renderApplication(engine)
    ends.push(rendered.remove)
    const { target, application } = rendered
    const button = (name: string) =>
      [...target.ownerDocument.querySelectorAll('button')].find((one) => one.textContent.trim() === name)
    const go = async (): Promise<void> => {
      await expect.poll(() => application.project.status).toBe('open')
      application.navigation.go('training', run === undefined ? {} : { run })
      await expect.poll(() => target.querySelector('h1')?.textContent, { timeout: 20_000 }).toBe('Training')
    }
    return { ...rendered, button, go }
  }

  test('says what to do where there are no samples', async () => {
    const { target, go, button, application } = shown(new FakeEngine({ empty: true }))
    await go()
    await expect.poll(() => target.textContent).toContain('There are no samples to train on yet')
    button('Draw samples')?.click()
    expect(application.navigation.screen).toBe('samples')
  })

  test('says at the field what is wrong with a specification', async () => {
    const engine = new FakeEngine()
    engine.runs = []
    const { target, go, button } = shown(engine)
    await go()
    await expect.poll(() => button('Start training')?.disabled).toBe(false)
    const field = target.querySelector<HTMLInputElement>('input.font-mono')
    if (field === null) throw new Error('There is no field for the layers.')
    field.value = '3x16'
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    flushSync()
    expect(field.getAttribute('aria-invalid')).toBe('true')
    const note = target.querySelector(`#${CSS.escape(field.getAttribute('aria-describedby') ?? '')}`)
    expect(note?.textContent).toContain('The model "3x16" cannot be read')
    expect(button('Start training')?.disabled).toBe(true)
  })

  test('asks before cancelling', async () => {
    const engine = new FakeEngine()
    engine.runs = [fakeRun({ status: 'running', epochs: 2, steps: 16, finishedAt: null })]
    const { go, button } = shown(engine)
    await go()
    await expect.poll(() => button('Cancel …')).toBeDefined()
    button('Cancel …')?.click()
    await expect.poll(() => button('Cancel training')).toBeDefined()
    expect(engine.requests('training', 'cancel')).toHaveLength(0)
    button('Cancel training')?.click()
    await expect.poll(() => engine.requests('training', 'cancel')).toEqual([{ run: 'r1' }])
  })

  test('says that plain JavaScript is slow, what went wrong, and leads to the filters', async () => {
    const engine = new FakeEngine()
    const problem = 'Scorescope stopped while this run was training; resume it.'
    engine.runs = [fakeRun({ status: 'interrupted', backend: 'js', problem })]
    const { target, go, button, application } = shown(engine)
    await go()
    await expect.poll(() => target.textContent).toContain(problem)
    expect(target.textContent).toContain('computes in plain JavaScript')
    expect(button('Resume training')).toBeDefined()
    button('See its filters')?.click()
    expect(application.navigation.on('filters')).toEqual({ run: 'r1' })
  })

  test('goes through the runs with the arrow keys', async () => {
    const engine = new FakeEngine()
    engine.runs = [fakeRun(), fakeRun({ run: 'r0', name: 'Earlier', startedAt: '2025-11-01T10:00:00.000Z' })]
    const { target, go, application } = shown(engine)
    await go()
    await expect.poll(() => target.querySelector('[data-run=r1]')).not.toBeNull()
    const first = target.querySelector<HTMLElement>('[data-run=r1]')
    first?.focus()
    first?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }))
    flushSync()
    expect(application.navigation.on('training').run).toBe('r0')
    expect(document.activeElement?.textContent.trim()).toBe('Earlier')
  })
})
