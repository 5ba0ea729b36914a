import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JobProgressUpdate } from '../../src/main/core/ports'
import { calling, corpusProject, jobContext } from '../support/corpus-projects'
import { jpegOf, pngOf, put, putCorpus, setTime, stavesPage } from '../support/page-makers'
import { temporaryFolder } from '../support/projects'

const everything = { offset: 0, limit: 100_000 }

describe('an import', () => {
  it('finds styles, composers, pieces and pages, and again adds nothing', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, { styles: 3, composers: 2, pieces: 2, pages: 2 })
    const first = await test.importFrom(test.images)
    expect(first).toMatchObject({
      styles: 3,
      composers: 6,
      pieces: 12,
      pages: 24,
      added: 24,
      skipped: 0,
      refused: [],
    })
    const second = await test.importFrom(test.images)
    expect(second).toMatchObject({ styles: 3, composers: 6, pieces: 12, pages: 24, added: 0, skipped: 24 })
    expect(test.corpus.api.lastImport(undefined, calling)).toEqual(second)
    expect(test.corpus.api.counts(undefined, calling)).toEqual({
      styles: 3,
      composers: 6,
      pieces: 12,
      pages: 24,
    })
  })

  it('adds nothing the second time, whatever the tree and the way of storing', async () => {
    const name = fc.constantFrom('Bach', 'Bäch', 'op. 10', 'op. 9', 'a b', 'Ж', '楽譜')
    const file = fc
      .tuple(fc.array(name, { maxLength: 5 }), fc.integer({ min: 1, max: 3 }))
      .map(([folders, page]) => [...folders, `p${String(page)}.png`].join('/'))
    const pages = await Promise.all(
      [1, 2, 3].map((seed) => pngOf(stavesPage({ width: 40, height: 40, seed }))),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(file, fc.nat(2)), { minLength: 1, maxLength: 8, selector: ([path]) => path }),
        fc.constantFrom('link' as const, 'copy' as const),
        async (files, storage) => {
          const test = await corpusProject(temporaryFolder())
          for (const [path, page] of files) put(test.images, path, pages[page] ?? '')
          const first = await test.importFrom(test.images, { storage })
          expect(first.added + first.skipped).toBe(files.length)
          const second = await test.importFrom(test.images, { storage })
          expect(second).toMatchObject({ added: 0, skipped: files.length, pages: first.pages })
          await test.projects.close()
        },
      ),
      { numRuns: 12 },
    )
  })

  it('adds only what is new, and keeps positions in natural order of the files', async () => {
    const test = await corpusProject()
    const page = async (name: string, seed: number): Promise<void> =>
      void put(test.images, `S/C/P/${name}`, await pngOf(stavesPage({ seed })))
    await page('page-10.png', 1)
    await page('page-2.png', 2)
    await test.importFrom(test.images)
    await page('Page-3.png', 3)
    expect(await test.importFrom(test.images)).toMatchObject({ added: 1, skipped: 2 })
    const { items } = await test.corpus.api.pages(everything, calling)
    expect(items.map(({ file, page: number }) => [file, number])).toEqual([
      ['S/C/P/page-2.png', 1],
      ['S/C/P/Page-3.png', 2],
      ['S/C/P/page-10.png', 3],
    ])
  })

  it('gives missing levels a name and joins deeper ones to the piece', async () => {
    const test = await corpusProject()
    const files = ['top.png', 'S/one.png', 'S/C/two.png', 'S/C/P/three.png', 'S/C/P/Act 1/Scene 2/four.png']
    for (const [seed, file] of files.entries())
      put(test.images, file, await pngOf(stavesPage({ seed: seed + 1 })))
    await test.importFrom(test.images)
    const { items } = await test.corpus.api.pages(everything, calling)
    const places = Object.fromEntries(
      items.map((page) => [page.file, [page.style, page.composer, page.piece]]),
    )
    expect(places).toEqual({
      'top.png': ['Unknown style', 'Unknown composer', 'Unknown piece'],
      'S/one.png': ['S', 'Unknown composer', 'Unknown piece'],
      'S/C/two.png': ['S', 'C', 'Unknown piece'],
      'S/C/P/three.png': ['S', 'C', 'P'],
      'S/C/P/Act 1/Scene 2/four.png': ['S', 'C', 'P / Act 1 / Scene 2'],
    })
  })

  it('takes a file that was renamed or moved for the page that it is', async () => {
    const test = await corpusProject()
    const from = put(test.images, 'S/C/P/a.png', await pngOf(stavesPage()))
    await test.importFrom(test.images)
    renameSync(from, join(test.images, 'S/C/P/b.png'))
    expect(await test.importFrom(test.images)).toMatchObject({ added: 0, skipped: 1, pages: 1 })
    renameSync(test.images, `${test.images}-elsewhere`)
    expect(await test.importFrom(`${test.images}-elsewhere`)).toMatchObject({
      added: 0,
      skipped: 1,
      pages: 1,
    })
    const { items } = await test.corpus.api.pages(everything, calling)
    expect(items[0]).toMatchObject({ id: 1, file: 'S/C/P/b.png', missing: false })
    expect((await test.corpus.api.pages({ ...everything, query: 'b.png' }, calling)).total).toBe(1)
    expect((await test.corpus.api.pages({ ...everything, query: 'a.png' }, calling)).total).toBe(0)
    await test.corpus.decodePage(1)
  })

  it('takes the same bytes once within a piece, and again in another piece', async () => {
    const test = await corpusProject()
    const bytes = await pngOf(stavesPage())
    for (const file of ['S/C/P/1.png', 'S/C/P/2.png', 'S/C/Q/1.png']) put(test.images, file, bytes)
    expect(await test.importFrom(test.images)).toMatchObject({ added: 2, skipped: 1, pieces: 2 })
    expect(await test.importFrom(test.images)).toMatchObject({ added: 0, skipped: 3 })
  })

  it('takes changed bytes for a new state of the same page', async () => {
    const test = await corpusProject()
    const path = put(test.images, 'S/C/P/1.png', await pngOf(stavesPage({ width: 100, height: 100 })))
    await test.importFrom(test.images)
    const before = await test.corpus.api.page({ page: 1 }, calling)
    writeFileSync(path, await pngOf(stavesPage({ width: 120, height: 90, seed: 2 })))
    await expect(test.corpus.decodePage(1)).rejects.toMatchObject({ code: 'corpus/page-changed' })
    expect(await test.importFrom(test.images)).toMatchObject({ added: 1, pages: 1 })
    const after = await test.corpus.api.page({ page: 1 }, calling)
    expect(after).toMatchObject({ width: 120, height: 90 })
    expect(after.sha256).not.toBe(before.sha256)
    expect((await test.corpus.decodePage(1)).width).toBe(120)
  })

  it('does not mind a new time on the same bytes', async () => {
    const test = await corpusProject()
    const path = put(test.images, 'S/C/P/1.png', await pngOf(stavesPage()))
    await test.importFrom(test.images)
    setTime(path, 1_000_000_000_000)
    expect((await test.corpus.decodePage(1)).width).toBe(160)
    expect(await test.importFrom(test.images)).toMatchObject({ added: 0, skipped: 1, pages: 1 })
  })

  it('says how far it is', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, { styles: 1, composers: 1, pieces: 1, pages: 3 })
    const told: JobProgressUpdate[] = []
    await test.corpus.importFolder({ folder: test.images, storage: 'link' }, jobContext(told))
    expect(told.at(0)?.label).toBe('Looking for page images')
    expect(told.slice(1)).toEqual([1, 2, 3].map((done) => ({ label: 'Importing pages', done, total: 3 })))
  })

  it('keeps what was added when it is cancelled, and goes on from there', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, { styles: 1, composers: 2, pieces: 3, pages: 4 }, { width: 60, height: 60 })
    const controller = new AbortController()
    const context = {
      ...jobContext([], controller.signal),
      progress: ({ done }: JobProgressUpdate) => {
        if (done === 7) controller.abort()
      },
    }
    await expect(
      test.corpus.importFolder({ folder: test.images, storage: 'link' }, context),
    ).rejects.toMatchObject({ name: 'Cancelled' })
    expect(test.corpus.api.counts(undefined, calling)).toMatchObject({ pages: 7 })
    expect(await test.importFrom(test.images)).toMatchObject({ added: 17, skipped: 7, pages: 24 })
  })

  it('runs as a job that waits for nobody', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, { styles: 1, composers: 1, pieces: 1, pages: 2 })
    const job = await test.corpus.api.import({ folder: test.images, storage: 'link' }, calling)
    expect(job.kind).toBe('import')
    await test.projects.close()
    expect(test.told.filter(({ name }) => name === 'job/ended')).toHaveLength(1)
  })
})

describe('an import by copy', () => {
  it('keeps the pages when the originals go', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, { styles: 1, composers: 1, pieces: 1, pages: 2 })
    await test.importFrom(test.images, { storage: 'copy' })
    const before = await test.corpus.decodePage(2)
    rmSync(test.images, { recursive: true })
    expect(await test.corpus.decodePage(2)).toEqual(before)
    const page = await test.corpus.api.page({ page: 1 }, calling)
    expect(page).toMatchObject({ storage: 'copied', missing: false })
    const kept = join(test.folder, 'pages', page.sha256.slice(0, 2), `${page.sha256}.png`)
    expect(readdirSync(join(kept, '..'))).toEqual([`${page.sha256}.png`])
  })

  it('makes a lost copy again from the original', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, { styles: 1, composers: 1, pieces: 1, pages: 1 })
    await test.importFrom(test.images, { storage: 'copy' })
    rmSync(join(test.folder, 'pages'), { recursive: true })
    await expect(test.corpus.decodePage(1)).rejects.toMatchObject({ code: 'corpus/page-unreadable' })
    expect(await test.corpus.api.page({ page: 1 }, calling)).toMatchObject({ missing: true })
    expect(await test.importFrom(test.images, { storage: 'copy' })).toMatchObject({ added: 0, skipped: 1 })
    await test.corpus.decodePage(1)
    expect(await test.corpus.api.page({ page: 1 }, calling)).toMatchObject({ missing: false })
  })
})

describe('linked originals', () => {
  it('are found when project and pages move together', async () => {
    const base = join(temporaryFolder(), 'first')
    mkdirSync(base)
    const test = await corpusProject(base)
    await putCorpus(test.images, { styles: 1, composers: 1, pieces: 1, pages: 1 })
    await test.importFrom(test.images)
    await test.projects.close()
    renameSync(base, `${base}-moved`)
    await test.projects.api.open({ folder: join(`${base}-moved`, 'test.scorescope') }, calling)
    await test.corpus.decodePage(1)
  })

  it('that are gone make a page that is missing until they are back', async () => {
    const test = await corpusProject()
    const [file = ''] = await putCorpus(test.images, { styles: 1, composers: 1, pieces: 1, pages: 1 })
    await test.importFrom(test.images)
    renameSync(test.images, `${test.images}-away`)
    await expect(test.corpus.decodePage(1)).rejects.toThrow(
      `${file} cannot be read (it is not there): put the file back or import it again.`,
    )
    expect(await test.corpus.api.page({ page: 1 }, calling)).toMatchObject({ missing: true })
    expect((await test.corpus.readPicture({ kind: 'thumbnail', page: 1 })).bytes.byteLength).toBeGreaterThan(
      0,
    )
    renameSync(`${test.images}-away`, test.images)
    await test.corpus.decodePage(1)
    expect(await test.corpus.api.page({ page: 1 }, calling)).toMatchObject({ missing: false })
  })

  it('are never written to', async () => {
    const test = await corpusProject()
    const files = await putCorpus(test.images, { styles: 1, composers: 1, pieces: 1, pages: 2 })
    const before = files.map((file) => readFileSync(join(test.images, file)))
    await test.importFrom(test.images)
    await test.draw({ seed: 1, size: 32, whiteness: 1 })
    expect(files.map((file) => readFileSync(join(test.images, file)))).toEqual(before)
    expect(readdirSync(join(test.images, 'Style 1', 'Composer 1', 'Piece 1'))).toHaveLength(2)
  })
})

describe('a list of pages', () => {
  it('that lies in the folder describes its pages', async () => {
    const test = await corpusProject()
    for (const [seed, name] of ['a', 'b', 'c'].entries())
      put(test.images, `${name}.png`, await pngOf(stavesPage({ seed: seed + 1 })))
    put(
      test.images,
      'corpus.csv',
      '\uFEFFfile;Style;composer;piece;page;dpi;"scan; source"\r\n' +
        'a.png;Baroque;"Bach, J. S.";"Fugue ""G""";2;300;flatbed\r\n' +
        './b.png;Baroque;"Bach, J. S.";"Fugue ""G""";1;;\r\n',
    )
    await test.importFrom(test.images)
    const { items } = await test.corpus.api.pages(everything, calling)
    expect(
      items.map(({ file, style, composer, piece, page }) => [file, style, composer, piece, page]),
    ).toEqual([
      ['b.png', 'Baroque', 'Bach, J. S.', 'Fugue "G"', 1],
      ['a.png', 'Baroque', 'Bach, J. S.', 'Fugue "G"', 2],
      ['c.png', 'Unknown style', 'Unknown composer', 'Unknown piece', 1],
    ])
    expect(items[1]).toMatchObject({ dpi: 300, fields: { dpi: '300', 'scan; source': 'flatbed' } })
    expect(items[0]?.fields).toEqual({})
  })

  it('that changed describes pages anew without adding any', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, { styles: 1, composers: 1, pieces: 1, pages: 1 })
    const file = 'Style 1/Composer 1/Piece 1/page-1.png'
    const list = put(join(test.images, '..'), 'list.csv', `file,edition\n${file},first\n`)
    await test.importFrom(test.images, { csv: list })
    writeFileSync(list, `file,edition,hand\n${file},second,Anna\n`)
    expect(await test.importFrom(test.images, { csv: list })).toMatchObject({ added: 0, skipped: 1 })
    const query = (words: string) => test.corpus.api.pages({ ...everything, query: words }, calling)
    expect((await query('anna')).items[0]?.fields).toEqual({ edition: 'second', hand: 'Anna' })
    expect((await query('first')).total).toBe(0)
    // Without the list nothing is forgotten.
    await test.importFrom(test.images)
    expect((await query('hand:anna')).total).toBe(1)
  })

  it('is refused when it was asked for and cannot be used', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, { styles: 1, composers: 1, pieces: 1, pages: 1 })
    const list = put(join(test.images, '..'), 'list.csv', 'name,edition\na,b\n')
    await expect(test.importFrom(test.images, { csv: list })).rejects.toThrow(
      'none of its columns is called "file"',
    )
    await expect(test.importFrom(test.images, { csv: `${list}.missing` })).rejects.toMatchObject({
      code: 'corpus/csv-unreadable',
    })
    expect(test.corpus.api.counts(undefined, calling)).toMatchObject({ pages: 0 })
  })

  it('that only happens to be there is reported, and stops nothing', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, { styles: 1, composers: 1, pieces: 1, pages: 1 })
    put(test.images, 'corpus.csv', 'nothing of use\n')
    const report = await test.importFrom(test.images)
    expect(report).toMatchObject({ added: 1, refused: [{ file: 'corpus.csv' }] })
    expect(report.refused[0]?.reason).toContain('none of its columns is called "file"')
  })

  it('that names files which are not there is told so once', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, { styles: 1, composers: 1, pieces: 1, pages: 1 })
    put(test.images, 'corpus.csv', 'file,edition\nx/absent.png,first\ny/absent.png,first\n')
    const { added, refused } = await test.importFrom(test.images)
    expect(added).toBe(1)
    expect(refused).toEqual([
      {
        file: 'corpus.csv',
        reason: 'it lists 2 files that are not in the folder, the first is x/absent.png',
      },
    ])
  })
})

describe('what lies about in folders', () => {
  it('is passed over without a word when it is no image', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, { styles: 1, composers: 1, pieces: 1, pages: 1 })
    put(test.images, 'README.md', '# pages')
    put(test.images, 'Style 1/notes.txt', 'text')
    put(test.images, '.DS_Store', 'x')
    put(test.images, '.trash/page.png', await pngOf(stavesPage()))
    put(test.images, 'other.scorescope/pages/a.png', await pngOf(stavesPage()))
    expect(await test.importFrom(test.images)).toMatchObject({ added: 1, refused: [] })
  })

  it('counts by what it is, not by its name', async () => {
    const test = await corpusProject()
    put(test.images, 'S/C/P/scan', await jpegOf(stavesPage()))
    put(test.images, 'S/C/P/scan.tif', await pngOf(stavesPage({ seed: 2 })))
    expect(await test.importFrom(test.images)).toMatchObject({ added: 2, refused: [] })
    const { items } = await test.corpus.api.pages(everything, calling)
    expect(items.map(({ format }) => format)).toEqual(['jpeg', 'png'])
  })

  it.skipIf(process.platform === 'win32')('is followed through links, but never in circles', async () => {
    const test = await corpusProject()
    const outside = join(test.images, '..', 'outside')
    put(outside, 'P/1.png', await pngOf(stavesPage()))
    put(test.images, 'S/C/Q/1.png', await pngOf(stavesPage({ seed: 2 })))
    symlinkSync(outside, join(test.images, 'S/linked'))
    symlinkSync(test.images, join(test.images, 'S/C/round'))
    symlinkSync('self.png', join(test.images, 'self.png'))
    symlinkSync('nowhere.png', join(test.images, 'dangling.png'))
    const { added, refused } = await test.importFrom(test.images)
    expect(added).toBe(2)
    expect(refused).toEqual([
      { file: 'dangling.png', reason: 'it is a link that leads nowhere: it is not there' },
      { file: 'S/C/round', reason: 'it is a link to a folder that is already part of this import' },
      { file: 'self.png', reason: 'it is a link that leads nowhere: links lead in a circle' },
    ])
    const { items } = await test.corpus.api.pages(everything, calling)
    expect(items.map(({ composer }) => composer)).toEqual(['C', 'linked'])
  })
})
