/** A trained run looked at in depth, with real parts: tables, channel pages, ablation, whole pages and pieces. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AblationReport, FeatureReport } from '@shared/domain/feature'
import type { RunPlan, RunSummary } from '@shared/domain/run'
import type { Core } from '../../src/main/core'
import { makeTinyCorpus } from '../support/tiny-corpus'
import { buildEntries, newFolder, wholeCore } from '../support/whole-core'

const place = newFolder()
const settings = join(place.folder, 'settings')
const project = join(place.folder, 'explored.scorescope')

let core: Core
let run: string

beforeAll(async () => {
  await buildEntries()
  await makeTinyCorpus(join(place.folder, 'corpus'))
  core = wholeCore(settings, { featuresAfterTraining: false })
  const { api } = core
  await api.project.create({ folder: project })
  await api.jobs.wait(await api.corpus.import({ folder: join(place.folder, 'corpus') }))
  await api.jobs.wait(await api.sampling.draw({ seed: 7, size: 64, perPage: 4 }))
  const choices = { seed: 1, spec: '1x4@3,1x8@3', batch: 4, threads: 1, split: 'piece', epochs: 6 } as const
  const { job } = await api.training.start({ ...choices, inputSize: 32, validation: 0.5 })
  run = ((await api.jobs.wait({ job })) as RunSummary).run
})
afterAll(async () => {
  await core.close()
  place.remove()
})

/** A unit of which a crop holds all that it sees says the same on the whole page. */
async function expectPageAsCrop(of: {
  readonly run: string
  readonly sampleSet: number
  readonly layer: string
}): Promise<void> {
  const crop = await core.api.sampling.crop({ sampleSet: of.sampleSet, index: 5 })
  const channel = 0
  const { x, y, page } = crop
  const { run: explored, layer } = of
  const inCrop = await core.api.exploration.activations({ run: explored, layer, index: 5 })
  const request = { run: explored, layer, channel, page, alignTo: { x, y } }
  const onPage = await core.api.exploration.pageActivation(request)
  const { layers } = await core.api.exploration.layers({ run: explored })
  const { receptiveField } = layers.find(({ name }) => name === layer) ?? { receptiveField: null }
  const { stride = 1, offset = 0, size = 0 } = receptiveField ?? {}
  expect(onPage.pixelsPerUnit).toBe(2 * stride)
  const [left, top] = [x - onPage.offsetX, y - onPage.offsetY].map((at) => at / onPage.pixelsPerUnit)
  expect(Number.isInteger(left) && Number.isInteger(top)).toBe(true)
  let compared = 0
  for (let row = 0; row < inCrop.height; row += 1)
    for (let column = 0; column < inCrop.width; column += 1) {
      const seen = [row, column].map((unit) => unit * stride + offset)
      if (!seen.every((first) => first >= 0 && first + size <= 32)) continue
      const here = inCrop.maps[(row * inCrop.width + column) * inCrop.channels + channel] ?? NaN
      const there = onPage.map[(row + (top ?? 0)) * onPage.width + column + (left ?? 0)] ?? NaN
      expect(Math.abs(here - there)).toBeLessThan(1e-5)
      compared += 1
    }
  expect(compared).toBeGreaterThan(3)
  expect(onPage.maximum).toBe(onPage.map.reduce((most, value) => Math.max(most, value), 0))
  expect(onPage.map).toHaveLength(onPage.width * onPage.height)
}

describe('a run looked at in depth', () => {
  it('has no features until they are computed, and then of every sample', async () => {
    await expect(core.api.exploration.features({ run })).rejects.toMatchObject({
      code: 'exploration/features-missing',
    })
    const job = await core.api.exploration.computeFeatures({ run })
    const report = (await core.api.jobs.wait(job)) as FeatureReport
    const { samples = 0 } = (await core.api.sampling.sets())[0] ?? {}
    expect(report).toMatchObject({ run, samples, resumed: 0 })
    expect((await core.api.training.run({ run })).featuresReady).toBe(true)
  })

  it('has a page for every channel: histogram, range, relatives, ranks', async () => {
    const all = await core.api.exploration.features({ run, layer: 'encoder-2-1' })
    for (const { layer, channel, dead, lossWhenAbsent, density } of all) {
      const page = await core.api.exploration.channel({ run, layer, channel })
      expect(dead).toBe(density === 0)
      expect(lossWhenAbsent).toBeNull()
      const counted = page.histogram.counts.reduce((sum, count) => sum + count, page.histogram.silent)
      expect(counted).toBe(page.samples * 16 * 16)
      expect(page.bands.map(({ samples }) => samples).reduce((sum, count) => sum + count)).toBe(page.samples)
      for (const pick of page.bands.flatMap(({ picks }) => picks)) {
        const crop = await core.api.sampling.crop({ sampleSet: 1, index: pick.index })
        expect(pick).toMatchObject({ page: crop.page, pageX: crop.x + pick.x, pageY: crop.y + pick.y })
      }
      for (const { correlation } of page.correlations.positive) expect(correlation).toBeGreaterThan(0)
      expect(page.ranks.density).toBeGreaterThanOrEqual(0)
    }
  })

  it('ranks channels by what their absence costs, and remembers it', async () => {
    expect(await core.api.exploration.losses({ run })).toBeNull()
    const job = await core.api.exploration.ablate({ run, crops: 10 })
    const report = (await core.api.jobs.wait(job)) as AblationReport
    expect(report).toMatchObject({ run, layer: 'bottleneck', crops: 10, heldOut: true })
    expect(report.channels.map(({ channel }) => channel).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    const values = report.channels.map(({ increase }) => increase.value)
    expect(values).toEqual([...values].sort((one, other) => other - one))
    expect(Object.keys(report.intactByStyle).sort()).toEqual(['Style 0', 'Style 1'])
    expect(await core.api.exploration.losses({ run })).toEqual(report)
    const [feature] = await core.api.exploration.features({ run, layer: 'bottleneck' })
    const own = report.channels.find(({ channel }) => channel === 0)
    expect(feature?.lossWhenAbsent).toBe(own?.increase.value)
    const page = await core.api.exploration.channel({ run, layer: 'bottleneck', channel: 0 })
    expect(page.ranks.lossWhenAbsent).not.toBeNull()
    const again = await core.api.jobs.wait(await core.api.exploration.ablate({ run, crops: 10 }))
    expect(again).toEqual(report)
  })

  it('agrees with reconstructions of single crops without the channel', async () => {
    const layer = 'encoder-1-1'
    const job = await core.api.exploration.ablate({ run, layer, crops: 1000 })
    const { channels, crops, intactMse } = (await core.api.jobs.wait(job)) as AblationReport
    const { split } = await core.api.training.run({ run })
    expect(crops).toBe(split.validation)
    const { channel = 0, increase } = channels[0] ?? {}
    const plan = readFileSync(join(project, 'runs', run, 'plan.json'), 'utf8')
    const held = (JSON.parse(plan) as RunPlan).split.validation
    const mean = async (off: readonly { layer: string; channel: number; scale: number }[]) => {
      let sum = 0
      for (const index of held)
        sum += (await core.api.exploration.reconstruct({ run, index, channels: [...off] })).mse
      return sum / held.length
    }
    const intact = await mean([])
    expect(intactMse).toBeCloseTo(intact, 6)
    expect(increase?.value).toBeCloseTo((await mean([{ layer, channel, scale: 0 }])) - intact, 6)
  })

  it.each(['encoder-1-1', 'encoder-2-1', 'bottleneck', 'decoder-2-1', 'output'])(
    'shows %s on a whole page as in its crops, to 1e-5, where a crop holds all that a unit sees',
    (layer) => expectPageAsCrop({ run, sampleSet: 1, layer }),
  )

  it('shows a page on white paper where the crops that were trained on are', async () => {
    const { api } = core
    const rules = { seed: 7, size: 64, perPage: 4, background: 'paper' } as const
    await api.jobs.wait(await api.sampling.draw(rules))
    const choices = { seed: 1, spec: '1x4@3,1x8@3', batch: 4, threads: 1, split: 'piece', epochs: 2 } as const
    const { job } = await api.training.start({ ...choices, sampleSet: 2, inputSize: 32, validation: 0.5 })
    const onPaper = ((await api.jobs.wait({ job })) as RunSummary).run
    await expectPageAsCrop({ run: onPaper, sampleSet: 2, layer: 'encoder-2-1' })
  })

  it('follows a channel over the pages of a piece, and keeps what it found', async () => {
    const [style] = await core.api.corpus.tree()
    const piece = style?.composers[0]?.pieces[0]?.id ?? 0
    const request = { run, layer: 'encoder-1-1', channel: 1, piece }
    const found = await core.api.exploration.pieceActivation(request)
    const { items } = await core.api.corpus.pages({ piece })
    expect(found.pages.map(({ page }) => page)).toEqual(items.map(({ id }) => id))
    for (const { page, mean, density, maximum, ribbon } of found.pages) {
      const { map } = await core.api.exploration.pageActivation({
        run,
        layer: 'encoder-1-1',
        channel: 1,
        page,
      })
      expect(mean).toBeCloseTo(map.reduce((sum, value) => sum + value, 0) / map.length, 5)
      expect(density).toBeCloseTo(map.filter((value) => value > 0).length / map.length, 5)
      expect(maximum).toBeCloseTo(Math.max(...map), 5)
      expect(ribbon).toHaveLength(60)
    }
    const kept = join(project, 'runs', run, 'features', 'pieces')
    expect(readdirSync(kept)).toEqual([`encoder-1-1-1-${piece}.json`])
    expect(await core.api.exploration.pieceActivation(request)).toEqual(found)
    await expect(core.api.exploration.pieceActivation({ ...request, piece: 999 })).rejects.toMatchObject({
      code: 'exploration/piece-unknown',
    })
  })

  it('computes features anew when asked, such as after their files were deleted', async () => {
    const tables = join(project, 'runs', run, 'features', 'tables.f32')
    expect(existsSync(tables)).toBe(true)
    rmSync(tables)
    await core.api.jobs.wait(await core.api.exploration.computeFeatures({ run }))
    expect(existsSync(tables)).toBe(true)
  })
})
