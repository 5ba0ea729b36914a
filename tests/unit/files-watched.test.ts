/** Folders that are imported again by themselves: once their files are whole, and never beside another import. */
import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { WatchedFolder } from '@shared/domain/files'
import { readCounts } from '../../src/main/core/corpus/catalogue'
import { calling } from '../support/corpus-projects'
import { failureOf } from '../support/failure'
import { bytesBelow, type FilesWorld, filesWorld } from '../support/files-world'
import { pngOf, put, putCorpus, stavesPage } from '../support/page-makers'

const page = (seed: number): Promise<Buffer> => pngOf(stavesPage({ seed, width: 60, height: 80 }))
const patient = { timeout: 15_000, interval: 20 }

/** Opened anew, so that it watches. */
async function watchingWorld(): Promise<FilesWorld> {
  const test = await filesWorld(undefined, true)
  await putCorpus(test.images, { styles: 1, composers: 1, pieces: 1, pages: 2 }, { width: 60, height: 80 })
  await reopen(test)
  return test
}

async function reopen(test: FilesWorld): Promise<void> {
  await test.projects.close()
  await test.projects.api.open({ folder: test.folder }, calling)
}

const only = async (test: FilesWorld): Promise<WatchedFolder | undefined> =>
  (await test.files.watched(undefined, calling))[0]
const imports = (test: FilesWorld): number =>
  test.told.filter(
    ({ name, value }) => name === 'job/started' && (value as { kind: string }).kind === 'import',
  ).length
const pageCount = (test: FilesWorld): number => readCounts(test.projects.access.required().database).pages

describe('a watched folder', () => {
  it('is imported when it is watched, and again when something comes, also in folders that are new', async () => {
    const test = await watchingWorld()
    await test.files.watch({ folder: test.images, storage: 'copy' }, calling)
    await expect.poll(() => pageCount(test), patient).toBe(2)
    const before = bytesBelow(test.images)
    put(test.images, 'Style 2/Composer/Piece/page-1.png', await page(50))
    await expect.poll(() => pageCount(test), patient).toBe(3)
    put(test.images, 'Style 2/Composer/Piece/page-2.png', await page(51))
    await expect.poll(() => pageCount(test), patient).toBe(4)
    await expect.poll(async () => (await only(test))?.added, patient).toBe(1)
    expect((await test.pages()).every(({ storage }) => storage === 'copied')).toBe(true)
    for (const [path, bytes] of before) expect(bytesBelow(test.images).get(path)).toBe(bytes)
  })

  it('is left alone while its files grow, and while another import runs', async () => {
    const test = await watchingWorld()
    await test.files.watch({ folder: test.images }, calling)
    await expect.poll(() => pageCount(test), patient).toBe(2)
    const bytes = await page(52)
    const path = join(test.images, 'Style 1/Composer 1/Piece 1/page-3.png')
    writeFileSync(path, '')
    // In ten pieces, each sooner than the folder counts as quiet.
    for (let at = 0; at < 10; at += 1) {
      appendFileSync(path, bytes.subarray((at * bytes.length) / 10, ((at + 1) * bytes.length) / 10))
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await expect.poll(() => pageCount(test), patient).toBe(3)
    expect(await only(test)).toMatchObject({ refused: 0, problem: null })
  })

  it('that did not change is not imported again when the project opens; one that did is', async () => {
    const test = await watchingWorld()
    await test.files.watch({ folder: test.images }, calling)
    await expect.poll(async () => (await only(test))?.importedAt ?? null, patient).not.toBeNull()
    const before = imports(test)
    await reopen(test)
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(imports(test)).toBe(before)
    await test.projects.close()
    put(test.images, 'Style 1/Composer 1/Piece 1/page-3.png', await page(53))
    await test.projects.api.open({ folder: test.folder }, calling)
    await expect.poll(() => pageCount(test), patient).toBe(3)
    expect(imports(test)).toBe(before + 1)
  })

  it('that is gone says so, and goes on when it is back', async () => {
    const test = await watchingWorld()
    await test.files.watch({ folder: test.images }, calling)
    await expect.poll(() => pageCount(test), patient).toBe(2)
    renameSync(test.images, `${test.images}-away`)
    await expect
      .poll(async () => (await only(test))?.problem, patient)
      .toBe(`${test.images} cannot be looked at: it is not there.`)
    put(`${test.images}-away`, 'Style 1/Composer 1/Piece 1/page-3.png', await page(54))
    renameSync(`${test.images}-away`, test.images)
    await expect.poll(() => pageCount(test), patient).toBe(3)
    await expect.poll(async () => (await only(test))?.problem, patient).toBeNull()
  })

  it('says why it cannot be imported, and is not tried again before it changes', async () => {
    const test = await watchingWorld()
    const empty = `${test.images}-empty`
    mkdirSync(empty)
    await test.files.watch({ folder: empty }, calling)
    await expect.poll(async () => (await only(test))?.problem ?? '', patient).toContain('holds no JPEG')
    const before = imports(test)
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(imports(test)).toBe(before)
    put(empty, 'S/C/P/1.png', await page(55))
    await expect.poll(() => pageCount(test), patient).toBe(1)
    await expect.poll(async () => (await only(test))?.problem, patient).toBeNull()
  })

  it('can be paused, gone on with and forgotten; cancelling its import pauses it', async () => {
    const test = await watchingWorld()
    await test.files.watch({ folder: test.images }, calling)
    await expect.poll(() => pageCount(test), patient).toBe(2)
    const id = (await only(test))?.id ?? 0
    await expect.poll(async () => (await only(test))?.importedAt ?? null, patient).not.toBeNull()
    expect(await test.files.pauseWatching({ id, paused: true }, calling)).toMatchObject([{ paused: true }])
    put(test.images, 'Style 1/Composer 1/Piece 1/page-3.png', await page(56))
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(pageCount(test)).toBe(2)
    await test.files.pauseWatching({ id, paused: false }, calling)
    await expect.poll(() => pageCount(test), patient).toBe(3)
    expect(await test.files.unwatch({ id }, calling)).toEqual([])
    put(test.images, 'Style 1/Composer 1/Piece 1/page-4.png', await page(57))
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(pageCount(test)).toBe(3)
    expect(await failureOf(Promise.resolve().then(() => test.files.unwatch({ id }, calling)))).toMatchObject({
      code: 'files/watch-unknown',
    })
  })

  it('is paused when its import is cancelled', async () => {
    const test = await watchingWorld()
    await putCorpus(test.images, { styles: 2, composers: 3, pieces: 3, pages: 4 })
    await test.files.watch({ folder: test.images }, calling)
    await expect.poll(() => imports(test), { ...patient, interval: 1 }).toBe(1)
    const started = test.told.find(({ name }) => name === 'job/started')?.value as { job: string }
    test.jobs.cancel(started.job)
    await expect.poll(async () => (await only(test))?.paused, patient).toBe(true)
  })

  it('ends with its project, whatever is under way', async () => {
    const test = await watchingWorld()
    await putCorpus(test.images, { styles: 2, composers: 3, pieces: 3, pages: 4 })
    await test.files.watch({ folder: test.images }, calling)
    await expect.poll(() => imports(test), { ...patient, interval: 1 }).toBe(1)
    await test.projects.close()
    const told = test.told.length
    rmSync(test.images, { recursive: true })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(test.told).toHaveLength(told)
  })

  it('is only a line in a list where nobody stays with the project', async () => {
    const test = await filesWorld()
    await putCorpus(test.images, { styles: 1, composers: 1, pieces: 1, pages: 1 })
    expect(await test.files.watch({ folder: test.images, levels: ['piece'] }, calling)).toMatchObject([
      { folder: test.images, paused: false, importedAt: null, problem: null },
    ])
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(pageCount(test)).toBe(0)
    expect(
      await failureOf(Promise.resolve().then(() => test.files.watch({ folder: '/not/there' }, calling))),
    ).toMatchObject({ code: 'corpus/folder-missing' })
  })
})
