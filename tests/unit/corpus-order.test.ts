import { describe, expect, it } from 'vitest'
import type Database from 'better-sqlite3'
import { DESCRIBED_SQL, pageIdsSql } from '../../src/main/core/corpus/catalogue'
import {
  FIELDS_IN_COMMON_SQL,
  PLACES_IN_COMMON_SQL,
  TAGS_IN_COMMON_SQL,
} from '../../src/main/core/corpus/editing/in-common'
import { orderPages } from '../../src/main/core/corpus/page-order'
import { type CatalogueWorld, catalogueWorld, dumpOf } from '../support/catalogue-world'
import { calling } from '../support/corpus-projects'

const order = async (world: CatalogueWorld, sortBy?: string, query?: string): Promise<readonly number[]> =>
  (await world.corpus.api.order({ sortBy, query }, calling)).pages

function planOf(database: Database.Database, sql: string, values: readonly unknown[]): string {
  return database
    .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...values)
    .map(({ detail }) => detail)
    .join('\n')
}

describe('a list by ids', () => {
  it('has the pages that a list in full has, in the same order, whatever is asked for', async () => {
    const world = await catalogueWorld()
    await world.catalogue.setTags({ pages: [3, 9], add: ['torn'], remove: [] }, calling)
    for (const query of [undefined, 'composer:2', 'tag:torn', '-tag:torn "piece 1"', 'nothing']) {
      const { items } = await world.corpus.api.pages({ query, offset: 0, limit: 1000 }, calling)
      expect(await order(world, undefined, query)).toEqual(items.map(({ id }) => id))
    }
  })

  it('is sorted by a column or a field in natural order, pages without a value last, with its groups', async () => {
    const world = await catalogueWorld()
    await world.catalogue.setFields({ pages: [1, 4], fields: { shelf: 'B 12' } }, calling)
    await world.catalogue.setFields({ pages: [16], fields: { shelf: 'b 9' } }, calling)
    const { pages, groups } = await world.corpus.api.order({ sortBy: 'shelf' }, calling)
    expect(pages.slice(0, 4)).toEqual([16, 1, 4, 2])
    expect(groups).toEqual([
      { value: 'b 9', pages: 1, start: 0 },
      { value: 'B 12', pages: 2, start: 1 },
      { value: '', pages: 13, start: 3 },
    ])
    const byPiece = await world.corpus.api.order({ sortBy: 'piece' }, calling)
    expect(byPiece.groups.map(({ value, start }) => [value, start])).toEqual([
      ['Piece 1', 0],
      ['Piece 2', 8],
    ])
    expect((await world.corpus.api.order({}, calling)).groups).toEqual([])
  })

  it('names no groups where nearly every page has its own', async () => {
    const world = await catalogueWorld()
    const { database } = world
    database.exec(`WITH RECURSIVE counted (n) AS (SELECT 17 UNION ALL SELECT n + 1 FROM counted WHERE n < 1100)
      INSERT INTO pages (piece, number, file, sort_key, storage, location, origin, format, width, height, orientation,
        size_bytes, modified_ms, sha256, search_text)
      SELECT piece, n, 'more-' || n || '.png', 'more-' || n, storage, location, origin, format, width, height,
        orientation, size_bytes, modified_ms, sha256, search_text FROM counted, pages WHERE pages.id = 1`)
    const { pages, groups } = orderPages(database, { sortBy: 'file' })
    expect([pages.length, groups]).toEqual([1100, []])
    expect(pages.slice(0, 3)).toEqual([17, 18, 19])
  })

  it('is described in the order asked for, without what is no page', async () => {
    const world = await catalogueWorld()
    const described = await world.corpus.api.describe({ pages: [16, 99, 2] }, calling)
    expect(described.map(({ id }) => id)).toEqual([16, 2])
    expect(described[1]).toEqual(await world.corpus.api.page({ page: 2 }, calling))
  })

  it('asks through the indices, with nothing to sort', async () => {
    const { database } = await catalogueWorld()
    const plans = ['true', 'instr(pages.search_text, 3) > 0'].map((where) =>
      planOf(database, pageIdsSql(where), []),
    )
    for (const plan of plans) {
      expect(plan).toMatch(/SEARCH pages USING (COVERING )?INDEX pages_in_order/)
      expect(plan).not.toContain('TEMP B-TREE')
    }
    // Without a search nothing but the index is read.
    expect(plans[0]).toContain('COVERING INDEX pages_in_order')
    const described = planOf(database, DESCRIBED_SQL, ['[1]'])
    expect(described).toContain('SEARCH pages USING INTEGER PRIMARY KEY')
    expect(described).toContain('SEARCH page_fields USING PRIMARY KEY')
  })
})

describe('what pages have in common', () => {
  it('is one value, several or none, with how many have each tag', async () => {
    const world = await catalogueWorld()
    await world.catalogue.setFields({ pages: [1, 2, 3], fields: { publisher: 'Peters' } }, calling)
    await world.catalogue.setFields({ pages: [1], fields: { year: '1801' } }, calling)
    await world.catalogue.setTags({ pages: [1, 2], add: ['torn'], remove: [] }, calling)
    await world.catalogue.setTags({ pages: [2], add: ['Ärger'], remove: [] }, calling)
    await world.catalogue.setExcluded({ pages: [2], reason: 'advert' }, calling)
    const common = await world.catalogue.inCommon({ pages: [1, 2, 2, 99] }, calling)
    expect(common).toEqual({
      pages: 2,
      style: { value: 'Style 1', mixed: false },
      composer: { value: 'Composer 1', mixed: false },
      piece: { value: 'Piece 1', mixed: false },
      page: { value: '', mixed: true },
      excluded: { value: '', mixed: true },
      excludedPages: 1,
      fields: { publisher: { value: 'Peters', mixed: false }, year: { value: '', mixed: true } },
      tags: [
        { tag: 'Ärger', pages: 1 },
        { tag: 'torn', pages: 2 },
      ],
    })
    expect(await world.catalogue.inCommon({ pages: [99] }, calling)).toMatchObject({
      pages: 0,
      style: { value: '', mixed: false },
    })
  })

  it('reads the rows of these pages and no others', async () => {
    const { database } = await catalogueWorld()
    const tables = {
      pages: PLACES_IN_COMMON_SQL,
      page_fields: FIELDS_IN_COMMON_SQL,
      page_tags: TAGS_IN_COMMON_SQL,
    }
    for (const [table, sql] of Object.entries(tables))
      expect(planOf(database, sql, ['[1]'])).toMatch(
        new RegExp(`SEARCH ${table} USING (INTEGER )?PRIMARY KEY`),
      )
  })
})

describe('an edit of many pages', () => {
  it('writes each page down once, however often its steps changed it', async () => {
    const world = await catalogueWorld()
    const { database } = world
    const before = dumpOf(database)
    await world.catalogue.movePages(
      { pages: [1, 2, 5, 6, 9], to: { style: 'New', piece: 'Piece 1' } },
      calling,
    )
    const written = database
      .prepare(
        `SELECT count(*), count(DISTINCT json_extract(before, '$.id')) FROM edit_changes
        WHERE table_name = 'pages' AND edit = (SELECT max(id) FROM edits)`,
      )
      .raw()
      .get()
    // Those that moved, and page 10, which is the first of its piece now.
    expect(written).toEqual([6, 6])
    const after = dumpOf(database)
    await world.catalogue.undo(undefined, calling)
    expect(dumpOf(database)).toEqual(before)
    await world.catalogue.redo(undefined, calling)
    expect(dumpOf(database)).toEqual(after)
  })
})
