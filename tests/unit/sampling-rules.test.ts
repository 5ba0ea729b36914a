/** Every rule is a refusal of one stream, and the record of a set says all that it was drawn by. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { STUDY_RULES, touches } from '@shared/domain/sampling-rules'
import { REQUESTS } from '@shared/requests'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { keptCrops } from '../../src/main/core/sampling/balance'
import { draftOf } from '../../src/main/core/sampling/drawn-draft'
import { inkThresholdOf } from '../../src/main/core/sampling/ink'
import { cutCrop } from '../../src/main/core/sampling/page-crops'
import { type PageWithRegions, SampleSetHash } from '../../src/main/core/sampling/sample-set-hash'
import { sweepPendingFiles } from '../../src/main/storage/atomic-file'
import { openSampleStore } from '../../src/main/storage/sample-store'
import { calling, corpusProject, jobContext } from '../support/corpus-projects'
import { pngOf, put, putCorpus, stavesPage } from '../support/page-makers'
import { samplingWorld } from '../support/sampling-world'

const SMALL = { seed: 3, size: 64, triesPerPage: 60 }
const placesOf = (samples: readonly SampleWithPage[]) =>
  samples.map(({ page, x, y, draw, whiteness }) => ({ page, x, y, draw, whiteness }))

describe('the study’s rules', () => {
  const hashOf = (change: object = {}, pages: readonly PageWithRegions[] = []): string => {
    const rules = { ...STUDY_RULES, seed: 1, size: 64, triesPerPage: 100, ...change }
    const set = new SampleSetHash(rules, 'a', pages)
    set.add('page', { x: 3, y: 4, draw: 1, whiteness: 0.5 })
    return set.finish('b')
  }

  it('hash as they did before there were others', async () => {
    expect(hashOf()).toBe('215930ffb843d65a262fd8388ccf81469d26b7d2b9af7da362ffd6ea1c4bfd1f')
    expect(hashOf({}, [{ sha256: 'page', regions: [] }])).toBe(hashOf())
    const test = await corpusProject()
    await putCorpus(test.images, { styles: 2, composers: 1, pieces: 2, pages: 2 })
    await test.importFrom(test.images)
    const { hash } = await test.draw({ seed: 1, size: 64, perPage: 3, whiteness: 0.95 })
    expect(hash).toBe('63cbb7c822828eb6ad271202bc798d4b0ed91a507842bd1b470d429159234846')
  })

  it('hash otherwise with any other rule, and with the regions of a page', () => {
    const region = { x: 1, y: 2, width: 3, height: 4 }
    const hashes = [
      hashOf(),
      hashOf({ minimumInk: 0.1 }),
      hashOf({ margin: 0.1 }),
      hashOf({ background: 'paper' }),
      hashOf({ balance: 'style' }),
      hashOf({ balance: 'composer' }),
      hashOf({ where: 'bach' }),
      hashOf({}, [{ sha256: 'page', regions: [region] }]),
      hashOf({}, [{ sha256: 'other', regions: [region] }]),
      hashOf({}, [{ sha256: 'page', regions: [{ ...region, width: 4 }] }]),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})

describe('a rule', () => {
  it('takes crops away and changes none: each draw is decided by itself', async () => {
    const world = await samplingWorld()
    const every = { ...SMALL, perPage: 60, whiteness: 1 }
    await world.draw(every)
    const all = placesOf(world.sampling.samplesOf(1))
    await world.catalogue.setRegions(
      { page: 1, regions: [{ x: 50, y: 60, width: 40, height: 200, note: '' }] },
      calling,
    )
    await world.draw({ ...every, margin: 0.08, minimumInk: 0.15, whiteness: 0.75 })
    const page = { width: 220, height: 300 }
    const some = world.sampling.samplesOf(2)
    expect(some.length).toBeGreaterThan(20)
    expect(some.length).toBeLessThan(all.length)
    expect(all).toEqual(expect.arrayContaining(placesOf(some)))
    for (const crop of some) {
      const { x, y, size } = crop
      const edge = 0.08 * 220
      expect(Math.min(x, y, page.width - x - size, page.height - y - size)).toBeGreaterThanOrEqual(edge)
      expect(crop.page === 1 && x < 90 && x + size > 50 && y < 260 && y + size > 60).toBe(false)
      const grey = await world.corpus.decodePage(crop.page)
      const threshold = inkThresholdOf(grey)
      const ink = cutCrop(grey, crop, size).filter((value) => value < threshold).length
      expect(ink / size ** 2).toBeGreaterThanOrEqual(0.15)
    }
  })

  it('that refuses is named in the shortage, the commonest first', async () => {
    const test = await corpusProject()
    put(test.images, 'S/C/P/1.png', await pngOf(stavesPage({ width: 300, height: 300 })))
    await test.importFrom(test.images)
    const report = await test.draw({ ...SMALL, margin: 0.2, minimumInk: 0.2, perPage: 40 })
    const { margin, 'too-little-ink': ink, 'too-white': white, region } = report.refusals
    expect([white, region]).toEqual([0, 0])
    expect(report.shortages[0]?.reason).toBe(
      `in 60 draws ${report.samples} of 40 crops were accepted: ${margin} in the margin, ${ink} with too little ink`,
    )
    await expect(test.draw({ ...SMALL, margin: 0.4 })).rejects.toThrow(
      'None of the 1 pages gave a sample (draws refused: 60 in the margin)',
    )
    await expect(test.draw({ ...SMALL, size: 512 })).rejects.toThrow('they are all smaller than a crop')
  })

  it('is in the record, with what was left out by hand', async () => {
    const world = await samplingWorld()
    await world.catalogue.setExcluded({ pages: [4, 5], reason: 'advert' }, calling)
    const region = { x: 5, y: 6, width: 70, height: 80, note: 'seal' }
    await world.catalogue.setRegions({ page: 1, regions: [region] }, calling)
    const rules = {
      ...SMALL,
      perPage: 4,
      whiteness: 0.8,
      minimumInk: 0.1,
      margin: 0.02,
      background: 'paper',
      balance: 'style',
      where: 'scan-source:white',
    } as const
    const report = await world.draw(rules)
    const [set] = await world.sampling.api.sets(undefined, calling)
    expect(set).toMatchObject(rules)
    const { refusals, excludedPages } = report
    expect(set).toMatchObject({ refusals, excludedPages: 0, refusedDraws: report.refusedDraws })
    expect(excludedPages).toBe(0)
    expect(await world.sampling.api.report({ sampleSet: report.sampleSet }, calling)).toEqual(report)
    const again = await world.draw({ ...rules, where: undefined })
    expect(again.excludedPages).toBe(2)
    const stored = (sql: string) => world.project.database.prepare(sql).all(again.sampleSet)
    const page = await world.corpus.api.page({ page: 1 }, calling)
    expect(
      stored('SELECT page_sha256, x, y, width, height FROM sample_set_regions WHERE sample_set = ?'),
    ).toEqual([{ page_sha256: page.sha256, x: 5, y: 6, width: 70, height: 80 }])
    const excluded = await world.corpus.api.page({ page: 5 }, calling)
    expect(
      stored('SELECT page_sha256, reason FROM sample_set_exclusions WHERE sample_set = ? ORDER BY position'),
    ).toMatchObject([{ reason: 'advert' }, { reason: 'advert', page_sha256: excluded.sha256 }])
  })
})

describe('balance', () => {
  it('keeps as many of each group as the least one gave, first draws first, with their very pixels', async () => {
    const world = await samplingWorld()
    const rules = { ...SMALL, whiteness: 0.72, perPage: 4 }
    await world.draw(rules)
    const all = world.sampling.samplesOf(1)
    const report = await world.draw({ ...rules, balance: 'composer' })
    const kept = world.sampling.samplesOf(2)
    const sizes = [...Map.groupBy(kept, ({ composer }) => composer).values()].map(({ length }) => length)
    const gave = [...Map.groupBy(all, ({ composer }) => composer).values()].map(({ length }) => length)
    expect(new Set(sizes)).toEqual(new Set([Math.min(...gave)]))
    expect(Math.min(...gave)).toBeLessThan(Math.max(...gave))
    for (const [page, onPage] of Map.groupBy(kept, (crop) => crop.page))
      expect(placesOf(onPage)).toEqual(
        placesOf(all.filter((crop) => crop.page === page)).slice(0, onPage.length),
      )
    const store = openSampleStore(world.sampling.sampleFile(2))
    store.verify()
    expect(store.samples).toBe(report.samples)
    for (const crop of kept) {
      const grey = await world.corpus.decodePage(crop.page)
      expect(Buffer.from(store.read([crop.index])).equals(cutCrop(grey, crop, crop.size))).toBe(true)
    }
    store.close()
    expect((await world.draw({ ...rules, balance: 'composer' })).hash).toBe(report.hash)
  })

  it('that is cancelled or killed leaves nothing behind', async () => {
    const world = await samplingWorld()
    const controller = new AbortController()
    const context = {
      ...jobContext([], controller.signal),
      progress: ({ done }: { done: number }) => {
        if (done === 18) controller.abort()
      },
    }
    const request = REQUESTS.sampling.draw.parse({ ...SMALL, balance: 'style' })
    await expect(world.sampling.drawSamples(request, context)).rejects.toMatchObject({ name: 'Cancelled' })
    const folder = join(world.folder, 'samples')
    expect(readdirSync(folder)).toEqual([])
    // A draft that a crash left is swept away as any half-written file is.
    writeFileSync(draftOf(join(folder, '1.u8')), 'crops')
    expect(sweepPendingFiles(folder)).toBe(1)
    await expect(world.draw({ ...SMALL, balance: 'style', whiteness: 0.1 })).rejects.toMatchObject({
      code: 'sampling/nothing-accepted',
    })
    expect(readdirSync(folder)).toEqual([])
  })

  it('takes evenly from the pages of a group, and a group that gave nothing does not count', () => {
    const page = (composer: string, crops: number, at: number) => ({
      page: { style: 's', composer, sha256: `${composer}${String(at)}` },
      crops,
    })
    const drawn = [
      ...[5, 5, 1, 4].map((crops, at) => page('a', crops, at)),
      ...[3, 3, 1].map((crops, at) => page('b', crops, at)),
      page('c', 0, 0),
    ]
    const kept = keptCrops(drawn, 'composer', 1)
    expect(kept.slice(4)).toEqual([3, 3, 1, 0])
    expect([...kept.slice(0, 4)].sort()).toEqual([1, 2, 2, 2])
    expect(keptCrops(drawn, 'composer', 1)).toEqual(kept)
    expect(keptCrops(drawn, 'style', 1)).toEqual(drawn.map(({ crops }) => crops))
    expect(keptCrops(drawn, 'none', 1)).toEqual(drawn.map(({ crops }) => crops))
    expect(keptCrops([], 'style', 1)).toEqual([])
    // Which of equal pages gives first follows from the seed.
    const even = Array.from({ length: 12 }, (_, at) => page('a', 2, at)).concat(page('b', 18, 0))
    const orders = [1, 2, 3].map((seed) => JSON.stringify(keptCrops(even, 'composer', seed)))
    expect(new Set(orders).size).toBeGreaterThan(1)
  })
})

describe('two sample sets', () => {
  it('are compared by rules, crops, pages and composers', async () => {
    const world = await samplingWorld()
    await world.draw({ ...SMALL, perPage: 2 })
    await world.draw({ ...SMALL, perPage: 4, background: 'paper', where: 'style:"Style 1"' })
    const sets = await world.sampling.api.sets(undefined, calling)
    const other = sets[0]?.id ?? 0
    const compared = await world.sampling.api.compare({ one: 1, other }, calling)
    expect(compared.differences).toEqual([
      { rule: 'Crops per page', one: '2', other: '4' },
      { rule: 'Background', one: 'as it is', other: 'paper made white' },
      { rule: 'Pages', one: 'all', other: 'style:"Style 1"' },
    ])
    const [one, two] = [world.sampling.samplesOf(1), world.sampling.samplesOf(other)]
    const key = ({ page, x, y }: SampleWithPage) => [page, x, y].join()
    const shared = one.filter((crop) => two.some((second) => key(second) === key(crop))).length
    expect(compared.crops).toEqual({ one: one.length, other: two.length, shared })
    expect(shared).toBeGreaterThan(0)
    expect(compared.pages.shared).toBe(new Set(two.map(({ page }) => page)).size)
    expect(compared.changedPages).toBe(0)
    expect(compared.composers).toHaveLength(6)
    expect(compared.composers[5]).toMatchObject({
      style: 'Style 3',
      composer: 'Composer 6',
      other: 0,
      shared: 0,
    })
    const mean = one.reduce((sum, { whiteness }) => sum + whiteness, 0) / one.length
    expect(compared.whiteness.one).toBeCloseTo(mean, 12)
    expect(await world.sampling.api.compare({ one: 1, other: 1 }, calling)).toMatchObject({
      differences: [],
      crops: { one: one.length, other: one.length, shared: one.length },
    })
    expect(() => world.sampling.api.compare({ one: 1, other: 99 }, calling)).toThrow('no sample set 99')
    put(
      world.images,
      'Style 1/Composer 1/Piece/1.png',
      await pngOf(stavesPage({ width: 220, height: 300, seed: 77 })),
    )
    await world.importFrom(world.images)
    const { sampleSet } = await world.draw({ ...SMALL, perPage: 2 })
    const changed = await world.sampling.api.compare({ one: 1, other: sampleSet }, calling)
    expect(changed).toMatchObject({ changedPages: 1, crops: { shared: one.length - 2 } })
  })
})

describe('a region of a page', () => {
  it('touches what it shares a pixel with, not what lies beside it', () => {
    const one = { x: 0, y: 0, width: 10, height: 10 }
    expect(touches(one, { x: 9, y: 9, width: 5, height: 5 })).toBe(true)
    expect(touches(one, { x: 10, y: 0, width: 5, height: 5 })).toBe(false)
    expect(touches(one, { x: 2, y: 2, width: 1, height: 1 })).toBe(true)
  })
})
