import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ImportRequest } from '../../src/main/core/corpus'
import { calling, type CorpusProject, corpusProject, jobContext } from '../support/corpus-projects'
import { drawnPage, pdfOf } from '../support/pdf-makers'
import { pngOf, put, stavesPage } from '../support/page-makers'

const everything = { offset: 0, limit: 1000 }

async function places(test: CorpusProject): Promise<readonly (readonly string[])[]> {
  const { items } = await test.corpus.api.pages(everything, calling)
  return items.map(({ style, composer, piece, file }) => [style, composer, piece, file])
}

const importWith = (test: CorpusProject, request: Partial<ImportRequest>) =>
  test.corpus.importFolder({ storage: 'link', ...request }, jobContext())

let seed = 0
const page = async (): Promise<Buffer> => await pngOf(stavesPage({ seed: (seed += 1) }))

describe('levels of folders', () => {
  it('mapped by hand name what they are said to name, and nothing where they are skipped', async () => {
    const test = await corpusProject()
    put(test.images, 'Scans 2019/Bach/Baroque/box 3/Suite/Gigue/1.png', await page())
    const levels = ['-', 'composer', 'style', '-', 'piece'] as const
    await importWith(test, { folder: test.images, levels })
    expect(await places(test)).toEqual([
      ['Baroque', 'Bach', 'Suite / Gigue', 'Scans 2019/Bach/Baroque/box 3/Suite/Gigue/1.png'],
    ])
  })

  it('are overruled by what is said of all pages, and that by the list', async () => {
    const test = await corpusProject()
    put(test.images, 'Bach/Suite/1.png', await page())
    put(test.images, 'Bach/Suite/2.png', await page())
    put(test.images, 'corpus.csv', 'file,style\nBach/Suite/2.png,Galant\n')
    const place = { style: 'Baroque', composer: ' ' }
    await importWith(test, { folder: test.images, levels: ['composer', 'piece'], place })
    expect((await places(test)).map(([style, composer, piece]) => [style, composer, piece])).toEqual([
      ['Baroque', 'Bach', 'Suite'],
      ['Galant', 'Bach', 'Suite'],
    ])
  })
})

describe('files one by one', () => {
  it('belong where the folders above them say, PDFs as pieces of their own', async () => {
    const test = await corpusProject()
    const files = [
      put(test.images, 'Ragtime/Joplin/Maple Leaf Rag/1.png', await page()),
      put(test.images, 'Ragtime/Joplin/The Entertainer.pdf', pdfOf([drawnPage(), drawnPage(30, 30)])),
    ]
    put(test.images, 'Ragtime/Joplin/Maple Leaf Rag/2.png', await page())
    expect(await importWith(test, { files })).toMatchObject({ added: 3, refused: [] })
    expect((await places(test)).map(([style, composer, piece]) => [style, composer, piece])).toEqual([
      ['Ragtime', 'Joplin', 'Maple Leaf Rag'],
      ['Ragtime', 'Joplin', 'The Entertainer'],
      ['Ragtime', 'Joplin', 'The Entertainer'],
    ])
    expect(await importWith(test, { files })).toMatchObject({ added: 0, skipped: 3 })
  })

  it('may be mixed with folders, whose names are then the first level', async () => {
    const test = await corpusProject()
    put(test.images, 'Baroque/Bach/Suite/1.png', await page())
    put(test.images, 'Romantic/Chopin/Waltz/1.png', await page())
    const files = ['Baroque', 'Romantic'].map((name) => join(test.images, name))
    expect(await importWith(test, { files })).toMatchObject({ added: 2, styles: 2 })
    expect((await places(test)).map(([style]) => style)).toEqual(['Baroque', 'Romantic'])
  })

  it('that is one folder is that folder', async () => {
    const test = await corpusProject()
    put(test.images, 'Baroque/Bach/Suite/1.png', await page())
    await importWith(test, { files: [test.images] })
    expect((await places(test))[0]?.[3]).toBe('Baroque/Bach/Suite/1.png')
  })

  it('are refused by name where they are not there or no pages, and nothing at all is said to be nothing', async () => {
    const test = await corpusProject()
    const files = [put(test.images, 'a/b/c/notes.txt', 'text'), join(test.images, 'a/b/c/gone.png')]
    const good = put(test.images, 'a/b/c/1.png', await page())
    const { added, refused } = await importWith(test, { files: [...files, good] })
    expect(added).toBe(1)
    expect(refused.map(({ file }) => file)).toEqual(['a/b/c/gone.png', 'a/b/c/notes.txt'])
    await expect(importWith(test, {})).rejects.toMatchObject({ code: 'corpus/nothing-given' })
    await expect(importWith(test, { files: [] })).rejects.toMatchObject({ code: 'corpus/nothing-given' })
  })
})

describe('a preview', () => {
  it('shows levels on real names and where pages would go, as the import then puts them', async () => {
    const test = await corpusProject()
    for (const file of [
      'Baroque/Bach/Suite/1.png',
      'Baroque/Bach/Suite/2.png',
      'Baroque/Corelli/Sonata/1.png',
    ])
      put(test.images, file, await page())
    put(test.images, 'Romantic/Chopin/Waltz.pdf', pdfOf([drawnPage()]))
    put(test.images, 'Romantic/notes.txt', 'text')
    for (const request of [
      { folder: test.images },
      { folder: test.images, levels: ['composer', 'style', '-'] as const, place: { piece: 'One' } },
    ]) {
      const preview = await test.corpus.api.preview(
        { ...request, levels: request.levels && [...request.levels] },
        calling,
      )
      expect(preview).toMatchObject({ files: 4, complete: true, hasList: false })
      expect(preview.folders).toEqual([
        { names: ['Baroque', 'Romantic'], count: 2 },
        { names: ['Bach', 'Corelli', 'Chopin'], count: 3 },
        { names: ['Suite', 'Sonata'], count: 2 },
      ])
      const other = await corpusProject()
      await importWith(other, request)
      expect(
        preview.pages.map(({ style, composer, piece, file }) => [style, composer, piece, file]).sort(),
      ).toEqual([...(await places(other))].sort())
      const { styles, composers, pieces } = await other.corpus.api.counts(undefined, calling)
      expect(preview).toMatchObject({ styles, composers, pieces })
    }
  })

  it('of an empty folder and of one that is not there says so', async () => {
    const test = await corpusProject()
    mkdirSync(test.images)
    expect(await test.corpus.api.preview({ folder: test.images }, calling)).toMatchObject({
      files: 0,
      pages: [],
    })
    const gone = async () => test.corpus.api.preview({ folder: join(test.images, 'gone') }, calling)
    await expect(gone()).rejects.toMatchObject({ code: 'corpus/folder-missing' })
  })
})

describe('the columns of a list', () => {
  it('are guessed by their names and may be said by hand', async () => {
    const test = await corpusProject()
    put(test.images, 'x/1.png', await page())
    const csv = put(
      test.images,
      'lists/pages.csv',
      'Image;Author;Werk;Shelf;Remark\nx/1.png;Bach;Suite;B 12;none\n',
    )
    const preview = await test.corpus.api.listPreview({ csv }, calling)
    expect(preview.rows).toBe(1)
    expect(preview.columns.map(({ name, meaning }) => [name, meaning])).toEqual([
      ['Image', 'file'],
      ['Author', 'composer'],
      ['Werk', 'piece'],
      ['Shelf', 'field'],
      ['Remark', 'field'],
    ])
    const columns = {
      ...Object.fromEntries(preview.columns.map(({ name, meaning }) => [name, meaning])),
      Remark: '-' as const,
    }
    await importWith(test, { folder: test.images, csv, columns })
    const { items } = await test.corpus.api.pages(everything, calling)
    expect(items[0]).toMatchObject({ composer: 'Bach', piece: 'Suite', fields: { Shelf: 'B 12' } })
  })

  it('may describe one page of a file or all of them', async () => {
    const test = await corpusProject()
    put(test.images, 'S/C/scan.pdf', pdfOf([drawnPage(), drawnPage(30, 30), drawnPage(40, 40)]))
    put(
      test.images,
      'corpus.csv',
      'file,part,piece,edition\nS/C/scan.pdf,,Suite,Urtext\nS/C/scan.pdf,2,Fugue,\n',
    )
    await importWith(test, { folder: test.images })
    const { items } = await test.corpus.api.pages(everything, calling)
    expect(items.map(({ part, piece, fields }) => [part, piece, fields['edition']])).toEqual([
      [2, 'Fugue', undefined],
      [1, 'Suite', 'Urtext'],
      [3, 'Suite', 'Urtext'],
    ])
  })

  it('without one for the file are refused in a sentence', async () => {
    const test = await corpusProject()
    put(test.images, 'x/1.png', await page())
    const csv = put(test.images, 'pages.csv', 'a,b\n1,2\n')
    await expect(importWith(test, { folder: test.images, csv, columns: { a: 'field' } })).rejects.toThrow(
      'no column was chosen for the file',
    )
  })
})
