import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { REQUESTS } from '@shared/requests'
import { cutCrop } from '../../src/main/core/sampling/page-crops'
import { type SampleFilter, sampleListSql } from '../../src/main/core/sampling/sample-records'
import { openSampleStore } from '../../src/main/storage/sample-store'
import { calling, corpusProject, jobContext } from '../support/corpus-projects'
import { pngOf, put, putCorpus, stavesPage } from '../support/page-makers'

const small = { styles: 2, composers: 1, pieces: 2, pages: 2 }
const choice = { seed: 1, size: 64, perPage: 3, whiteness: 0.95 }

describe('a sample set', () => {
  it('drawn twice has the same hash, crops and pixels', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, small)
    await test.importFrom(test.images)
    const [first, second] = [await test.draw(choice), await test.draw(choice)]
    expect(second).toEqual({ ...first, sampleSet: 2, name: 'Samples 2', seconds: second.seconds })
    expect(test.sampling.samplesOf(2)).toEqual(test.sampling.samplesOf(1))
    const [one, two] = [1, 2].map((set) => openSampleStore(test.sampling.sampleFile(set)))
    expect(one?.sha256).toBe(two?.sha256)
    one?.close()
    two?.close()
    expect((await test.draw({ ...choice, seed: 2 })).hash).not.toBe(first.hash)
  })

  it('does not depend on the order of importing, on copying, or on where the pages are', async () => {
    const [plain, mixed] = [await corpusProject(), await corpusProject()]
    await putCorpus(plain.images, small)
    await plain.importFrom(plain.images)
    await putCorpus(`${mixed.images}-a`, { ...small, styles: 1 })
    await putCorpus(`${mixed.images}-b`, small)
    await mixed.importFrom(join(`${mixed.images}-a`))
    await mixed.importFrom(`${mixed.images}-b`, { storage: 'copy' })
    const ids = (test: typeof plain) => test.sampling.samplesOf(1).map(({ page }) => page)
    const [a, b] = [await plain.draw(choice), await mixed.draw(choice)]
    expect(b.hash).toBe(a.hash)
    const places = (test: typeof plain) =>
      test.sampling.samplesOf(1).map(({ file, x, y, draw }) => ({ file, x, y, draw }))
    expect(places(mixed)).toEqual(places(plain))
    expect(ids(plain)).toEqual([...ids(plain)].sort((x, y) => x - y))
  })

  it('keeps the crops of other pages when a page is added', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, small)
    await test.importFrom(test.images)
    await test.draw(choice)
    const before = test.sampling.samplesOf(1)
    put(test.images, 'A first style/C/P/new.png', await pngOf(stavesPage({ seed: 500 })))
    await test.importFrom(test.images)
    await test.draw(choice)
    const after = test.sampling.samplesOf(2)
    expect(after.slice(0, 3).every(({ style }) => style === 'A first style')).toBe(true)
    const bare = (samples: typeof after) =>
      samples.map(({ page, x, y, draw, whiteness }) => [page, x, y, draw, whiteness])
    expect(bare(after.slice(3))).toEqual(bare(before))
  })

  it('that is gone is named, whether its file is missing or its row', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, { ...small, styles: 1 })
    await test.importFrom(test.images)
    const { sampleSet } = await test.draw(choice)
    const file = test.sampling.sampleFile(sampleSet)
    rmSync(file)
    expect(() => test.sampling.sampleFile(sampleSet)).toThrow(
      `The samples of set 1 are gone (${file} is missing)`,
    )
    expect(() => test.sampling.sampleFile(7)).toThrow(
      'The samples of set 7 are gone (the catalogue no longer has it): put samples/7.u8 back',
    )
  })

  it('holds the very pixels of its pages', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, small)
    await test.importFrom(test.images)
    const { sampleSet, samples } = await test.draw(choice)
    const store = openSampleStore(test.sampling.sampleFile(sampleSet))
    expect([store.samples, store.size]).toEqual([samples, 64])
    store.verify()
    for (const sample of test.sampling.samplesOf(sampleSet)) {
      const crop = cutCrop(await test.corpus.decodePage(sample.page), sample, sample.size)
      expect(Buffer.from(store.read([sample.index])).equals(crop)).toBe(true)
      const mean = crop.reduce((sum, value) => sum + value, 0) / crop.length / 255
      expect(sample.whiteness).toBeCloseTo(mean, 12)
      expect(sample.whiteness).toBeLessThanOrEqual(choice.whiteness)
      const picture = await test.sampling.readCrop({ sampleSet, index: sample.index })
      expect(picture).toMatchObject({ mediaType: 'image/png', immutable: true })
      const shown = await sharp(picture.bytes).toColourspace('b-w').raw().toBuffer()
      expect(shown.equals(crop)).toBe(true)
    }
    store.close()
  })

  it('is listed newest first, by page, in parts, and by index', async () => {
    const test = await corpusProject()
    const { api } = test.sampling
    await putCorpus(test.images, small)
    await test.importFrom(test.images)
    expect(() => test.sampling.latestSet()).toThrow('There is no sample set yet: draw samples first.')
    await test.draw(choice)
    await test.draw({ ...choice, seed: 2, name: 'Second' })
    expect((await api.sets(undefined, calling)).map(({ id, name }) => [id, name])).toEqual([
      [2, 'Second'],
      [1, 'Samples 1'],
    ])
    expect(test.sampling.latestSet()).toMatchObject({ id: 2, seed: 2, samples: 24, pages: 8, size: 64 })
    const all = await api.samples({ sampleSet: 1, offset: 0, limit: 1000 }, calling)
    expect(all.total).toBe(24)
    expect(all.items.map(({ index }) => index)).toEqual([...Array(24).keys()])
    expect(await api.samples({ sampleSet: 1, offset: 4, limit: 2 }, calling)).toEqual({
      total: 24,
      items: all.items.slice(4, 6),
    })
    const page = all.items[9]?.page ?? 0
    const onPage = await api.samples({ sampleSet: 1, page, offset: 0, limit: 10 }, calling)
    expect(onPage).toEqual({ total: 3, items: all.items.filter((sample) => sample.page === page) })
    expect(await api.crop({ sampleSet: 1, index: 9 }, calling)).toEqual(all.items[9])
    expect(() => api.crop({ sampleSet: 1, index: 24 }, calling)).toThrow('this set has samples 0 to 23')
    expect(() => api.report({ sampleSet: 9 }, calling)).toThrow('There is no sample set 9 in this project.')
  })

  it('is read through its indices', async () => {
    const { project } = await corpusProject()
    const plan = (filter: SampleFilter): string =>
      project.database
        .prepare<[object], { detail: string }>(`EXPLAIN QUERY PLAN ${sampleListSql(filter)}`)
        .all({ sampleSet: 1, page: 1, index: 1, limit: 1, offset: 0 })
        .map(({ detail }) => detail)
        .join('\n')
    expect(plan('all')).toContain('SEARCH samples USING PRIMARY KEY (sample_set=?)')
    expect(plan('at-index')).toContain('SEARCH samples USING PRIMARY KEY (sample_set=? AND position=?)')
    expect(plan('on-page')).toContain('SEARCH samples USING INDEX samples_by_page (page=? AND sample_set=?)')
    for (const filter of ['all', 'at-index', 'on-page'] as const) {
      expect(plan(filter)).not.toContain('SCAN')
      expect(plan(filter)).not.toContain('TEMP B-TREE')
    }
  })

  it('whose file is damaged or gone says so', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, small)
    await test.importFrom(test.images)
    await test.draw(choice)
    writeFileSync(test.sampling.sampleFile(1), 'no longer')
    await expect(test.sampling.readCrop({ sampleSet: 1, index: 0 })).rejects.toThrow(
      'draw the samples again with the same seed',
    )
  })

  it('that is cancelled leaves nothing', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, small)
    await test.importFrom(test.images)
    const controller = new AbortController()
    const context = {
      ...jobContext([], controller.signal),
      progress: ({ done }: { done: number }) => {
        if (done === 3) controller.abort()
      },
    }
    const request = REQUESTS.sampling.draw.parse(choice)
    await expect(test.sampling.drawSamples(request, context)).rejects.toMatchObject({ name: 'Cancelled' })
    expect(await test.sampling.api.sets(undefined, calling)).toEqual([])
    expect(readdirSync(join(test.folder, 'samples'))).toEqual([])
  })

  it('drawn as a job says how far it is, and two at once never share a file', async () => {
    const test = await corpusProject()
    await putCorpus(test.images, small)
    await test.importFrom(test.images)
    const [one, two] = await Promise.all([test.draw(choice), test.draw({ ...choice, seed: 2 })])
    expect([one.sampleSet, two.sampleSet]).toEqual([1, 2])
    for (const set of [1, 2]) {
      const store = openSampleStore(test.sampling.sampleFile(set))
      store.verify()
      store.close()
    }
    const job = await test.sampling.api.draw(REQUESTS.sampling.draw.parse(choice), calling)
    expect(job.kind).toBe('sample')
    await test.projects.close()
    expect(test.told.map(({ name }) => name)).toContain('job/ended')
  })
})
