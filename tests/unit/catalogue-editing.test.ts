import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listPages } from '../../src/main/core/corpus/catalogue'
import { createEditing } from '../../src/main/core/corpus/editing'
import { anyEdit, attempt, catalogueWorld, dumpOf, pagesSeen, undoSteps } from '../support/catalogue-world'
import { calling } from '../support/corpus-projects'
import { pngOf, put, stavesPage } from '../support/page-makers'

describe('editing the catalogue', () => {
  it('sets fields of many pages at once, leaves others alone, and forgets them with an empty value', async () => {
    const { catalogue, corpus } = await catalogueWorld()
    const page = async (id: number) => await corpus.api.page({ page: id }, calling)
    const set = await catalogue.setFields(
      { pages: [1, 2, 3], fields: { publisher: ' Peters ', Year: '1790' } },
      calling,
    )
    expect(set.done?.label).toBe('publisher, year of 3 pages')
    expect((await page(2)).fields).toEqual({ publisher: 'Peters', year: '1790' })
    await catalogue.setFields({ pages: [2], fields: { publisher: '' } }, calling)
    expect((await page(2)).fields).toEqual({ year: '1790' })
    expect((await page(3)).fields).toEqual({ publisher: 'Peters', year: '1790' })
    expect((await page(4)).fields).toEqual({})
  })

  it('writes nothing and leaves no step where everything is so already', async () => {
    const { catalogue, database } = await catalogueWorld()
    const request = { pages: [1], fields: { rights: 'public domain' } }
    await catalogue.setFields(request, calling)
    const before = dumpOf(database)
    const again = await catalogue.setFields(request, calling)
    expect([again.done, again.undo?.label]).toEqual([null, 'rights of 1 page'])
    expect(dumpOf(database)).toEqual(before)
  })

  it('refuses what a field cannot hold and leaves everything as it was', async () => {
    const { catalogue, database } = await catalogueWorld()
    await catalogue.defineField({ name: 'condition', type: 'choice', choices: ['good', 'torn'] }, calling)
    const before = dumpOf(database)
    const set = (fields: Record<string, string>) => catalogue.setFields({ pages: [1, 2], fields }, calling)
    expect(() => set({ publisher: 'Peters', condition: 'wet' })).toThrow(
      '"wet" does not fit the field condition: write one of good, torn.',
    )
    expect(() => set({ year: 'long ago' })).toThrow('write a date such as 1790')
    expect(() => set({ 'stated dpi': 'fine' })).toThrow('write a number such as 300')
    expect(() => set({ composer: 'Bach' })).toThrow('The field composer belongs to Scorescope')
    expect(() => catalogue.setFields({ pages: [99], fields: { notes: 'x' } }, calling)).toThrow(
      'There is no page 99',
    )
    expect(dumpOf(database)).toEqual(before)
    for (const year of ['1790', '1790-05', '1790-05-12', 'ca. 1790', 'c.1790', '1790–1795', '1790?'])
      await set({ year })
    await set({ condition: 'TORN' })
    expect((await catalogue.fields(undefined, calling)).find(({ name }) => name === 'condition')).toEqual({
      name: 'condition',
      type: 'choice',
      choices: ['good', 'torn'],
      standard: false,
      pages: 2,
    })
  })

  it('knows a tag in any spelling, counts it and takes it off', async () => {
    const { catalogue } = await catalogueWorld()
    await catalogue.setTags({ pages: [1, 2], add: ['Checked'], remove: [] }, calling)
    await catalogue.setTags({ pages: [2, 3], add: ['checked', 'torn'], remove: [] }, calling)
    expect(await catalogue.tags(undefined, calling)).toEqual([
      { tag: 'Checked', pages: 3 },
      { tag: 'torn', pages: 2 },
    ])
    await catalogue.setTags({ pages: [1, 2, 3], add: [], remove: ['CHECKED'] }, calling)
    expect(await catalogue.tags(undefined, calling)).toEqual([{ tag: 'torn', pages: 2 }])
  })
})

describe('names and places', () => {
  it('offers a merge where a name is taken, and merges when asked to', async () => {
    const { catalogue, corpus } = await catalogueWorld()
    const rename = (merge: boolean) =>
      catalogue.rename({ level: 'composer', id: 1, name: 'Composer  2', merge }, calling)
    expect(() => rename(false)).toThrow(
      'There is a composer called Composer 2 there already: merge the two, or choose another name.',
    )
    expect((await rename(true)).done?.label).toBe('merging composer Composer 1 into Composer 2')
    const [style] = await corpus.api.tree(undefined, calling)
    expect(style?.composers.map(({ name, pages }) => [name, pages])).toEqual([['Composer 2', 8]])
    // Pieces of one name became one; its pages follow those that were there.
    expect(style?.composers[0]?.pieces.map(({ name, pages }) => [name, pages])).toEqual([
      ['Piece 1', 4],
      ['Piece 2', 4],
    ])
    const { items } = await corpus.api.pages(
      { piece: style?.composers[0]?.pieces[0]?.id, offset: 0, limit: 9 },
      calling,
    )
    expect(items.map(({ page, file }) => [page, file.split('/')[1]])).toEqual([
      [1, 'Composer 2'],
      [2, 'Composer 2'],
      [3, 'Composer 1'],
      [4, 'Composer 1'],
    ])
  })

  it('splits a piece by moving pages to a new one, and a composer by moving its pages', async () => {
    const { catalogue, corpus } = await catalogueWorld()
    await catalogue.movePages({ pages: [2], to: { piece: 'Coda' } }, calling)
    expect(await corpus.api.page({ page: 2 }, calling)).toMatchObject({
      style: 'Style 1',
      composer: 'Composer 1',
      piece: 'Coda',
      page: 1,
    })
    await catalogue.movePages({ pages: [1, 3], to: { composer: 'Anonymous' } }, calling)
    expect(await corpus.api.page({ page: 3 }, calling)).toMatchObject({
      composer: 'Anonymous',
      piece: 'Piece 2',
      page: 1,
    })
    // Piece 1 of Composer 1 has no pages any more and is gone.
    const [style] = await corpus.api.tree(undefined, calling)
    const composer = style?.composers.find(({ name }) => name === 'Composer 1')
    expect(composer?.pieces.map(({ name }) => name)).toEqual(['Coda', 'Piece 2'])
  })

  it('orders pages, numbers one, and goes back to the order of the files', async () => {
    const { catalogue, corpus } = await catalogueWorld()
    const numbers = async () =>
      await Promise.all([1, 2].map(async (page) => (await corpus.api.page({ page }, calling)).page))
    await catalogue.orderPages({ pages: [2, 1] }, calling)
    expect(await numbers()).toEqual([2, 1])
    await catalogue.numberPage({ page: 1, number: 17 }, calling)
    expect(await numbers()).toEqual([17, 1])
    await catalogue.numberPage({ page: 1, number: null }, calling)
    await catalogue.numberPage({ page: 2, number: null }, calling)
    expect(await numbers()).toEqual([1, 2])
    expect(() => catalogue.orderPages({ pages: [1, 3] }, calling)).toThrow('belong to 2 pieces')
  })

  it('leaves sample sets valid: their crops know their pages by what never changes', async () => {
    const world = await catalogueWorld()
    const { catalogue, sampling } = world
    const { sampleSet } = await world.draw({ perPage: 1, size: 32, whiteness: 1, seed: 1 })
    await catalogue.merge({ level: 'style', id: 1, into: 2 }, calling)
    await catalogue.rename({ level: 'style', id: 2, name: 'All', merge: false }, calling)
    const { items } = await sampling.api.samples({ sampleSet, offset: 0, limit: 99 }, calling)
    expect(items.map(({ page }) => page)).toHaveLength(16)
    expect(new Set(items.map(({ style }) => style))).toEqual(new Set(['All']))
  })
})

describe('undo', () => {
  it('leaves pages and regions out of sampling for a reason, and takes them in again', async () => {
    const { catalogue, corpus, database } = await catalogueWorld()
    const before = dumpOf(database)
    await catalogue.setExcluded({ pages: [1, 2], reason: 'title  page' }, calling)
    const advert = { x: 4, y: 20, width: 36, height: 30, note: 'advert' }
    const corner = { x: 0, y: 0, width: 5, height: 5, note: '' }
    await catalogue.setRegions({ page: 3, regions: [advert, corner, corner] }, calling)
    expect(await corpus.api.page({ page: 2 }, calling)).toMatchObject({ excluded: 'title page' })
    expect(await corpus.api.regions({ page: 3 }, calling)).toEqual([corner, advert])
    const found = (query: string): readonly number[] =>
      listPages(database, { query, offset: 0, limit: 99 }).items.map(({ id }) => id)
    expect(found('is:excluded')).toEqual([1, 2])
    expect(found('-is:excluded')).toHaveLength(14)
    expect(found('excluded:title')).toEqual([1, 2])
    expect(() => found('is:blue')).toThrow('"is:" wants one of excluded, missing, changed, not "blue"')
    await catalogue.setExcluded({ pages: [1], reason: null }, calling)
    expect(found('is:excluded')).toEqual([2])
    await catalogue.setRegions({ page: 3, regions: [{ ...advert, note: 'other' }] }, calling)
    expect(await corpus.api.regions({ page: 3 }, calling)).toEqual([{ ...advert, note: 'other' }])
    for (const label of ['regions of page 1 of Piece 2', 'sampling again of 1 page'])
      expect((await catalogue.undo(undefined, calling)).done?.label).toContain(label)
    await catalogue.undo(undefined, calling)
    await catalogue.undo(undefined, calling)
    expect(dumpOf(database)).toEqual(before)
  })

  it('refuses a region that does not lie on its page', async () => {
    const { catalogue } = await catalogueWorld()
    const regions = [{ x: 30, y: 0, width: 11, height: 5, note: '' }]
    expect(() => catalogue.setRegions({ page: 1, regions }, calling)).toThrow(
      'The region of 11 × 5 pixels at 30, 0 does not lie on Style 1/Composer 1/Piece 1/page-1.png: draw it within',
    )
  })

  it('takes back steps in turn and does them again, also after the project was closed', async () => {
    const world = await catalogueWorld()
    await world.catalogue.setFields({ pages: [1], fields: { notes: 'first' } }, calling)
    await world.catalogue.setFields({ pages: [1], fields: { notes: 'second' } }, calling)
    await world.projects.api.close(undefined, calling)
    await world.projects.api.open({ folder: world.folder }, calling)
    const { api } = createEditing({ projects: world.projects.access, clock: world.clock })
    const notes = async () => (await world.corpus.api.page({ page: 1 }, calling)).fields['notes']
    expect((await api.undo(undefined, calling)).done?.label).toBe('notes of 1 page')
    expect(await notes()).toBe('first')
    await api.undo(undefined, calling)
    expect(await notes()).toBeUndefined()
    expect(() => api.undo(undefined, calling)).toThrow('There is nothing to undo')
    await api.redo(undefined, calling)
    expect(await notes()).toBe('first')
    // Another edit: what was taken back cannot be done again, but stays in the log.
    await api.setTags({ pages: [1], add: ['new'], remove: [] }, calling)
    expect(() => api.redo(undefined, calling)).toThrow('There is nothing to redo')
    expect((await api.edits({ limit: 9 }, calling)).map(({ undone }) => undone)).toEqual([false, true, false])
  })

  it('returns exactly to every earlier state, and forward again', { timeout: 60_000 }, async () => {
    const world = await catalogueWorld()
    fc.assert(
      fc.property(fc.array(anyEdit, { minLength: 1, maxLength: 8 }), (edits) => {
        const states = [dumpOf(world.database)]
        for (const edit of edits)
          if ((attempt(world, edit)?.done ?? null) !== null) states.push(dumpOf(world.database))
        for (const state of states.slice(0, -1).reverse()) {
          undoSteps(world, 1)
          expect(dumpOf(world.database)).toEqual(state)
        }
        for (const state of states.slice(1)) {
          void world.catalogue.redo(undefined, calling)
          expect(dumpOf(world.database)).toEqual(state)
        }
        undoSteps(world, states.length - 1)
        expect(dumpOf(world.database)).toEqual(states[0])
      }),
      { seed: 5, numRuns: 25 },
    )
    expect(world.database.pragma('foreign_key_check')).toEqual([])
  })

  it('says so where an import has changed the same things since', async () => {
    const world = await catalogueWorld()
    await world.catalogue.movePages({ pages: [1, 2], to: { piece: 'Elsewhere' } }, calling)
    put(
      world.images,
      'Style 1/Composer 1/Piece 1/page-9.png',
      await pngOf(stavesPage({ seed: 99, width: 40, height: 50 })),
    )
    await world.importFrom(world.images)
    const before = await pagesSeen(world)
    expect(() => world.catalogue.undo(undefined, calling)).toThrow(
      '"moving 2 pages to Elsewhere" cannot be taken back or done again, because an import has changed',
    )
    expect(await pagesSeen(world)).toEqual(before)
  })
})

describe('importing again', () => {
  it('keeps what was written by hand, and takes from a list what it says anew', async () => {
    const world = await catalogueWorld()
    const { catalogue, corpus, images } = world
    const file = 'Style 1/Composer 1/Piece 1/page-1.png'
    put(images, 'corpus.csv', `file,publisher,edition,page\n${file},Henle,first,5`)
    await world.importFrom(images)
    await catalogue.setFields({ pages: [1], fields: { publisher: 'Peters' } }, calling)
    await catalogue.setTags({ pages: [1], add: ['checked'], remove: [] }, calling)
    await catalogue.numberPage({ page: 1, number: 8 }, calling)
    put(images, 'corpus.csv', `file,publisher,edition,page\n${file},Henle,second,6`)
    await world.importFrom(images)
    expect(await corpus.api.page({ page: 1 }, calling)).toMatchObject({
      fields: { publisher: 'Peters', edition: 'second' },
      page: 8,
      tags: ['checked'],
    })
    const found = await corpus.api.pages({ query: 'checked second', offset: 0, limit: 9 }, calling)
    expect(found.items.map(({ id }) => id)).toEqual([1])
  })
})

describe('searching what was edited', () => {
  it('asks fields, ranges, tags, exact words and what a page does not have', async () => {
    const { catalogue, corpus } = await catalogueWorld()
    await catalogue.setFields(
      { pages: [1, 2, 3], fields: { publisher: 'C. F. Peters', year: 'ca. 1790' } },
      calling,
    )
    await catalogue.setFields(
      { pages: [4, 5], fields: { publisher: 'Bärenreiter', year: '1801-05' } },
      calling,
    )
    await catalogue.setTags({ pages: [3, 4], add: ['checked twice'], remove: [] }, calling)
    const found = async (query: string) =>
      (await corpus.api.pages({ query, offset: 0, limit: 99 }, calling)).items.map(({ id }) => id)
    expect(await found('year:1790..1800')).toEqual([1, 2, 3])
    expect(await found('year:1800..')).toEqual([4, 5])
    expect(await found('year:..1900 -publisher:peters')).toEqual([4, 5])
    expect(await found('tag:checked')).toEqual([3, 4])
    expect(await found('"checked twice" -year:1801')).toEqual([3])
    expect(await found('-publisher:* style:"style 1"')).toEqual([6, 7, 8])
    expect(await found('page:2..9 publisher:*')).toEqual([2, 4])
    expect(await found('barenreiter')).toEqual([4, 5])
    expect(await found('scan-source:x')).toEqual([])
    await catalogue.rename({ level: 'composer', id: 1, name: 'Händel', merge: false }, calling)
    expect(await found('handel')).toEqual([1, 2, 3, 4])
  })

  it('is kept under a name', async () => {
    const { catalogue } = await catalogueWorld()
    expect(() => catalogue.saveSearch({ name: 'Bad', query: '"open' }, calling)).toThrow('quotation mark')
    await catalogue.saveSearch({ name: 'Late', query: 'year:1850..' }, calling)
    const kept = await catalogue.saveSearch({ name: 'Late', query: 'year:1860..' }, calling)
    expect(kept).toMatchObject([{ name: 'Late', query: 'year:1860..' }])
    expect(await catalogue.forgetSearch({ id: kept[0]?.id ?? 0 }, calling)).toEqual([])
    expect(() => catalogue.forgetSearch({ id: 77 }, calling)).toThrow('There is no saved search 77')
  })
})
