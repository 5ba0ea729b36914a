import { AppError } from '@shared/errors'
import { describe, expect, it, vi } from 'vitest'
import { Application } from '../../../src/renderer/src/state/application.svelte'
import { CorpusState } from '../../../src/renderer/src/state/corpus.svelte'
import { ImportForm } from '../../../src/renderer/src/state/import-form.svelte'
import { FakeEngine } from '../support/fake-engine'
import { MemoryStorage } from '../support/memory-storage'

async function begin(): Promise<{ engine: FakeEngine; application: Application; corpus: CorpusState }> {
  const engine = new FakeEngine()
  const application = new Application(engine.connection, new MemoryStorage())
  await application.project.start()
  const corpus = new CorpusState(application)
  corpus.load()
  await vi.waitFor(() => expect(corpus.list.status).toBe('ready'))
  await vi.waitFor(() => expect(corpus.sets.status).toBe('ready'))
  return { engine, application, corpus }
}

describe('the corpus', () => {
  it('lists the pages below what is selected in the tree', async () => {
    const { corpus } = await begin()
    expect(corpus.shown.length).toBe(120)
    corpus.select('composer:1')
    corpus.show()
    await vi.waitFor(() => expect(corpus.shown.length).toBe(34))
    expect(corpus.selectedKey).toBe('composer:1')
    corpus.select('all')
    corpus.show()
    await vi.waitFor(() => expect(corpus.shown.length).toBe(120))
  })

  it('searches below what is selected, and asks nothing twice', async () => {
    const { engine, corpus } = await begin()
    corpus.select('style:3')
    corpus.search('entertainer')
    corpus.show()
    corpus.show()
    await vi.waitFor(() => expect(corpus.shown.length).toBe(12))
    expect(engine.requests('corpus', 'order').at(-1)).toMatchObject({ style: 3, query: 'entertainer' })
    expect(engine.requests('corpus', 'order')).toHaveLength(2)
  })

  it('says why a search cannot be read', async () => {
    const { engine, corpus } = await begin()
    const problem = 'a quote is not closed'
    engine.failNext('corpus', 'order', AppError.of('corpus/query-invalid', { query: '"bach', problem }))
    corpus.search('"bach')
    corpus.show()
    await vi.waitFor(() => expect(corpus.list.failure?.message).toContain('a quote is not closed'))
  })

  it('opens a page with its crops, steps to its neighbours and comes back to its tile', async () => {
    const { corpus } = await begin()
    corpus.rows.want(3)
    await vi.waitFor(() => expect(corpus.rows.get(4)?.page).toBe(4))
    corpus.open(3)
    corpus.show()
    expect(corpus.opened.value?.id).toBe(4)
    await vi.waitFor(() => expect(corpus.crops.value).toHaveLength(5))
    corpus.turn(4, 90)
    corpus.step(1)
    corpus.show()
    expect([corpus.opened.value?.id, corpus.position, corpus.rotationOf(5)]).toEqual([5, 4, 0])
    await vi.waitFor(() => expect(corpus.crops.value?.[0]?.page).toBe(5))
    corpus.closePage()
    corpus.show()
    expect([corpus.opened.value, corpus.active]).toEqual([null, 4])
    // It lies as it was left.
    expect(corpus.rotationOf(4)).toBe(90)
  })

  it('stays at the last page', async () => {
    const { corpus } = await begin()
    corpus.open(119)
    corpus.step(1)
    expect(corpus.place.page).toBe(120)
  })

  it('asks for a page that is not in the list', async () => {
    const { application, engine, corpus } = await begin()
    corpus.select('style:1')
    corpus.show()
    await vi.waitFor(() => expect(corpus.shown.length).toBe(46))
    application.navigation.refine('corpus', { page: 118 })
    corpus.show()
    await vi.waitFor(() => expect(corpus.opened.value?.id).toBe(118))
    expect(engine.requests('corpus', 'page')).toEqual([{ page: 118 }])
    expect(corpus.position).toBeNull()
  })

  it('asks for what is known of pages in blocks, once for each list, and shows the old until the new is here', async () => {
    const { engine, corpus } = await begin()
    const blocks = (): readonly number[] =>
      (engine.requests('corpus', 'describe') as readonly { readonly pages: readonly number[] }[]).map(
        ({ pages }) => pages.length,
      )
    for (const index of [0, 7, 99, 500]) corpus.rows.want(index)
    await vi.waitFor(() => expect(corpus.rows.get(100)?.id).toBe(100))
    expect(corpus.rows.get(101)).toBeNull()
    corpus.rows.want(110)
    await vi.waitFor(() => expect(corpus.rows.get(120)?.id).toBe(120))
    expect(blocks()).toEqual([100, 20])
    engine.pages = engine.pages.map((page) => (page.id === 1 ? { ...page, tags: ['torn'] } : page))
    corpus.load()
    await vi.waitFor(() => expect(corpus.list.status).toBe('ready'))
    expect(corpus.rows.get(1)?.tags).toEqual([])
    corpus.rows.want(0)
    await vi.waitFor(() => expect(corpus.rows.get(1)?.tags).toEqual(['torn']))
  })

  it('asks again for a block that could not be had', async () => {
    const { application, engine, corpus } = await begin()
    engine.failNext('corpus', 'describe', AppError.of('corpus/page-unknown', { page: 1 }))
    corpus.rows.want(0)
    await vi.waitFor(() => expect(application.toasts.items).toHaveLength(1))
    corpus.rows.want(0)
    await vi.waitFor(() => expect(corpus.rows.get(1)?.id).toBe(1))
  })

  it('sorts by a field, pages without it last, and says where each value begins', async () => {
    const { corpus } = await begin()
    corpus.sortBy('edition')
    corpus.show()
    await vi.waitFor(() =>
      expect(corpus.groups).toEqual([
        { value: 'Urtext', pages: 46, start: 0 },
        { value: '', pages: 74, start: 46 },
      ]),
    )
    corpus.sortBy(null)
    corpus.show()
    await vi.waitFor(() => expect(corpus.groups).toEqual([]))
  })

  it('draws no crops when none are wanted', async () => {
    const { corpus } = await begin()
    corpus.open(0)
    corpus.chooseSet(null)
    corpus.show()
    expect(corpus.shownSet).toBeNull()
    expect(corpus.crops.value).toBeNull()
  })

  it('asks again when the project has other pages, whoever added them', async () => {
    const { engine, corpus } = await begin()
    corpus.count(120)
    corpus.count(120)
    expect(engine.requests('corpus', 'tree')).toHaveLength(1)
    corpus.count(204)
    await vi.waitFor(() => expect(engine.requests('corpus', 'tree')).toHaveLength(2))
  })

  it('shows the report when an import has ended', async () => {
    const { engine, corpus, application } = await begin()
    await application.api.corpus.import({ folder: '/scans' })
    corpus.jobEnded(engine.endJob('j1'))
    await vi.waitFor(() => expect(corpus.lastImport.value?.refused).toHaveLength(2))
    expect(corpus.reportOpen).toBe(true)
  })
})

describe('the import form', () => {
  it('starts an import with the chosen folder and storage, and closes', async () => {
    const { engine, application } = await begin()
    const form = new ImportForm(application)
    application.ask('import')
    engine.host.folder = '/scans/Rags'
    await form.chooseFolder()
    form.setStorage('copy')
    await form.start()
    expect(engine.requests('corpus', 'import')).toEqual([{ folder: '/scans/Rags', storage: 'copy' }])
    expect(application.prompt).toBeNull()
  })

  it('passes a list of pages on where one is given', async () => {
    const { engine, application } = await begin()
    const form = new ImportForm(application)
    form.setFolder('/scans')
    form.setList(' /lists/pages.csv ')
    await form.start()
    expect(engine.requests('corpus', 'import')).toMatchObject([{ csv: '/lists/pages.csv' }])
  })

  it('maps levels of folders by hand, and columns of a list, and forgets them for another folder', async () => {
    const { engine, application } = await begin()
    const form = new ImportForm(application)
    form.setFolder('/scans')
    form.look()
    await vi.waitFor(() => expect(form.levels).toEqual(['style', 'composer', 'piece']))
    form.setLevel(0, '-')
    form.setPlace('style', 'Baroque')
    form.setList('/lists/pages.csv')
    await vi.waitFor(() => expect(form.meaningOf('Image')).toBe('file'))
    form.setMeaning('Edition', 'piece')
    await form.start()
    expect(engine.requests('corpus', 'import')).toEqual([
      {
        folder: '/scans',
        levels: ['-', 'composer', 'piece'],
        place: { style: 'Baroque' },
        storage: 'link',
        csv: '/lists/pages.csv',
        columns: { Image: 'file', composer: 'composer', Edition: 'piece' },
      },
    ])
    form.setFolder('/others')
    expect(form.levelsChosen).toBe(false)
  })

  it('takes what is dropped onto the window, where the window tells where it lies', async () => {
    const { engine, application } = await begin()
    const form = new ImportForm(application)
    form.drop([new File([], 'a.pdf'), new File([], 'b.jpg')])
    expect(application.prompt).toBe('import')
    await form.start()
    expect(engine.requests('corpus', 'import')).toEqual([
      { files: ['/dropped/a.pdf', '/dropped/b.jpg'], storage: 'link' },
    ])
  })

  it('cannot start without a folder', async () => {
    const { engine, application } = await begin()
    const form = new ImportForm(application)
    form.setFolder('  ')
    await form.start()
    expect(form.canStart).toBe(false)
    expect(engine.requests('corpus', 'import')).toEqual([])
  })

  it('stays open with the reason where the import cannot start', async () => {
    const { engine, application } = await begin()
    const form = new ImportForm(application)
    application.ask('import')
    form.setFolder('/nowhere')
    engine.failNext('corpus', 'import', AppError.of('corpus/folder-missing', { folder: '/nowhere' }))
    await form.start()
    expect(form.failure?.message).toBe('/nowhere does not exist or is not a folder: choose another.')
    expect(application.prompt).toBe('import')
  })
})
