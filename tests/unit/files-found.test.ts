/** Pages whose files are moved, renamed, replaced or gone: looked for, found, linked anew, or taken as they are now. */
import { appendFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { thumbnailPath } from '../../src/main/core/corpus/page-files'
import { calling } from '../support/corpus-projects'
import { failureOf } from '../support/failure'
import { bytesBelow, type FilesWorld, filesWorld } from '../support/files-world'
import { pngOf, put, putCorpus, setTime, stavesPage, tiffOf } from '../support/page-makers'
import { temporaryFolder } from '../support/projects'

const small = { styles: 1, composers: 2, pieces: 2, pages: 2 }

async function corpusOf8(base?: string): Promise<FilesWorld> {
  const test = await filesWorld(base)
  await putCorpus(test.images, small, { width: 60, height: 80 })
  await test.importFrom(test.images)
  return test
}

/** What something fails with, whether at once or later. */
const failing = (work: () => unknown): Promise<Error> => failureOf((async () => await work())())

const everything = (test: FilesWorld): unknown =>
  test.database.prepare('SELECT id, file, location, storage, sha256, missing, changed FROM pages').all()

describe('looking at the files of pages', () => {
  it('reads nothing of files that are as they were, and says which are missing and which changed', async () => {
    const test = await corpusOf8()
    expect(await test.done('check', undefined)).toMatchObject({ files: 8, pages: 8, missing: 0, changed: 0 })
    const [first, second, third] = (await test.pages()).map(({ file }) => join(test.images, file))
    rmSync(first ?? '')
    writeFileSync(second ?? '', await pngOf(stavesPage({ seed: 77 })))
    setTime(third ?? '', 1_000_000_000_000)
    const before = bytesBelow(test.images)
    expect(await test.done('check', undefined)).toMatchObject({ files: 8, missing: 1, changed: 1 })
    expect(bytesBelow(test.images)).toEqual(before)
    expect((await test.amiss()).map(({ page, state, proposals }) => [page, state, proposals])).toEqual([
      [1, 'missing', []],
      [2, 'changed', []],
    ])
    expect((await test.pages('is:missing')).map(({ id }) => id)).toEqual([1])
    expect((await test.pages('is:changed')).map(({ id, changed }) => [id, changed])).toEqual([[2, true]])
    expect(await test.pages('-is:missing -is:changed')).toHaveLength(6)
    expect((await failing(() => test.pages('is:blue'))).message).toBe(
      'The search "is:blue" cannot be read: "is:" wants one of excluded, missing, changed, not "blue".',
    )
  })

  it('looks once at a file with many pages, and counts all of them', async () => {
    const test = await filesWorld()
    const pages = [1, 2, 3].map((seed) => stavesPage({ seed, width: 60, height: 80 }))
    const path = put(test.images, 'S/C/P/three.tif', tiffOf(pages))
    await test.importFrom(test.images)
    rmSync(path)
    expect(await test.done('check', undefined)).toMatchObject({ files: 1, pages: 3, missing: 1 })
    expect(await test.amiss()).toMatchObject([{ page: 1, pages: 3, path }])
    expect(await test.pages('is:missing')).toHaveLength(3)
  })

  it('says that all is well once the files are back', async () => {
    const test = await corpusOf8()
    renameSync(test.images, `${test.images}-away`)
    expect(await test.done('check', undefined)).toMatchObject({ missing: 8 })
    renameSync(`${test.images}-away`, test.images)
    expect(await test.done('check', undefined)).toMatchObject({ missing: 0, changed: 0 })
    expect(await test.amiss()).toEqual([])
  })

  it('happens by itself when a project opens, where somebody stays with it', async () => {
    const test = await filesWorld(undefined, true)
    await putCorpus(test.images, small, { width: 60, height: 80 })
    await test.importFrom(test.images)
    await test.projects.close()
    renameSync(test.images, `${test.images}-away`)
    await test.projects.api.open({ folder: test.folder }, calling)
    await expect.poll(() => test.pages('is:missing')).toHaveLength(8)
    await test.projects.close()
  })
})

describe('a file that changed under us', () => {
  it('is said so by whatever would use it, and never used', async () => {
    const test = await corpusOf8()
    const path = join(test.images, (await test.pages())[0]?.file ?? '')
    const original = readFileSync(path)
    writeFileSync(path, await pngOf(stavesPage({ seed: 99, width: 60, height: 80 })))
    const refused = { code: 'corpus/page-changed' }
    expect(await failing(() => test.corpus.readPicture({ kind: 'page', page: 1 }))).toMatchObject(refused)
    expect(await test.corpus.api.page({ page: 1 }, calling)).toMatchObject({ changed: true, missing: false })
    expect(await failing(() => test.corpus.readPicture({ kind: 'page', page: 1, side: 40 }))).toMatchObject(
      refused,
    )
    expect(await failing(() => test.corpus.decodePage(1))).toMatchObject(refused)
    expect(await failing(() => test.corpus.api.staffSpace({ page: 1 }, calling))).toMatchObject(refused)
    // The small picture that was kept is of the imported bytes; a new one would not be.
    await test.corpus.readPicture({ kind: 'thumbnail', page: 1 })
    rmSync(thumbnailPath(test.project, (await test.pages())[0]?.sha256 ?? ''))
    expect(await failing(() => test.corpus.readPicture({ kind: 'thumbnail', page: 1 }))).toMatchObject(
      refused,
    )
    writeFileSync(path, original)
    await test.corpus.readPicture({ kind: 'thumbnail', page: 1 })
    expect(await test.corpus.api.page({ page: 1 }, calling)).toMatchObject({ changed: false })
  })

  it('is told to those who look at the project', async () => {
    const test = await corpusOf8()
    rmSync(test.images, { recursive: true })
    const before = test.told.filter(({ name }) => name === 'project/changed').length
    await failing(() => test.corpus.decodePage(1))
    expect(test.told.filter(({ name }) => name === 'project/changed')).toHaveLength(before + 1)
  })

  it('can be taken as it is now: new picture, size and hash, while samples keep what they were drawn from', async () => {
    const test = await corpusOf8()
    await test.draw({ seed: 1, size: 16, perPage: 2, whiteness: 1 })
    const drawnFrom = () =>
      test.database.prepare('SELECT DISTINCT page_sha256 FROM samples WHERE page = 1').pluck().all()
    const [before] = await test.pages()
    const hashes = drawnFrom()
    const path = join(test.images, before?.file ?? '')
    writeFileSync(path, await pngOf(stavesPage({ seed: 5, width: 90, height: 70 })))
    await test.done('check', undefined)
    expect(await test.done('renew', { files: [{ page: 1 }] })).toMatchObject({ files: 1, pages: 1, left: [] })
    const [after] = await test.pages()
    expect(after).toMatchObject({ id: 1, width: 90, height: 70, changed: false, file: before?.file })
    expect(after?.sha256).not.toBe(before?.sha256)
    expect(drawnFrom()).toEqual(hashes)
    const { bytes } = await test.corpus.readPicture({ kind: 'thumbnail', page: 1 })
    expect((await sharp(bytes).metadata()).width).toBe(90)
    expect((await test.corpus.decodePage(1)).width).toBe(90)
    expect(await test.amiss()).toEqual([])
    expect(await test.importFrom(test.images)).toMatchObject({ added: 0, skipped: 8, refused: [] })
  })

  it('is left as it was where the new version cannot be a page', async () => {
    const test = await corpusOf8()
    const [before] = await test.pages()
    const path = join(test.images, before?.file ?? '')
    writeFileSync(path, 'a letter')
    await test.done('check', undefined)
    const report = await test.done('renew', { files: [{ page: 1 }] })
    expect(report).toMatchObject({
      files: 0,
      left: [{ file: before?.file, reason: 'it is no image and no PDF now' }],
    })
    appendFileSync(path, Buffer.alloc(10))
    writeFileSync(path, (await pngOf(stavesPage())).subarray(0, 300))
    expect((await test.done('renew', { files: [{ page: 1 }] })).left).toHaveLength(1)
    expect(await test.pages()).toMatchObject([
      { sha256: before?.sha256, changed: true },
      {},
      {},
      {},
      {},
      {},
      {},
      {},
    ])
  })

  it('that has fewer pages now keeps what is known of the others, and says so', async () => {
    const test = await filesWorld()
    const pages = [1, 2, 3].map((seed) => stavesPage({ seed, width: 60, height: 80 }))
    const path = put(test.images, 'S/C/P/three.tif', tiffOf(pages))
    await test.importFrom(test.images)
    writeFileSync(path, tiffOf(pages.slice(0, 2).reverse()))
    await test.done('check', undefined)
    expect(await test.amiss()).toMatchObject([{ page: 1, pages: 3, state: 'changed' }])
    expect(await test.done('renew', { files: [{ page: 1 }] })).toMatchObject({
      files: 1,
      pages: 2,
      left: [{ file: 'S/C/P/three.tif', reason: 'it no longer has page 3' }],
    })
    expect(await test.amiss()).toMatchObject([{ page: 3, pages: 1, state: 'changed' }])
    await test.corpus.decodePage(2)
    expect(await failing(() => test.corpus.decodePage(3))).toMatchObject({ code: 'corpus/page-changed' })
  })

  it('says at an import which of its pages are no longer there', async () => {
    const test = await filesWorld()
    const pages = [1, 2, 3].map((seed) => stavesPage({ seed, width: 60, height: 80 }))
    const path = put(test.images, 'S/C/P/three.tif', tiffOf(pages))
    await test.importFrom(test.images)
    writeFileSync(path, tiffOf(pages.slice(0, 1)))
    const reason = 'it no longer has page 2, 3: what is known of it stays in the catalogue'
    expect((await test.importFrom(test.images)).refused).toEqual([{ file: 'S/C/P/three.tif', reason }])
    expect((await test.pages('is:changed')).map(({ id }) => id)).toEqual([2, 3])
    expect((await test.importFrom(test.images)).refused).toHaveLength(1)
  })
})

describe('files that moved', () => {
  it('are found by their bytes whatever they are called, and linked anew in one go', async () => {
    const base = temporaryFolder()
    const test = await corpusOf8(base)
    const before = everything(test)
    const moved = join(base, 'archive', 'scans 2026')
    mkdirSync(join(base, 'archive'))
    renameSync(test.images, moved)
    renameSync(join(moved, 'Style 1/Composer 1'), join(moved, 'renamed'))
    put(join(base, 'archive'), 'letter.txt', 'not a page')
    const bytes = bytesBelow(moved)
    await test.done('check', undefined)
    const found = await test.done('find', { folder: join(base, 'archive') })
    expect(found).toMatchObject({ looked: 9, hashed: 8, sameBytes: 8, sameName: 0, notFound: 0 })
    const amiss = await test.amiss()
    const chosen = amiss.flatMap(({ proposals }) => proposals.slice(0, 1))
    expect(chosen.every(({ sameBytes }) => sameBytes)).toBe(true)
    const report = await test.files.relink({ proposals: chosen.map(({ id }) => id) }, calling)
    expect(report).toEqual({ files: 8, pages: 8, left: [] })
    expect(await test.amiss()).toEqual([])
    expect(await test.done('check', undefined)).toMatchObject({ missing: 0, changed: 0 })
    for (const { id } of await test.pages()) await test.corpus.decodePage(id)
    // Names and hashes stay; only the places differ, and they are relative to the project.
    const after = everything(test) as { location: string; file: string }[]
    expect(after.map(({ file }) => file)).toEqual((before as { file: string }[]).map(({ file }) => file))
    expect(after.map(({ location }) => location.startsWith('../archive/scans 2026/'))).not.toContain(false)
    expect(bytesBelow(moved)).toEqual(bytes)
    expect(test.database.prepare('SELECT count(*) FROM file_proposals').pluck().get()).toBe(0)
  })

  it('are preferred where the folders round them are called as before, and others can be chosen', async () => {
    const base = temporaryFolder()
    const test = await corpusOf8(base)
    const places = ['one/odd', 'two'].map((name) => join(base, 'found', name))
    for (const place of places) cpSync(test.images, place, { recursive: true })
    renameSync(
      join(places[0] ?? '', 'Style 1/Composer 1/Piece 1'),
      join(places[0] ?? '', 'Style 1/Composer 1/other'),
    )
    rmSync(test.images, { recursive: true })
    await test.done('check', undefined)
    await test.done('find', { folder: join(base, 'found') })
    const [first] = await test.amiss()
    expect(first?.proposals.map(({ path }) => path)).toEqual([
      join(places[1] ?? '', 'Style 1/Composer 1/Piece 1/page-1.png'),
      join(places[0] ?? '', 'Style 1/Composer 1/other/page-1.png'),
    ])
    const other = first?.proposals[1]?.id ?? 0
    await test.files.relink({ proposals: [other] }, calling)
    expect(await test.amiss()).toHaveLength(7)
  })

  it('are offered by name only where the bytes differ, and then must be taken as a new version', async () => {
    const base = temporaryFolder()
    const test = await corpusOf8(base)
    const [page] = await test.pages()
    const elsewhere = join(base, 'rescanned')
    // The same names as those of every piece; only one lies in folders that are called alike.
    put(
      elsewhere,
      'Style 1/Composer 1/Piece 1/page-1.png',
      await pngOf(stavesPage({ seed: 50, width: 70, height: 70 })),
    )
    put(elsewhere, 'Style 9/Composer 9/Piece 9/page-1.png', await pngOf(stavesPage({ seed: 51 })))
    rmSync(join(test.images, page?.file ?? ''))
    await test.done('check', undefined)
    expect(await test.done('find', { folder: base })).toMatchObject({
      sameBytes: 0,
      sameName: 1,
      notFound: 0,
    })
    const [file] = await test.amiss()
    expect(file?.proposals).toMatchObject([
      { path: join(elsewhere, 'Style 1/Composer 1/Piece 1/page-1.png'), sameBytes: false },
    ])
    const proposal = file?.proposals[0]?.id ?? 0
    expect(await failing(() => test.files.relink({ proposals: [proposal] }, calling))).toMatchObject({
      code: 'files/proposal-differs',
    })
    expect(await test.done('renew', { files: [{ page: 1, proposal }] })).toMatchObject({ files: 1, left: [] })
    expect((await test.pages())[0]).toMatchObject({
      id: 1,
      width: 70,
      height: 70,
      missing: false,
      file: page?.file,
    })
    await test.corpus.decodePage(1)
  })

  it('that change between finding and taking are left, and said; the others are taken', async () => {
    const base = temporaryFolder()
    const test = await corpusOf8(base)
    const moved = join(base, 'moved')
    renameSync(test.images, moved)
    await test.done('check', undefined)
    await test.done('find', { folder: moved })
    const amiss = await test.amiss()
    const [first, second] = amiss.map(({ proposals }) => proposals[0]?.path ?? '')
    writeFileSync(first ?? '', await pngOf(stavesPage({ seed: 60 })))
    rmSync(second ?? '')
    const proposals = amiss.map((file) => file.proposals[0]?.id ?? 0)
    const report = await test.files.relink({ proposals }, calling)
    expect(report).toMatchObject({ files: 6, pages: 6 })
    expect(report.left.map(({ reason }) => reason)).toEqual([
      `${first ?? ''} changed since it was found`,
      `${second ?? ''} cannot be read: it is not there`,
    ])
    expect(await test.pages('is:missing')).toHaveLength(2)
    expect(await failing(() => test.files.relink({ proposals: [99_999] }, calling))).toMatchObject({
      code: 'files/proposal-unknown',
    })
  })

  it('make a lost copy again, with the same bytes', async () => {
    const test = await filesWorld()
    await putCorpus(test.images, small, { width: 60, height: 80 })
    await test.importFrom(test.images, { storage: 'copy' })
    const copies = bytesBelow(join(test.folder, 'pages'))
    rmSync(join(test.folder, 'pages'), { recursive: true })
    await test.done('check', undefined)
    expect(await test.done('find', { folder: test.folder })).toMatchObject({ sameBytes: 8 })
    const proposals = (await test.amiss()).map((file) => file.proposals[0]?.id ?? 0)
    expect(await test.files.relink({ proposals }, calling)).toMatchObject({ files: 8, left: [] })
    expect(bytesBelow(join(test.folder, 'pages'))).toEqual(copies)
    expect(await test.done('check', undefined)).toMatchObject({ missing: 0 })
  })

  it('stop being looked for when that is cancelled, and a folder that is not there is refused', async () => {
    const test = await corpusOf8()
    renameSync(test.images, `${test.images}-away`)
    await test.done('check', undefined)
    const job = await test.files.find({ folder: `${test.images}-away` }, calling)
    test.jobs.cancel(job.job)
    expect(await failing(() => test.jobs.wait(job))).toMatchObject({ name: 'Cancelled' })
    expect(await failing(() => test.files.find({ folder: '/not/there' }, calling))).toMatchObject({
      code: 'corpus/folder-missing',
    })
  })
})
