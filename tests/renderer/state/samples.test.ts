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

  it('are shown in the order of a name, and lead from there to their page', async () => {
    const { application, samples } = await begin()
    await vi.waitFor(() => expect(samples.samples.status).toBe('ready'))
    samples.orderBy('composer')
    expect(samples.groups.map(({ value, crops, start }) => [value, crops, start])).toEqual([
      ['Arcangelo Corelli', 60, 0],
      ['Johann Sebastian Bach', 170, 60],
      ['Joseph Haydn', 170, 230],
      ['Ludwig van Beethoven', 40, 400],
      ['Scott Joplin', 160, 440],
    ])
    samples.activate(60)
    expect(samples.activeSample).toMatchObject({ index: 0, composer: 'Johann Sebastian Bach' })
    expect(samples.active).toBe(60)
    samples.openPage(400)
    expect(application.navigation.on('corpus').index).toBe(samples.shown[400]?.index)
  })

  it('are shown from white to dark', async () => {
    const { samples } = await begin()
    await vi.waitFor(() => expect(samples.samples.status).toBe('ready'))
    samples.orderBy('whiteness')
    expect(samples.groups).toEqual([])
    const whiteness = samples.shown.map((sample) => sample.whiteness)
    expect(whiteness).toEqual(whiteness.toSorted((one, other) => other - one))
  })

  it('are held against the set drawn before, once for each pair', async () => {
    const { engine, samples } = await begin()
    engine.sets = [fakeSampleSet(3, 600), fakeSampleSet(2, 600), fakeSampleSet(1, 600)]
    samples.load()
    await vi.waitFor(() => expect(samples.sets.value).toHaveLength(3))
    expect(samples.other?.id).toBe(2)
    samples.showFace('versions')
    samples.show()
    samples.show()
    samples.compareWith(fakeSampleSet(1, 600))
    samples.show()
    await vi.waitFor(() => expect(samples.versions.comparison.value?.pages.shared).toBe(110))
    expect(engine.requests('sampling', 'compare')).toEqual([
      { one: 3, other: 2 },
      { one: 3, other: 1 },
    ])
  })

  it('have what each split leaks measured only where it is looked at', async () => {
    const { engine, samples } = await begin()
    samples.show()
    expect(engine.requests('sampling', 'leaks')).toEqual([])
    samples.showFace('split')
    samples.split.choose({ seed: 4, stratify: 'composer' })
    samples.show()
    await vi.waitFor(() => expect(samples.split.leaks.current).toBe(true))
    expect(engine.requests('sampling', 'leaks')).toHaveLength(3)
    expect(engine.requests('sampling', 'leaks')[0]).toMatchObject({
      sampleSet: 1,
      seed: 4,
      stratify: 'composer',
    })
  })

  it('lead to the studio with the rules that they were drawn by', async () => {
    const { samples } = await begin()
    samples.drawLike(fakeSampleSet(1, 600, { margin: 0.05, background: 'paper', where: 'composer:haydn' }))
    expect(samples.inStudio).toBe(true)
    expect(samples.studio.form.rules).toMatchObject({
      margin: 0.05,
      background: 'paper',
      where: 'composer:haydn',
    })
  })
})
