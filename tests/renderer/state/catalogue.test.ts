import type { CommonValue } from '@shared/domain/catalogue'
import { describe, expect, it, vi } from 'vitest'
import { Application } from '../../../src/renderer/src/state/application.svelte'
import { CatalogueList } from '../../../src/renderer/src/state/catalogue-list.svelte'
import { CatalogueState } from '../../../src/renderer/src/state/catalogue.svelte'
import { CorpusState } from '../../../src/renderer/src/state/corpus.svelte'
import { cropCounts } from '../../../src/renderer/src/state/crop-counts'
import { corpusTable } from '../../../src/renderer/src/views/corpus/corpus-table'
import { fakePages, fakeSamples, fakeTree } from '../support/fake-corpus'
import { FakeEngine } from '../support/fake-engine'
import { MemoryStorage } from '../support/memory-storage'

async function begin() {
  const engine = new FakeEngine()
  const application = new Application(engine.connection, new MemoryStorage())
  await application.project.start()
  const corpus = new CorpusState(application)
  const catalogue = new CatalogueState(application, corpus)
  corpus.load()
  catalogue.load()
  await vi.waitFor(() => expect(corpus.list.status).toBe('ready'))
  await vi.waitFor(() => expect(catalogue.fields.status).toBe('ready'))
  const choose = (...indices: readonly number[]): void => {
    for (const [at, index] of indices.entries())
      catalogue.choice.step(corpus.shown, index, at === 0 ? 'only' : 'toggle')
  }
  const common = async (field: string, value: CommonValue | undefined): Promise<void> => {
    await vi.waitFor(() => expect(corpus.list.status).toBe('ready'))
    catalogue.compare()
    await vi.waitFor(() => expect(catalogue.common.value?.fields[field]).toEqual(value))
  }
  return { engine, application, corpus, catalogue, choose, common }
}

describe('choosing pages', () => {
  it('chooses one, adds and takes away with Ctrl, extends with Shift, and takes all or none', async () => {
    const { catalogue, corpus, choose } = await begin()
    const ids = (): readonly number[] => catalogue.pages
    choose(2, 5)
    expect(ids()).toEqual([3, 6])
    choose(2, 5, 2)
    expect(ids()).toEqual([6])
    choose(4)
    catalogue.choice.step(corpus.shown, 1, 'extend')
    expect(ids()).toEqual([2, 3, 4, 5])
    catalogue.choice.step(corpus.shown, 6, 'extend')
    expect(ids()).toEqual([5, 6, 7])
    catalogue.choice.step(corpus.shown, 0, 'all')
    expect(ids()).toHaveLength(120)
    catalogue.choice.clear()
    expect(ids()).toEqual([])
  })
})

describe('editing pages', () => {
  it('sets a field of all that are chosen, and takes it back and does it again with words', async () => {
    const { catalogue, application, choose, common } = await begin()
    choose(0, 1, 2)
    expect(await catalogue.setField('publisher', 'Peters')).toBe(true)
    expect(catalogue.history.value?.undo?.label).toBe('publisher of 3 pages')
    await common('publisher', { value: 'Peters', mixed: false })
    await catalogue.undo()
    await common('publisher', undefined)
    expect(application.toasts.items.at(-1)?.message).toBe('Undone: publisher of 3 pages.')
    expect(catalogue.history.value?.redo?.label).toBe('publisher of 3 pages')
    await catalogue.redo()
    await common('publisher', { value: 'Peters', mixed: false })
  })

  it('says where pages differ and how many have a tag', async () => {
    const { catalogue, choose, common } = await begin()
    choose(0, 60)
    await common('edition', { value: '', mixed: true })
    expect(catalogue.common.value).toMatchObject({ pages: 2, style: { mixed: true }, tags: [] })
    choose(0)
    await catalogue.addTag('checked')
    choose(0, 60)
    catalogue.compare()
    await vi.waitFor(() => expect(catalogue.common.value?.tags).toEqual([{ tag: 'checked', pages: 1 }]))
    catalogue.choice.clear()
    catalogue.compare()
    expect(catalogue.common.value).toBeNull()
  })

  it('says that an edit is under way, and takes nothing back meanwhile', async () => {
    const { engine, catalogue, choose } = await begin()
    choose(0, 1)
    await catalogue.setField('publisher', 'Peters')
    const release = engine.hold('catalogue', 'setTags')
    const tagged = catalogue.addTag('checked')
    expect(catalogue.underWay).toBe(true)
    await catalogue.undo()
    release()
    expect(await tagged).toBe(true)
    expect(catalogue.underWay).toBe(false)
    expect(engine.requests('catalogue', 'undo')).toEqual([])
  })

  it('moves what is dropped on a piece, and nothing else', async () => {
    const { engine, catalogue, choose } = await begin()
    choose(0, 1)
    catalogue.dropOn('composer:2')
    catalogue.dropOn('piece:3')
    await vi.waitFor(() =>
      expect(engine.requests('catalogue', 'movePages')).toEqual([{ pages: [1, 2], to: { pieceId: 3 } }]),
    )
  })
})

describe('names in the tree', () => {
  it('are changed, and offer a merge where one is taken', async () => {
    const { engine, catalogue, corpus } = await begin()
    await catalogue.rename('composer:1', 'J. S. Bach')
    await vi.waitFor(() =>
      expect(corpus.tree.value?.[0]?.composers.map(({ name }) => name)).toContain('J. S. Bach'),
    )
    await catalogue.rename('composer:1', 'Arcangelo Corelli')
    expect(catalogue.merging).toMatchObject({ taken: true, candidates: [{ name: 'Arcangelo Corelli' }] })
    const into = catalogue.merging?.candidates[0]
    if (into !== undefined) await catalogue.merge(into)
    expect(engine.requests('catalogue', 'merge')).toEqual([{ level: 'composer', id: 1, into: 2 }])
    expect(catalogue.merging).toBeNull()
  })
})

describe('the list', () => {
  it('is written to a file, looked at and taken as one step', async () => {
    const { engine, application, catalogue, corpus } = await begin()
    const list = new CatalogueList(application, corpus, catalogue)
    await list.export('all')
    expect(engine.host.savedFiles.at(-1)).toMatchObject({ name: 'catalogue.csv', kind: 'csv' })
    catalogue.open('list')
    await list.look({ name: 'mine.csv', text: () => Promise.resolve('file,shelf\na,B 12') })
    expect(list.preview.value?.newFields).toEqual(['shelf'])
    await list.apply()
    expect(catalogue.dialog).toBeNull()
    expect(catalogue.history.value?.undo?.label).toBe('list with 1 change of 1 page')
  })
})

describe('the table of the study', () => {
  it('has a row per composer, sums, and says which have too few pages', () => {
    const { columns, rows } = corpusTable(fakeTree(fakePages()), null)
    expect(columns).toEqual(['style', 'composer', 'pieces', 'pages', 'at least 30 pages'])
    expect(rows).toHaveLength(9)
    expect(rows[1]).toEqual(['Baroque', 'Arcangelo Corelli', 1, 12, 'no'])
    expect(rows[2]).toEqual(['Baroque', 'all', 3, 46, null])
    expect(rows.at(-1)).toEqual(['all', 'all', 9, 120, 'no'])
  })

  it('counts the crops of a sample set beside the pages', () => {
    const pages = fakePages()
    const { columns, rows } = corpusTable(fakeTree(pages), cropCounts(fakeSamples(pages, 448)))
    expect(columns[4]).toBe('samples')
    expect(rows[1]).toEqual(['Baroque', 'Arcangelo Corelli', 1, 12, 60, 'no'])
    expect(rows[2]).toEqual(['Baroque', 'all', 3, 46, 230, null])
    expect(rows.at(-1)).toEqual(['all', 'all', 9, 120, 600, 'no'])
  })
})
