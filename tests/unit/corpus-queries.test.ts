import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { pageListSql } from '../../src/main/core/corpus/catalogue'
import { parseCsv } from '../../src/main/core/corpus/csv'
import { compareKeys, fold, naturalKey } from '../../src/main/core/corpus/natural-order'
import { thumbnailPath } from '../../src/main/core/corpus/page-files'
import { placeOf } from '../../src/main/core/corpus/page-place'
import { parseQuery } from '../../src/main/core/corpus/query-words'
import { calling, type CorpusProject, corpusProject } from '../support/corpus-projects'
import { fromGrey, jpegOf, pngOf, put, putCorpus, stavesPage } from '../support/page-makers'

describe('natural order', () => {
  it('puts numbers by value, whatever their zeros, and ignores case and accents at first', () => {
    const names = [
      'page-10',
      'Page-9',
      'page-009b',
      'Étude 2',
      'etude 1',
      'page-9',
      'Zebra',
      'page-100000000000000000000',
    ]
    const sorted = [...names].sort((a, b) => compareKeys(naturalKey(a), naturalKey(b)))
    expect(sorted).toEqual([
      'etude 1',
      'Étude 2',
      'Page-9',
      'page-9',
      'page-009b',
      'page-10',
      'page-100000000000000000000',
      'Zebra',
    ])
  })

  it('gives different names different keys and numbers the order of their values', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(naturalKey(a) === naturalKey(b)).toBe(a === b)
      }),
    )
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        const keys = [naturalKey(`p${String(a)}.png`), naturalKey(`p${String(b)}.png`)] as const
        expect(Math.sign(compareKeys(...keys))).toBe(Math.sign(a - b))
      }),
    )
  })
})

describe('a list', () => {
  it('is read however it separates, quotes and ends its lines', () => {
    expect(parseCsv('a,b\n1,"x, ""y"" z"\n\n2,\n')).toEqual([
      ['a', 'b'],
      ['1', 'x, "y" z'],
      ['2', ''],
    ])
    expect(parseCsv('\uFEFFa;b\r\n"1\n2";3')).toEqual([
      ['a', 'b'],
      ['1\n2', '3'],
    ])
    expect(parseCsv('a\tb\rx"y\t"open')).toEqual([
      ['a', 'b'],
      ['x"y', 'open'],
    ])
    expect(parseCsv('a,b\n"x" y,2')).toEqual([
      ['a', 'b'],
      ['x y', '2'],
    ])
    expect(parseCsv('')).toEqual([])
  })

  it('gives back what was written by the rules', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ';', 'ж') })
    const row = fc.tuple(cell, cell, fc.constant('z'))
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        const header = 'one,two,three'
        const quoted = rows.map((cells) => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(','))
        expect(parseCsv([header, ...quoted].join('\r\n')).slice(1)).toEqual(rows)
      }),
    )
  })
})

describe('the place of a page', () => {
  it('always has a style, a composer and a piece', () => {
    const part = fc.string({ minLength: 1 }).filter((text) => !text.includes('/') && text.trim() !== '')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (folders) => {
        for (const name of Object.values(placeOf([...folders, 'page.png'].join('/'))))
          expect(name).not.toBe('')
      }),
    )
  })

  it('does not depend on how accents are composed', () => {
    expect(placeOf('Baroque/Rame\u0301e/Piece/1.png')).toEqual(placeOf('Baroque/Ram\u00e9e/Piece/1.png'))
  })
})

describe('a search', () => {
  it('is words, fields and words in quotation marks', () => {
    expect(parseQuery('bach  composer:"johann sebastian" "op 12" dpi:300')).toEqual([
      { field: null, word: 'bach' },
      { field: 'composer', word: 'johann sebastian' },
      { field: null, word: 'op 12' },
      { field: 'dpi', word: '300' },
    ])
    expect(parseQuery('   ')).toEqual([])
  })

  it.each([
    ['"open', 'a quotation mark is not closed'],
    ['style:', 'there is no word after "style:"'],
    ['bach style: haydn', 'there is no word after "style:"'],
    ['a"b"c', 'write "a"b"c" as words or as field:word'],
  ])('%s is refused with what is wrong with it', (query, problem) => {
    expect(() => parseQuery(query)).toThrow(problem)
  })

  it('never fails otherwise than with its sentence', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', ':', '"', 'é', '%', "'") }), (query) => {
        try {
          parseQuery(query)
        } catch (error) {
          expect(error).toMatchObject({ code: 'corpus/query-invalid' })
        }
      }),
    )
  })

  it('finds pages by any of their words', async () => {
    const test = await describedCorpus()
    const found = async (query: string): Promise<readonly string[]> =>
      (await test.corpus.api.pages({ query, offset: 0, limit: 99 }, calling)).items.map(({ file }) => file)
    expect(await found('')).toHaveLength(4)
    expect(await found('DVORAK')).toEqual([
      'Romantic/Dvořák/Rusalka/p1.png',
      'Romantic/Dvořák/Rusalka/p2.png',
    ])
    expect(await found('dvořák p2')).toEqual(['Romantic/Dvořák/Rusalka/p2.png'])
    expect(await found('flatbed')).toEqual(['Baroque/Bach/Fugue/p1.png', 'Romantic/Dvořák/Rusalka/p1.png'])
    expect(await found('Scanner:flat composer:dvo')).toEqual(['Romantic/Dvořák/Rusalka/p1.png'])
    expect(await found('page:2')).toEqual(['Baroque/Bach/Fugue/p2.png', 'Romantic/Dvořák/Rusalka/p2.png'])
    expect(await found('style:rom piece:rus')).toHaveLength(2)
    expect(await found('piece:"a b"')).toEqual([])
    expect(await found("'; DROP TABLE pages; --")).toEqual([])
    await expect(found('scaner:flat')).rejects.toThrow(
      'The search "scaner:flat" cannot be read: there is no field "scaner", only style, composer, piece, file, excluded, page, width, height, dpi, is, tag, scanner, title, year, publisher, edition, scan source, stated dpi, rights, notes.',
    )
    await expect(found('page:two')).rejects.toMatchObject({ code: 'corpus/query-invalid' })
  })
})

async function describedCorpus(): Promise<CorpusProject> {
  const test = await corpusProject()
  const files = [
    'Romantic/Dvořák/Rusalka/p1',
    'Romantic/Dvořák/Rusalka/p2',
    'Baroque/Bach/Fugue/p1',
    'Baroque/Bach/Fugue/p2',
  ]
  for (const [seed, file] of files.entries())
    put(test.images, `${file}.png`, await pngOf(stavesPage({ seed: seed + 1 })))
  const list = ['file,scanner', 'Romantic/Dvořák/Rusalka/p1.png,Flatbed', 'Baroque/Bach/Fugue/p1.png,flatbed']
  put(test.images, 'corpus.csv', list.join('\n'))
  await test.importFrom(test.images)
  return test
}

describe('the catalogue of pages', () => {
  it('is a tree in natural order with counts', async () => {
    const test = await describedCorpus()
    const tree = await test.corpus.api.tree(undefined, calling)
    expect(tree.map(({ name, pages }) => [name, pages])).toEqual([
      ['Baroque', 2],
      ['Romantic', 2],
    ])
    expect(tree[0]?.composers[0]).toMatchObject({
      name: 'Bach',
      pages: 2,
      pieces: [{ name: 'Fugue', pages: 2 }],
    })
  })

  it('is listed by node and in parts, with how many there are in all', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, { styles: 2, composers: 2, pieces: 2, pages: 3 })
    await test.importFrom(test.images)
    const [, style] = await test.corpus.api.tree(undefined, calling)
    const composer = style?.composers[0]
    const list = (request: object) => test.corpus.api.pages({ offset: 0, limit: 100, ...request }, calling)
    const all = await list({})
    expect(all.total).toBe(24)
    expect((await list({ style: style?.id })).total).toBe(12)
    expect(
      (await list({ composer: composer?.id })).items.every((page) => page.composer === composer?.name),
    ).toBe(true)
    expect((await list({ piece: composer?.pieces[1]?.id })).items.map(({ page }) => page)).toEqual([1, 2, 3])
    const part = await list({ offset: 5, limit: 4 })
    expect(part).toEqual({ total: 24, items: all.items.slice(5, 9) })
    expect(() => test.corpus.api.page({ page: 999 }, calling)).toThrow(
      'There is no page 999 in this project.',
    )
  })

  it('is read through its indices, in order, without sorting', async () => {
    const test = await corpusProject()
    const plan = (where: string, ...values: unknown[]): string =>
      test.project.database
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${pageListSql(where)}`)
        .all(...values, 10, 0)
        .map(({ detail }) => detail)
        .join('\n')
    for (const where of ['true', 'composers.id = 3', 'instr(pages.search_text, 3) > 0']) {
      expect(plan(where)).toMatch(/SCAN styles USING INDEX/)
      expect(plan(where)).toMatch(
        /SEARCH composers USING (COVERING )?INDEX|SEARCH composers USING INTEGER PRIMARY KEY/,
      )
      expect(plan(where)).toMatch(/SEARCH pieces USING INDEX/)
      expect(plan(where)).toMatch(/SEARCH pages USING INDEX pages_in_order/)
      expect(plan(where)).not.toContain('TEMP B-TREE')
    }
    const byId = test.project.database.prepare('EXPLAIN QUERY PLAN SELECT * FROM pages WHERE id = 1').all()
    expect(JSON.stringify(byId)).toContain('USING INTEGER PRIMARY KEY')
  })
})

describe('pictures of pages', () => {
  const shown = async (bytes: Uint8Array): Promise<readonly [number, number, string]> => {
    const { width, height, format } = await sharp(bytes).metadata()
    return [width, height, format]
  }

  it('are thumbnails of at most 320 pixels, made again when they are lost or empty', async () => {
    const test = await corpusProject()
    put(test.images, 'S/C/P/1.png', await pngOf(stavesPage({ width: 900, height: 1200 })))
    await test.importFrom(test.images)
    const read = () => test.corpus.readPicture({ kind: 'thumbnail', page: 1 })
    const first = await read()
    expect(first.mediaType).toBe('image/jpeg')
    expect(await shown(first.bytes)).toEqual([240, 320, 'jpeg'])
    const { sha256 } = await test.corpus.api.page({ page: 1 }, calling)
    truncateSync(thumbnailPath(test.project, sha256), 0)
    expect((await read()).bytes).toEqual(first.bytes)
    rmSync(join(test.folder, 'thumbnails'), { recursive: true })
    expect((await read()).bytes).toEqual(first.bytes)
  })

  it('are the file itself at full size where a window can show it, else a rendering', async () => {
    const test = await corpusProject()
    const page = stavesPage({ width: 500, height: 400 })
    const jpeg = put(test.images, 'S/C/P/1.jpg', await jpegOf(page))
    put(test.images, 'S/C/P/2.tif', await fromGrey(page).tiff().toBuffer())
    put(test.images, 'S/C/P/3.jpg', await fromGrey(page).withMetadata({ orientation: 6 }).jpeg().toBuffer())
    await test.importFrom(test.images)
    const read = (id: number, side?: number) =>
      test.corpus.readPicture({ kind: 'page', page: id, ...(side === undefined ? {} : { side }) })
    expect(Buffer.from((await read(1)).bytes).equals(readFileSync(jpeg))).toBe(true)
    expect(await shown((await read(1, 100)).bytes)).toEqual([100, 80, 'jpeg'])
    expect(await shown((await read(2)).bytes)).toEqual([500, 400, 'jpeg'])
    expect(await shown((await read(3)).bytes)).toEqual([400, 500, 'jpeg'])
    expect(await shown((await read(3, 100)).bytes)).toEqual([80, 100, 'jpeg'])
    expect(await shown((await read(1, 2000)).bytes)).toEqual([500, 400, 'jpeg'])
  })

  it('say what is wrong with a page that cannot be shown', async () => {
    const test = await corpusProject()
    const path = put(test.images, 'S/C/P/1.tif', await fromGrey(stavesPage()).tiff().toBuffer())
    await test.importFrom(test.images)
    await expect(test.corpus.readPicture({ kind: 'page', page: 5 })).rejects.toThrow('There is no page 5')
    writeFileSync(path, 'no longer a picture')
    await expect(test.corpus.readPicture({ kind: 'page', page: 1 })).rejects.toThrow(
      'S/C/P/1.tif changed since it was imported',
    )
  })
})

describe('folding', () => {
  it('makes searching blind to case and accents', () => {
    expect(fold('Dvořák ÉTUDE ﬁn Straße')).toBe('dvorak etude fin straße')
  })
})
