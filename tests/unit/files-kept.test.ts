/** Links become copies and copies links, whenever it is interrupted, and originals stay as they are. */
import { chmodSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { describe, expect, it } from 'vitest'
import { requireSpace } from '../../src/main/storage/free-space'
import { calling } from '../support/corpus-projects'
import { failureOf } from '../support/failure'
import { bytesBelow, type FilesWorld, filesWorld } from '../support/files-world'
import { killedProcess } from '../support/killed-process'
import { pngOf, put, putCorpus, stavesPage, tiffOf } from '../support/page-makers'

const HARD = process.env['SCORESCOPE_HARD'] === '1'
const KILLS = HARD ? 60 : 4
const runAndKill = killedProcess('consolidate-process.ts')

const small = { styles: 1, composers: 2, pieces: 2, pages: 2 }

async function linked(): Promise<FilesWorld> {
  const test = await filesWorld()
  await putCorpus(test.images, small, { width: 60, height: 80 })
  const pages = [1, 2, 3].map((seed) => stavesPage({ seed, width: 60, height: 80 }))
  put(test.images, 'Style 1/Composer 3/Piece/three.tif', tiffOf(pages))
  await test.importFrom(test.images)
  return test
}

const storageOf = async (test: FilesWorld): Promise<readonly string[]> => [
  ...new Set((await test.pages()).map(({ storage }) => storage)),
]
const copiesIn = (test: FilesWorld): readonly string[] =>
  existsSync(join(test.folder, 'pages'))
    ? readdirSync(join(test.folder, 'pages'), { recursive: true, encoding: 'utf8' }).filter((name) =>
        /\.\w+$/.test(name),
      )
    : []
async function everyPageDecodes(test: FilesWorld): Promise<void> {
  for (const { id } of await test.pages()) await test.corpus.decodePage(id)
}

describe('how files are kept', () => {
  it('is a choice of the project that imports follow, and can be changed', async () => {
    const test = await filesWorld()
    put(test.images, 'S/C/P/1.png', await pngOf(stavesPage()))
    expect(await test.files.overview(undefined, calling)).toMatchObject({ storage: 'link', amiss: [] })
    await test.files.setStorage({ storage: 'copy' }, calling)
    await test.jobs.wait(await test.corpus.api.import({ folder: test.images }, calling))
    expect(await storageOf(test)).toEqual(['copied'])
    put(test.images, 'S/C/P/2.png', await pngOf(stavesPage({ seed: 2 })))
    await test.jobs.wait(await test.corpus.api.import({ folder: test.images, storage: 'link' }, calling))
    const kept = await test.files.overview(undefined, calling)
    expect(kept).toMatchObject({ storage: 'copy', linked: { files: 1 }, copied: { files: 1 } })
    expect(kept.freeBytes).toBeGreaterThan(0)
  })

  it('goes from links to copies and back, with the same pixels and untouched originals', async () => {
    const test = await linked()
    const originals = bytesBelow(test.images)
    const before = await test.pages()
    expect(await test.done('consolidate', { to: 'copy' })).toMatchObject({ files: 9, pages: 11, left: [] })
    expect(await test.files.overview(undefined, calling)).toMatchObject({
      storage: 'copy',
      linked: { files: 0, bytes: 0 },
      copied: { files: 9 },
    })
    expect(copiesIn(test)).toHaveLength(9)
    renameSync(test.images, `${test.images}-away`)
    await everyPageDecodes(test)
    renameSync(`${test.images}-away`, test.images)
    expect(await test.done('consolidate', { to: 'link' })).toMatchObject({ files: 9, pages: 11, left: [] })
    expect(copiesIn(test)).toEqual([])
    await everyPageDecodes(test)
    expect(await test.pages()).toEqual(before)
    expect(bytesBelow(test.images)).toEqual(originals)
    expect(await test.done('check', undefined)).toMatchObject({ missing: 0, changed: 0 })
    expect(await test.importFrom(test.images)).toMatchObject({ added: 0, skipped: 11, refused: [] })
  })

  it('stays valid for every page when it is cancelled, and is gone on with', async () => {
    const test = await linked()
    for (const to of ['copy', 'link'] as const) {
      const job = await test.files.consolidate({ to }, calling)
      const half = setInterval(() => {
        if (copiesIn(test).length === 4) test.jobs.cancel(job.job)
      }, 0)
      await test.jobs.wait(job).catch(() => undefined)
      clearInterval(half)
      await everyPageDecodes(test)
      const report = await test.done('consolidate', { to })
      expect(report.left).toEqual([])
      expect(await storageOf(test)).toEqual([to === 'copy' ? 'copied' : 'linked'])
      await everyPageDecodes(test)
    }
    expect(copiesIn(test)).toEqual([])
  })

  it('leaves files that are gone or changed as they are, and says so', async () => {
    const test = await linked()
    const [first, second] = (await test.pages()).map(({ file }) => file)
    rmSync(join(test.images, first ?? ''))
    writeFileSync(join(test.images, second ?? ''), await pngOf(stavesPage({ seed: 70 })))
    const report = await test.done('consolidate', { to: 'copy' })
    expect(report).toMatchObject({ files: 7 })
    expect(report.left).toEqual([
      { file: first, reason: 'it cannot be read: it is not there' },
      { file: second, reason: 'it changed since it was imported' },
    ])
    expect((await test.pages('is:missing')).map(({ id }) => id)).toEqual([1])
    expect((await test.pages('is:changed')).map(({ id }) => id)).toEqual([2])
    expect(copiesIn(test)).toHaveLength(7)
  })

  it('keeps copies whose originals are gone or have other bytes', async () => {
    const test = await linked()
    await test.done('consolidate', { to: 'copy' })
    const [first, second] = (await test.pages()).map(({ file }) => join(test.images, file))
    rmSync(first ?? '')
    writeFileSync(second ?? '', await pngOf(stavesPage({ seed: 71 })))
    const report = await test.done('consolidate', { to: 'link' })
    expect(report.left.map(({ reason }) => reason)).toEqual([
      `its original at ${first ?? ''} cannot be read: it is not there`,
      `its original at ${second ?? ''} has other bytes now`,
    ])
    expect(copiesIn(test)).toHaveLength(2)
    await everyPageDecodes(test)
  })

  it('goes on after a kill: a copy without rows is used once it is seen to be whole, else made again', async () => {
    const test = await linked()
    const [page, other] = await test.pages()
    const place = (sha256 = ''): string => join('pages', sha256.slice(0, 2), `${sha256}.png`)
    put(test.folder, place(page?.sha256), 'half of it')
    put(test.folder, place(other?.sha256), await pngOf(stavesPage({ seed: 2, width: 60, height: 80 })))
    expect(await test.done('consolidate', { to: 'copy' })).toMatchObject({ files: 9, left: [] })
    await everyPageDecodes(test)
    // Killed between the rows and the removal of a copy.
    await test.done('consolidate', { to: 'link' })
    put(test.folder, place(page?.sha256), await pngOf(stavesPage({ seed: 1, width: 60, height: 80 })))
    expect(copiesIn(test)).toHaveLength(1)
    await test.done('consolidate', { to: 'link' })
    expect(copiesIn(test)).toEqual([])
  })

  it(
    'loses no page when its process is killed again and again',
    { timeout: HARD ? 600_000 : 60_000 },
    async () => {
      const test = await linked()
      const originals = bytesBelow(test.images)
      const chance = xoroshiro128plus(11)
      let to: 'copy' | 'link' = 'copy'
      for (let kill = 0; kill < KILLS; kill += 1) {
        await test.projects.close()
        await runAndKill([join(test.folder, '..', 'settings'), test.folder, to], uniformInt(chance, 1, 8))
        await test.projects.api.open({ folder: test.folder }, calling)
        await everyPageDecodes(test)
        if (uniformInt(chance, 0, 1) === 1) to = to === 'copy' ? 'link' : 'copy'
      }
      expect((await test.done('consolidate', { to: 'copy' })).left).toEqual([])
      await everyPageDecodes(test)
      expect((await test.done('consolidate', { to: 'link' })).left).toEqual([])
      expect(copiesIn(test)).toEqual([])
      expect(bytesBelow(test.images)).toEqual(originals)
      await everyPageDecodes(test)
    },
  )

  it('keeps a copy that another page still needs', async () => {
    const test = await filesWorld()
    const bytes = await pngOf(stavesPage())
    for (const piece of ['P', 'Q']) put(test.images, `S/C/${piece}/1.png`, bytes)
    await test.importFrom(test.images, { storage: 'copy' })
    expect(copiesIn(test)).toHaveLength(1)
    rmSync(join(test.images, 'S/C/P/1.png'))
    expect((await test.done('consolidate', { to: 'link' })).left).toHaveLength(1)
    expect((await test.pages()).map(({ storage }) => storage)).toEqual(['copied', 'linked'])
    expect(copiesIn(test)).toHaveLength(1)
    await everyPageDecodes(test)
  })

  it('asks for the room first, and refuses a folder that cannot be written in one sentence', async () => {
    const test = await linked()
    expect(() => {
      requireSpace(test.folder, 1e15)
    }).toThrow(/^This needs \d+ MB in .*: free some space first\.$/)
    put(test.folder, 'pages/placeholder', '')
    chmodSync(join(test.folder, 'pages'), 0o500)
    try {
      const failed = await failureOf(test.done('consolidate', { to: 'copy' })).catch(() => null)
      // Nothing is forbidden to root.
      if (failed !== null) expect(failed).toMatchObject({ code: 'project/no-write' })
    } finally {
      chmodSync(join(test.folder, 'pages'), 0o700)
    }
    await everyPageDecodes(test)
  })

  it('does not run beside an import', async () => {
    const test = await linked()
    const job = await test.corpus.api.import({ folder: test.images }, calling)
    expect(() => test.files.consolidate({ to: 'copy' }, calling)).toThrow('is still going on')
    await test.jobs.wait(job)
    expect((await test.files.overview(undefined, calling)).storage).toBe('link')
  })
})
