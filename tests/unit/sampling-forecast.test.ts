/** What is predicted before drawing against what drawing then does. */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addRefusals, NO_REFUSALS } from '@shared/domain/refusal-words'
import type { Forecast } from '@shared/domain/sampling-rules'
import { REQUESTS } from '@shared/requests'
import type { SampleReport } from '@shared/domain/sample-set'
import { calling } from '../support/corpus-projects'
import {
  type DrawChoices,
  printedOn,
  type SamplingWorld,
  samplingWorld,
  surveyKeyOf,
} from '../support/sampling-world'
import { pngOf, put } from '../support/page-makers'

const SMALL = { seed: 3, size: 64, triesPerPage: 60 }

/** Rules that refuse each in its own way, and together. */
const RULES: Readonly<Record<string, Omit<DrawChoices, 'seed'>>> = {
  'the study’s': {},
  'a low limit of whiteness': { whiteness: 0.62 },
  'paper made white': { background: 'paper', whiteness: 0.8 },
  'a margin': { margin: 0.1 },
  'least ink': { minimumInk: 0.2, whiteness: 1 },
  'least ink on white paper': { minimumInk: 0.2, whiteness: 0.9, background: 'paper' },
  'pages that a search finds': { where: 'scan-source:grey' },
  'balance by style': { balance: 'style', whiteness: 0.7 },
  'balance by composer': { balance: 'composer', whiteness: 0.72, perPage: 4 },
  'everything at once': {
    whiteness: 0.85,
    margin: 0.05,
    minimumInk: 0.15,
    background: 'paper',
    balance: 'composer',
    where: '-scan-source:shaded',
    perPage: 3,
  },
}

/** Page 2 is left out; on pages 1 and 7 no crop may touch a region. */
async function withExclusions(): Promise<SamplingWorld> {
  const world = await samplingWorld()
  await world.catalogue.setExcluded({ pages: [2], reason: 'title page' }, calling)
  const region = (x: number, y: number) => ({ x, y, width: 90, height: 60, note: 'advert' })
  await world.catalogue.setRegions({ page: 1, regions: [region(0, 0), region(120, 200)] }, calling)
  await world.catalogue.setRegions({ page: 7, regions: [region(60, 100)] }, calling)
  return world
}

function expectSame({ total, excludedPages, groups, ...forecast }: Forecast, report: SampleReport): void {
  expect(forecast.surveyed).toBe(forecast.pages)
  expect(total.refused).toEqual(report.refusals)
  expect(Object.values(report.refusals).reduce((sum, count) => sum + count, 0)).toBe(report.refusedDraws)
  expect(total.crops).toBe(report.samples)
  expect(total.shortPages).toBe(report.shortages.length)
  expect(excludedPages).toBe(report.excludedPages)
  expect(groups.reduce((sum, { crops }) => sum + crops, 0)).toBe(total.crops)
  expect(groups.reduce((sum, { refused }) => addRefusals(sum, refused), NO_REFUSALS)).toEqual(total.refused)
}

describe('a forecast', () => {
  it('is what drawing then does, rule by rule', async () => {
    const world = await withExclusions()
    const seen = new Set<string>()
    for (const change of Object.values(RULES)) {
      const rules = { ...SMALL, ...change }
      await world.survey(rules)
      const forecast = await world.forecast(rules)
      const report = await world.draw(REQUESTS.sampling.draw.parse(rules))
      expectSame(forecast, report)
      const perComposer = Map.groupBy(world.sampling.samplesOf(report.sampleSet), ({ composer }) => composer)
      for (const { name, crops } of forecast.groups) expect(perComposer.get(name)?.length ?? 0).toBe(crops)
      for (const [refusal, count] of Object.entries(report.refusals)) if (count > 0) seen.add(refusal)
    }
    // No rule was idle.
    expect([...seen].sort()).toEqual(['margin', 'region', 'too-little-ink', 'too-white'])
  })

  it('tells groups by style, composer, piece or any field, in the order of their names', async () => {
    const world = await withExclusions()
    await world.survey(SMALL)
    const names = async (by: string) =>
      (await world.forecast({ ...SMALL, by })).groups.map(({ name }) => name)
    expect(await names('style')).toEqual(['Style 1', 'Style 2', 'Style 3'])
    expect(await names('piece')).toEqual(['Piece'])
    expect(await names('Scan Source')).toEqual(['grey', 'shaded', 'white'])
    expect((await names('composer'))[5]).toBe('Composer 6')
    await world.catalogue.setFields({ pages: [1], fields: { 'scan source': '' } }, calling)
    const { groups } = await world.forecast({ ...SMALL, by: 'scan source' })
    expect(groups.map(({ name, pages }) => [name, pages])).toEqual([
      ['', 1],
      ['grey', 6],
      ['shaded', 6],
      ['white', 4],
    ])
    await expect(names('colour')).rejects.toThrow('there is no field "colour"')
  })

  it('counts only what was measured, and says how much that is', async () => {
    const world = await withExclusions()
    const before = await world.forecast(SMALL)
    // Pages that cannot hold a crop need no measuring.
    const small = 3
    expect(before).toMatchObject({ pages: 17, surveyed: small, excludedPages: 1 })
    expect(before.total).toMatchObject({ pages: small, draws: 0, crops: 0, shortPages: small })
    await world.survey(SMALL)
    expect((await world.forecast(SMALL)).surveyed).toBe(17)
    // Other rules need no other survey; another seed does.
    expect((await world.forecast({ ...SMALL, whiteness: 0.5, perPage: 2 })).surveyed).toBe(17)
    expect((await world.forecast({ ...SMALL, seed: 4 })).surveyed).toBe(small)
  })

  it('of no pages says why', async () => {
    const world = await withExclusions()
    await expect(world.forecast({ ...SMALL, where: 'nobody' })).rejects.toThrow(
      'No page fits the search "nobody"',
    )
    await expect(world.forecast({ ...SMALL, where: 'is:excluded' })).rejects.toThrow(
      'All 1 pages that could be sampled are left out by hand',
    )
    await expect(world.draw({ ...SMALL, where: 'nobody' })).rejects.toMatchObject({
      code: 'sampling/none-found',
    })
  })
})

describe('a survey', () => {
  const squares = (world: SamplingWorld): readonly string[] =>
    readdirSync(join(world.folder, 'surveys')).map((name) => join(world.folder, 'surveys', name))

  it('measures only what was not, and again only what has other bytes', async () => {
    const world = await samplingWorld()
    expect(await world.survey(SMALL)).toMatchObject({ surveyed: 18, pages: 18, unreadable: [] })
    const [file = ''] = squares(world)
    const first = readFileSync(file)
    await world.survey(SMALL)
    expect(readFileSync(file)).toEqual(first)
    const page = printedOn(() => 200, { width: 220, height: 300, seed: 99 })
    put(world.images, 'Style 1/Composer 1/Piece/1.png', await pngOf(page))
    await world.importFrom(world.images)
    expect((await world.forecast(SMALL)).surveyed).toBe(17)
    await world.survey(SMALL)
    expect(readFileSync(file).subarray(0, first.length)).toEqual(first)
    expect((await world.forecast(SMALL)).surveyed).toBe(18)
  })

  it('keeps what is done when it is cancelled, and goes on from there', async () => {
    const world = await samplingWorld()
    const reference = await world.sampling.api.survey(surveyKeyOf(SMALL), calling)
    const stop = setInterval(() => {
      if (world.told.filter(({ name }) => name === 'job/progressed').length >= 4)
        world.jobs.cancel(reference.job)
    }, 1)
    await expect(world.jobs.wait(reference)).rejects.toMatchObject({ name: 'Cancelled' })
    clearInterval(stop)
    const { surveyed } = await world.sampling.api.surveyState(surveyKeyOf(SMALL), calling)
    expect(surveyed).toBeGreaterThan(3)
    expect(surveyed).toBeLessThan(18)
    await world.survey(SMALL)
    expectSame(await world.forecast(SMALL), await world.draw(SMALL))
  })

  it('whose file is torn, spoilt or deleted is measured again where it must be', async () => {
    const world = await samplingWorld()
    await world.survey(SMALL)
    const [file = ''] = squares(world)
    const { size } = statSync(file)
    const forecast = await world.forecast(SMALL)
    truncateSync(file, size - 5)
    expect((await world.forecast(SMALL)).surveyed).toBe(17)
    await world.survey(SMALL)
    expect(await world.forecast(SMALL)).toEqual(forecast)
    const spoilt = readFileSync(file)
    const half = Math.floor(size / 2)
    spoilt[half] = (spoilt[half] ?? 0) ^ 255
    // Of another length, so that it is looked at anew.
    writeFileSync(file, Buffer.concat([spoilt, Buffer.alloc(1)]))
    expect((await world.forecast(SMALL)).surveyed).toBeLessThan(18)
    await world.survey(SMALL)
    expect(await world.forecast(SMALL)).toEqual(forecast)
    rmSync(join(world.folder, 'surveys'), { recursive: true })
    expect((await world.forecast(SMALL)).surveyed).toBe(3)
    await world.survey(SMALL)
    expect(await world.forecast(SMALL)).toEqual(forecast)
  })

  it('keeps the newest few', async () => {
    const world = await samplingWorld()
    for (let seed = 1; seed <= 6; seed += 1) {
      world.clock.advance(60_000)
      await world.survey({ ...SMALL, seed, triesPerPage: 5 })
    }
    expect(squares(world)).toHaveLength(4)
    const surveyed = async (seed: number) =>
      (await world.forecast({ ...SMALL, seed, triesPerPage: 5 })).surveyed
    expect([await surveyed(2), await surveyed(3), await surveyed(6)]).toEqual([3, 18, 18])
  })

  it('tells pages that cannot be read, and forecasts the others', async () => {
    const world = await samplingWorld()
    const page = join(world.images, 'Style 1', 'Composer 1', 'Piece', '1.png')
    renameSync(page, `${page}.gone`)
    const report = await world.survey(SMALL)
    expect(report).toMatchObject({ surveyed: 17, pages: 18 })
    expect(report.unreadable).toMatchObject([{ page: 1, file: 'Style 1/Composer 1/Piece/1.png' }])
    expect(report.unreadable[0]?.reason).toContain('cannot be read')
    renameSync(`${page}.gone`, page)
    expect(await world.survey(SMALL)).toMatchObject({ surveyed: 18, unreadable: [] })
  })

  it('says how far it is', async () => {
    const world = await samplingWorld()
    await world.survey(SMALL)
    const steps = world.told.filter(({ name }) => name === 'job/progressed').map(({ value }) => value)
    expect(steps.at(-1)).toMatchObject({ kind: 'survey', label: 'Measuring pages', done: 15, total: 15 })
  })
})
