import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCsv, parseCsv } from '../../src/main/core/corpus/csv'
import {
  anyEdit,
  attempt,
  type CatalogueWorld,
  catalogueWorld,
  dumpOf,
  pagesSeen,
  undoSteps,
} from '../support/catalogue-world'
import { calling } from '../support/corpus-projects'
import { put, stavesPage, tiffOf } from '../support/page-makers'

const csvOf = async ({ catalogue }: CatalogueWorld): Promise<string> =>
  (await catalogue.exportCsv({}, calling)).csv

describe('separated values', () => {
  it('that were written are read again, cell by cell', () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', '"', ',', ';', '\t', '\n', '\r', ' ', 'ж', '\uFEFF', 'ש'),
    })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, fc.constant('z')), { minLength: 1, maxLength: 6 }),
        (rows) => {
          expect(parseCsv(formatCsv([['one', ';;;;"', 'three'], ...rows])).slice(1)).toEqual(rows)
        },
      ),
      { seed: 1 },
    )
  })
})

describe('the catalogue as a list', () => {
  it('says what it would change before it changes it, and is one step to be undone', async () => {
    const { catalogue, corpus, database } = await catalogueWorld()
    const lines = [
      'file,composer,page,Publisher,shelf,tags',
      'Style 1/Composer 1/Piece 1/page-1.png,Anonymous,7,Peters,B 12,checked; rare',
      'Style 1/Composer 1/Piece 1/page-2.png,,,,,',
      'nowhere.png,,,,,',
    ]
    const csv = lines.join('\n')
    const before = dumpOf(database)
    const preview = await catalogue.previewCsv({ csv, limit: 3 }, calling)
    expect(preview).toMatchObject({
      rows: 3,
      matchedPages: 2,
      unmatched: ['nowhere.png'],
      newFields: ['shelf'],
      changedPages: 1,
      changedValues: 5,
    })
    expect(preview.changes).toHaveLength(3)
    expect(preview.changes[0]).toMatchObject({
      page: 1,
      column: 'composer',
      before: 'Composer 1',
      after: 'Anonymous',
    })
    expect(dumpOf(database)).toEqual(before)
    const { done } = await catalogue.importCsv({ csv }, calling)
    expect(done?.label).toBe('list with 5 changes of 1 page')
    expect(await corpus.api.page({ page: 1 }, calling)).toMatchObject({
      composer: 'Anonymous',
      piece: 'Piece 1',
      page: 7,
      fields: { publisher: 'Peters', shelf: 'B 12' },
      tags: ['checked', 'rare'],
    })
    await catalogue.undo(undefined, calling)
    expect(dumpOf(database)).toEqual(before)
  })

  it.each([
    ['', 'it is empty'],
    ['style,composer\na,b', 'none of its columns is called "file"'],
    ['file,publisher,Publisher\na,b,c', 'it has two columns "publisher"'],
    ['file,page\nStyle 1/Composer 1/Piece 1/page-1.png,two', 'says "two", which is no whole number'],
  ])('%j is refused with what is wrong with it', async (csv, problem) => {
    const { catalogue } = await catalogueWorld()
    expect(() => catalogue.previewCsv({ csv, limit: 9 }, calling)).toThrow(problem)
  })

  it('changes nothing when it comes back as it went out', async () => {
    const world = await catalogueWorld()
    await world.catalogue.setFields({ pages: [1, 9], fields: { notes: 'a\r\n"b"' } }, calling)
    const csv = await csvOf(world)
    expect(await world.catalogue.previewCsv({ csv, limit: 9 }, calling)).toMatchObject({
      matchedPages: 16,
      changedValues: 0,
      unmatched: [],
    })
    expect((await world.catalogue.importCsv({ csv }, calling)).done).toBeNull()
  })

  it('tells pages of one file apart by their number in it, also without their hashes', async () => {
    const world = await catalogueWorld()
    const { catalogue, images } = world
    const pictures = [1, 2, 3].map((seed) => stavesPage({ seed: seed + 90, width: 40, height: 50 }))
    put(images, 'S/C/P/three.tif', tiffOf(pictures))
    await world.importFrom(images)
    const { csv, columns } = await catalogue.exportCsv({}, calling)
    expect(columns.slice(0, 3)).toEqual(['file', 'part', 'sha256'])
    const rows = parseCsv(csv)
    expect(rows.filter(([file]) => file === 'S/C/P/three.tif').map(([, part]) => part)).toEqual([
      '1',
      '2',
      '3',
    ])
    expect(rows.filter(([file]) => file?.endsWith('.png')).every(([, part]) => part === '')).toBe(true)
    expect(await catalogue.previewCsv({ csv, limit: 9 }, calling)).toMatchObject({
      changedValues: 0,
      unmatched: [],
    })
    const list =
      'file,part,publisher\nS/C/P/three.tif,2,Peters\nS/C/P/three.tif,7,Peters\nS/C/P/three.tif,,Peters'
    expect(await catalogue.previewCsv({ csv: list, limit: 9 }, calling)).toMatchObject({
      matchedPages: 1,
      unmatched: ['S/C/P/three.tif', 'S/C/P/three.tif'],
      changes: [{ page: 18, column: 'publisher', after: 'Peters' }],
    })
    // Where no pages share a file, nothing need tell them apart.
    expect((await catalogue.exportCsv({ query: 'png' }, calling)).columns).not.toContain('part')
  })

  it('makes an equal catalogue of a fresh project with the same files', { timeout: 60_000 }, async () => {
    const [edited, fresh] = [await catalogueWorld(), await catalogueWorld()]
    const begin = await pagesSeen(fresh)
    await fc.assert(
      fc.asyncProperty(fc.array(anyEdit, { minLength: 1, maxLength: 8 }), async (edits) => {
        const done = edits.filter((edit) => (attempt(edited, edit)?.done ?? null) !== null)
        const { done: applied } = await fresh.catalogue.importCsv({ csv: await csvOf(edited) }, calling)
        const [seen, expected] = [await pagesSeen(fresh), await pagesSeen(edited)]
        undoSteps(edited, done.length)
        undoSteps(fresh, applied === null ? 0 : 1)
        expect(seen).toEqual(expected)
        expect(await pagesSeen(fresh)).toEqual(begin)
      }),
      { seed: 6, numRuns: 25 },
    )
  })
})
