import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '@shared/errors'
import { Application } from '../../src/renderer/src/state/application.svelte'
import { ModelExportForm, ModelImportForm } from '../../src/renderer/src/state/exchange.svelte'
import { TuningState } from '../../src/renderer/src/state/tuning.svelte'
import { partsOf } from '../../src/renderer/src/views/training/exchange-words'
import { FakeEngine, type FakeOptions } from './support/fake-engine'
import { fakeRun } from './support/fake-model'
import { FAKE_TUNING } from './support/fake-series'
import { MemoryStorage } from './support/memory-storage'
import { renderApplication } from './support/rendering'

let ends: (() => unknown)[] = []
beforeEach(() => {
  ends = []
})
afterEach(async () => {
  for (const end of ends) await end()
})

function opened(options: FakeOptions = {}) {
  const engine = new FakeEngine(options)
  return { engine, application: new Application(engine.connection, new MemoryStorage()) }
}

async function training(engine: FakeEngine) {
  const rendered = renderApplication(engine)
  ends.push(rendered.remove)
  const { target, application } = rendered
  await expect.poll(() => application.project.status).toBe('open')
  application.navigation.go('training')
  const button = (name: string) =>
    [...target.ownerDocument.querySelectorAll('button')].find((one) => one.textContent.trim() === name)
  await expect.poll(() => button('Import model …'), { timeout: 20_000 }).toBeDefined()
  return { ...rendered, button }
}

describe('a model on its way out', () => {
  test('is suggested a name that any file system takes', () => {
    const { application } = opened()
    const form = new ModelExportForm(application, fakeRun({ name: ' 5×5: “wide”/two ' }))
    expect(form.suggestedName).toBe('5-5-wide-two.safetensors')
    form.choosePart('encoder')
    form.chooseFormat('onnx')
    expect(form.suggestedName).toBe('5-5-wide-two-encoder.onnx')
    expect(new ModelExportForm(application, fakeRun({ name: '…' })).suggestedName).toBe('r1.safetensors')
  })

  test('takes the file that the system’s dialog gives, with the format’s ending', async () => {
    const { engine, application } = opened()
    const form = new ModelExportForm(application, fakeRun())
    engine.host.file = '/home/researcher/model'
    await form.chooseFile()
    expect(form.file).toBe('/home/researcher/model.safetensors')
    form.chooseFormat('npz')
    expect(form.file).toBe('/home/researcher/model.npz')
    engine.host.file = null
    await form.chooseFile()
    expect(form.file).toBe('/home/researcher/model.npz')
  })

  test('offers a classifier only where there is a head', () => {
    expect(partsOf('onnx', false).map((part) => part.value)).toEqual(['whole', 'encoder', 'decoder'])
    expect(partsOf('onnx', true)).toHaveLength(4)
  })

  test('says in the window where it was written and how large it is', async () => {
    const engine = new FakeEngine({ browser: true })
    const { button } = await training(engine)
    await expect.poll(() => button('Export …')).toBeDefined()
    button('Export …')?.click()
    await expect.poll(() => document.querySelector('[role=dialog] input[type=text]')).not.toBeNull()
    expect(button('Choose…')).toBeUndefined()
    const field = document.querySelector<HTMLInputElement>('[role=dialog] input[type=text]')
    if (field === null) throw new Error('There is no field for the file.')
    field.value = '/models/mine.safetensors'
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    await expect.poll(() => button('Export')?.disabled).toBe(false)
    button('Export')?.click()
    await expect
      .poll(() => document.querySelector('[role=dialog]')?.textContent)
      .toContain('Written to /models/mine.safetensors: 1.2 MB, 304,000 numbers')
    expect(engine.requests('sharing', 'exportModel')).toEqual([
      { run: 'r1', format: 'safetensors', part: 'whole', file: '/models/mine.safetensors' },
    ])
  })
})

describe('a model on its way in', () => {
  test('leaves out what the file says itself', async () => {
    const { engine, application } = opened()
    const form = new ModelImportForm(application)
    expect(form.canImport).toBe(false)
    form.change({ file: ' /models/theirs.safetensors ' })
    await form.import()
    form.change({ spec: '2x8@3,2x16@3', inputSize: 32, name: 'Theirs', sampleSet: 1 })
    await form.import()
    expect(engine.requests('sharing', 'importModel')).toEqual([
      { file: '/models/theirs.safetensors' },
      {
        file: '/models/theirs.safetensors',
        spec: '2x8@3,2x16@3',
        inputSize: 32,
        name: 'Theirs',
        sampleSet: 1,
      },
    ])
  })

  test('says in the dialog why it could not be read, and becomes a run when it can', async () => {
    const engine = new FakeEngine()
    const { target, button, application } = await training(engine)
    button('Import model …')?.click()
    await expect.poll(() => document.querySelector('[role=dialog]')).not.toBeNull()
    engine.host.file = '/models/from-python.safetensors'
    button('Choose…')?.click()
    await expect.poll(() => button('Import')?.disabled).toBe(false)
    engine.failNext('sharing', 'importModel', AppError.of('sampling/none-yet', {}))
    button('Import')?.click()
    await expect
      .poll(() => document.querySelector('[role=dialog]')?.textContent)
      .toContain('There is no sample set yet')
    button('Import')?.click()
    await expect.poll(() => application.navigation.on('training').run).toBe('imported')
    await expect.poll(() => document.querySelector('[role=dialog]')).toBeNull()
    expect(target.textContent).toContain('never trained here')
  })
})

describe('settings of this machine', () => {
  test('are measured when asked, and asked for again when that is done', async () => {
    const { engine, application } = opened()
    const tuning = new TuningState(application)
    ends.push(tuning.attach())
    await expect.poll(() => tuning.report.status).toBe('ready')
    expect(tuning.report.value).toBeNull()
    tuning.measure(true)
    await expect.poll(() => tuning.job?.kind).toBe('tune')
    tuning.measure(false)
    expect(engine.requests('system', 'tune')).toEqual([{ thorough: true }])
    engine.tuning = FAKE_TUNING
    engine.endJob(tuning.job?.job ?? '')
    await expect.poll(() => tuning.report.value?.chosen.allocator).toBe('bfc')
    expect(tuning.job).toBeNull()
  })

  test('are shown with what was tried on the start screen', async () => {
    const engine = new FakeEngine({ closed: true })
    engine.tuning = FAKE_TUNING
    const { target, remove } = renderApplication(engine)
    ends.push(remove)
    await expect.poll(() => target.textContent).toContain('2 threads, bfc allocator')
    expect(target.textContent).toContain('XLA could not compile this graph.')
  })
})
