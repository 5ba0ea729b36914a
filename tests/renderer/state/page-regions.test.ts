import type { Page } from '@shared/domain/page'
import { AppError } from '@shared/errors'
import { describe, expect, it, vi } from 'vitest'
import { Application } from '../../../src/renderer/src/state/application.svelte'
import { CatalogueState } from '../../../src/renderer/src/state/catalogue.svelte'
import { CorpusState } from '../../../src/renderer/src/state/corpus.svelte'
import { PageRegions, regionKey } from '../../../src/renderer/src/state/page-regions.svelte'
import { FakeEngine } from '../support/fake-engine'
import { MemoryStorage } from '../support/memory-storage'

const TITLE = { x: 100, y: 50, width: 600, height: 200, note: 'title' }
const ADVERT = { x: 100, y: 2000, width: 500, height: 300, note: 'advert' }

async function begin(): Promise<{
  engine: FakeEngine
  application: Application
  catalogue: CatalogueState
  regions: PageRegions
  page: Page
  next: Page
}> {
  const engine = new FakeEngine()
  engine.regions = new Map([[1, [TITLE, ADVERT]]])
  const application = new Application(engine.connection, new MemoryStorage())
  await application.project.start()
  const corpus = new CorpusState(application)
  const catalogue = new CatalogueState(application, corpus)
  const regions = new PageRegions(application, catalogue)
  const [page, next] = engine.pages
  if (page === undefined || next === undefined) throw new Error('There are no pages.')
  regions.show(page, null)
  await vi.waitFor(() => expect(regions.regions).toHaveLength(2))
  return { engine, application, catalogue, regions, page, next }
}

describe('the regions of a page', () => {
  it('are moved as a draft that is kept as one edit, and stay chosen', async () => {
    const { engine, regions } = await begin()
    regions.choose(regionKey(TITLE))
    for (const x of [110, 120, 130]) regions.change({ ...TITLE, x })
    expect(engine.requests('catalogue', 'setRegions')).toEqual([])
    await regions.keep()
    expect(engine.requests('catalogue', 'setRegions')).toHaveLength(1)
    expect(engine.regions.get(1)).toEqual([{ ...TITLE, x: 130 }, ADVERT])
    expect(regions.chosen).toEqual({ ...TITLE, x: 130 })
  })

  it('cost no edit where nothing moved, and none where the draft was dropped', async () => {
    const { engine, regions } = await begin()
    regions.choose(regionKey(TITLE))
    regions.change(TITLE)
    await regions.keep()
    regions.change({ ...TITLE, x: 500 })
    regions.drop()
    await regions.keep()
    expect(engine.requests('catalogue', 'setRegions')).toEqual([])
    expect(regions.place).toEqual(TITLE)
  })

  it('are edited in order however fast, and what is read in between changes nothing', async () => {
    const { engine, catalogue, regions, page } = await begin()
    const release = engine.hold('catalogue', 'setRegions')
    regions.choose(regionKey(TITLE))
    regions.change({ ...TITLE, x: 110 })
    const first = regions.keep()
    regions.change({ ...TITLE, x: 120 })
    const second = regions.keep()
    regions.show(page, catalogue.history.value)
    expect(regions.chosen?.x).toBe(120)
    release()
    await Promise.all([first, second])
    expect(engine.regions.get(1)?.[0]?.x).toBe(120)
    expect(engine.catalogue.done).toHaveLength(2)
  })

  it('are as before where an edit is refused, and the reason is said', async () => {
    const { engine, application, regions } = await begin()
    const outside = { ...TITLE, file: 'page.jpg' }
    engine.failNext('catalogue', 'setRegions', AppError.of('catalogue/region-outside', outside))
    await regions.add({ x: 1, y: 1, width: 20, height: 20 })
    await vi.waitFor(() => expect(regions.regions).toEqual([TITLE, ADVERT]))
    expect(application.toasts.items).toHaveLength(1)
  })

  it('leave the neighbour chosen when one is removed', async () => {
    const { regions } = await begin()
    regions.choose(regionKey(TITLE))
    await regions.remove()
    expect(regions.chosen).toEqual(ADVERT)
    await regions.remove()
    expect([regions.regions, regions.chosen]).toEqual([[], null])
  })

  it('are those of the page that is opened: another page forgets what was being drawn', async () => {
    const { regions, next } = await begin()
    regions.draw(true)
    regions.change({ x: 1, y: 1, width: 20, height: 20 })
    regions.show(next, null)
    await vi.waitFor(() => expect(regions.kept.status).toBe('ready'))
    expect([regions.drawing, regions.place, regions.regions]).toEqual([false, null, []])
  })

  it('are read again when something was undone', async () => {
    const { catalogue, regions, page } = await begin()
    regions.choose(regionKey(ADVERT))
    await regions.describe('stamp')
    expect(regions.chosen?.note).toBe('stamp')
    await catalogue.undo()
    regions.show(page, catalogue.history.value)
    await vi.waitFor(() => expect(regions.chosen?.note).toBe('advert'))
  })

  it('stay chosen where a move is undone', async () => {
    const { catalogue, regions, page } = await begin()
    regions.choose(regionKey(TITLE))
    regions.change({ ...TITLE, x: 300 })
    await regions.keep()
    await catalogue.undo()
    regions.show(page, catalogue.history.value)
    await vi.waitFor(() => expect(regions.chosen).toEqual(TITLE))
  })

  it('added twice at the same place are one', async () => {
    const { engine, regions } = await begin()
    await regions.add(TITLE)
    expect(engine.requests('catalogue', 'setRegions')).toEqual([])
    expect(regions.pointed).toBe(regionKey(TITLE))
    regions.draw(true)
    regions.change(TITLE)
    await regions.keep()
    expect([regions.regions.length, regions.changing]).toEqual([2, false])
  })

  it('moved to the same place are one', async () => {
    const { engine, regions } = await begin()
    regions.choose(regionKey(TITLE))
    const { x, y, width, height } = ADVERT
    regions.change({ x, y, width, height })
    await regions.keep()
    expect(regions.regions).toHaveLength(1)
    expect(engine.regions.get(1)).toHaveLength(1)
  })
})
