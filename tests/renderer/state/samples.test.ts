import { AppError } from '@shared/errors'
import { describe, expect, it, vi } from 'vitest'
import { Application } from '../../../src/renderer/src/state/application.svelte'
import { SamplesState } from '../../../src/renderer/src/state/samples.svelte'
import { fakeSampleSet } from '../support/fake-corpus'
import { FakeEngine, type FakeOptions } from '../support/fake-engine'
import { MemoryStorage } from '../support/memory-storage'

async function begin(
  options: FakeOptions = {},
): Promise<{ engine: FakeEngine; application: Application; samples: SamplesState }> {
  const engine = new FakeEngine(options)
  const application = new Application(engine.connection, new MemoryStorage())
  await application.project.start()
  const samples = new SamplesState(application)
  samples.load()
  await vi.waitFor(() => expect(samples.sets.status).toBe('ready'))
  return { engine, application, samples }
}

describe('samples', () => {
  it('show the newest set, its crops and its shortages', async () => {
    const { samples } = await begin()
    await vi.waitFor(() => expect(samples.samples.value?.total).toBe(600))
    await vi.waitFor(() => expect(samples.report.value?.shortages).toHaveLength(1))
    expect(samples.selected?.id).toBe(1)
  })

  it('ask for the page of the active crop, once per page', async () => {
    const { engine, samples } = await begin()
    await vi.waitFor(() => expect(samples.page.value?.id).toBe(1))
    samples.activate(3)
    samples.show()
    samples.activate(7)
    samples.show()
    await vi.waitFor(() => expect(samples.page.value?.id).toBe(2))
    expect(engine.requests('corpus', 'page')).toEqual([{ page: 1 }, { page: 2 }])
  })

  it('lead from a crop to its page with the crop pointed at', async () => {
    const { application, samples } = await begin()
    await vi.waitFor(() => expect(samples.samples.status).toBe('ready'))
    samples.openPage(7)
    expect(application.navigation.screen).toBe('corpus')
    expect(application.navigation.on('corpus')).toEqual({ page: 2, sampleSet: 1, index: 7 })
  })

  it('show what was just drawn', async () => {
    const { engine, samples } = await begin()
    samples.select(fakeSampleSet(1, 600))
    engine.sets = [fakeSampleSet(2, 600), ...engine.sets]
    samples.jobEnded(engine.endJob(engine.startJob('sample', 'Drawing samples').job))
    await vi.waitFor(() => expect(samples.selected?.id).toBe(2))
  })

  it('are drawn with the study’s choices unless others are made', async () => {
    const { engine, samples } = await begin()
    samples.form.show()
    await samples.form.start()
    expect(engine.requests('sampling', 'draw')).toEqual([
      { perPage: 5, size: 448, whiteness: 0.9, triesPerPage: 500, seed: 1 },
    ])
    expect(samples.form.open).toBe(false)
  })

  it('are not drawn while a field is refused', async () => {
    const { engine, samples } = await begin()
    samples.form.show()
    samples.form.check('perPage', false)
    await samples.form.start()
    expect(engine.requests('sampling', 'draw')).toEqual([])
    samples.form.check('perPage', true)
    expect(samples.form.canStart).toBe(true)
  })

  it('stay undrawn with the reason', async () => {
    const { engine, samples } = await begin()
    engine.failNext('sampling', 'draw', AppError.of('sampling/no-pages', {}))
    samples.form.show()
    await samples.form.start()
    expect(samples.form.failure?.message).toContain('import a folder of page images first')
    expect(samples.form.open).toBe(true)
  })
})
