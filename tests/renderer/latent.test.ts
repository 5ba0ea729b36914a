import { afterEach, describe, expect, test } from 'vitest'
import { latentScatter } from '../../src/renderer/src/charts/latent-scatter'
import { chartSvg } from '../../src/renderer/src/charts/chart-svg'
import { PAPER } from '../../src/renderer/src/charts/palette'
import { captionLine } from '../../src/renderer/src/exports/caption'
import { Application } from '../../src/renderer/src/state/application.svelte'
import { LatentState } from '../../src/renderer/src/state/latent.svelte'
import { mapCaption, mapTable, selectionTable } from '../../src/renderer/src/views/latent/latent-exports'
import {
  contrastOf,
  groupDifference,
  namedCaption,
  sharedRange,
  stretchedPicture,
} from '../../src/renderer/src/views/latent/decoded-pictures'
import {
  confoundsTable,
  probeChart,
  probesCaption,
  probesTable,
} from '../../src/renderer/src/views/latent/knowledge-exports'
import { placeCard } from '../../src/renderer/src/views/latent/place-card'
import { AppError } from '@shared/errors'
import { FakeEngine } from './support/fake-engine'
import { fakeRun } from './support/fake-model'
import { fakeConfoundReport, fakeProbeReport } from './support/fake-probes'
import { MemoryStorage } from './support/memory-storage'

let ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends) await end()
  ends = []
})

const REPORTS = { probe: fakeProbeReport('r1'), confounds: fakeConfoundReport('r1') }

describe('the latent state', () => {
  async function opened(prepare: (engine: FakeEngine) => void = () => undefined) {
    const engine = new FakeEngine()
    prepare(engine)
    const application = new Application(engine.connection, new MemoryStorage())
    const state = new LatentState(application)
    ends.push(state.attach())
    await expect.poll(() => state.run?.run).toBe('r1')
    state.follow()
    await expect.poll(() => state.map.value).not.toBeNull()
    await expect.poll(() => state.fields.status).toBe('ready')
    await expect.poll(() => state.samples.status).toBe('ready')
    return { engine, application, state }
  }

  test('shows PCA at once, and UMAP with its settings when that has been drawn', async () => {
    const { engine, state } = await opened()
    expect(state.map.value?.settings.method).toBe('pca')
    state.chooseShape({ neighbours: 30, minimumDistance: 0.25, seed: 7 })
    await expect.poll(() => state.job).not.toBeNull()
    expect(state.map.value?.settings.method).toBe('pca')
    expect(engine.requests('latent', 'map').at(-1)).toMatchObject({
      method: 'umap',
      neighbours: 30,
      minimumDistance: 0.25,
      seed: 7,
    })
    engine.latent.mapped.add('r1')
    engine.endJob(state.job?.job ?? '')
    await expect.poll(() => state.map.value?.settings.method).toBe('umap')
    expect(state.map.value?.settings).toMatchObject({ neighbours: 30, minimumDistance: 0.25, seed: 7 })
  })

  test('keeps the map on the screen where UMAP is cancelled', async () => {
    const { engine, state } = await opened()
    state.chooseMethod('umap')
    await expect.poll(() => state.job).not.toBeNull()
    engine.endJob(state.job?.job ?? '', { status: 'cancelled' })
    await expect.poll(() => state.method).toBe('pca')
    expect(state.map.value?.settings.method).toBe('pca')
  })

  test('offers values of the colouring field, quarters of numbers and selections as groups', async () => {
    const { engine, state } = await opened()
    const styles = state.groups.map(({ label }) => label)
    expect(styles).toEqual(expect.arrayContaining(['Baroque', 'Ragtime']))
    expect(styles).not.toContain('the selection')
    const total = state.groups.reduce((sum, { indices }) => sum + indices.length, 0)
    expect(total).toBe(engine.samples.length)
    state.chooseColour('whiteness')
    expect(state.groups.map(({ label }) => label)).toEqual([
      'whiteness: lowest quarter',
      'whiteness: highest quarter',
    ])
    const whitenessOf = (index: number): number => engine.samples[index]?.whiteness ?? NaN
    const [low, high] = state.groups.map(({ indices }) => indices.map(whitenessOf))
    expect(Math.max(...(low ?? []))).toBeLessThanOrEqual(Math.min(...(high ?? [])))
    state.crops.select([9, 3, 4])
    expect(state.groups[0]).toEqual({ key: 'selected', label: 'the selection', indices: [3, 4, 9] })
    await state.crops.save('three')
    await expect.poll(() => state.groups.at(-1)?.label).toBe('three')
  })

  test('decodes the difference of two groups', async () => {
    const { engine, state } = await opened()
    const [first, second] = state.groups
    if (first === undefined || second === undefined) throw new Error('There are no groups.')
    state.crops.decodeDifference(first, second)
    await expect.poll(() => state.crops.decoded.status).toBe('ready')
    expect(state.crops.decodedOf).toBe(`${first.label} against ${second.label}`)
    expect(engine.requests('latent', 'decode').at(-1)).toEqual({
      run: 'r1',
      kind: 'difference',
      group: first.indices,
      other: second.indices,
    })
    expect(state.crops.decoded.value?.pictures).toHaveLength(5)
  })

  test('keeps and removes selections', async () => {
    const { state } = await opened()
    state.crops.select([1, 2])
    await state.crops.save('two')
    await expect.poll(() => state.crops.saved.value?.length).toBe(1)
    const saved = state.crops.saved.value?.[0]
    if (saved === undefined) throw new Error('Nothing was saved.')
    await state.crops.remove(saved)
    await expect.poll(() => state.crops.saved.value?.length).toBe(0)
  })

  test('probes, shows what is known, and asks again when a probe has ended', async () => {
    const { engine, state } = await opened()
    state.chooseTab('knowledge')
    await expect.poll(() => state.knowledge.reports.status).toBe('ready')
    expect(state.knowledge.groups).toEqual([])
    state.knowledge.start('probe')
    await expect.poll(() => state.knowledge.jobOf('probe')).not.toBeNull()
    expect(state.knowledge.jobOf('confounds')).toBeNull()
    engine.latent.reports.set('r1', REPORTS)
    engine.endJob(state.knowledge.jobOf('probe')?.job ?? '')
    await expect
      .poll(() => state.knowledge.groups.map(({ role }) => role))
      .toEqual(['music', 'source', 'picture'])
    expect(state.knowledge.leftOut.map(({ field }) => field)).toEqual(['publisher'])
  })

  test('says what failed where features are missing', async () => {
    const engine = new FakeEngine()
    engine.failNext('latent', 'map', AppError.of('exploration/features-missing', { run: 'r1' }))
    const state = new LatentState(new Application(engine.connection, new MemoryStorage()))
    ends.push(state.attach())
    await expect.poll(() => state.run?.run).toBe('r1')
    state.follow()
    await expect.poll(() => state.featuresMissing).toBe(true)
  })
})

describe('exports of the latent screen', () => {
  async function things() {
    const engine = new FakeEngine()
    const reply = await engine.api.latent.map({ run: 'r1' })
    const fields = await engine.api.latent.fields({ run: 'r1' })
    if (reply.state !== 'ready') throw new Error('There is no map.')
    const sampleOf = new Map(engine.samples.map((sample) => [sample.index, sample]))
    return { engine, map: reply.map, fields, sampleOf }
  }

  test('name run, method, settings and the colouring field', async () => {
    const { map, fields } = await things()
    expect(captionLine(mapCaption(map, fakeRun(), fields.categorical[0] ?? null))).toMatch(
      /^Latent map\. Run r1 \(Quick look\); method PCA; coloured by style; variance 41 % across, 22 % up; crops \d+;/,
    )
    const umap = { ...map, settings: { ...map.settings, method: 'umap' as const } }
    expect(captionLine(mapCaption(umap, fakeRun(), null))).toContain(
      'method UMAP; settings: 15 neighbours, minimum distance 0.1, seed 1;',
    )
  })

  test('hold a row for each crop, with its place on the map, its page and its fields', async () => {
    const { engine, map, fields, sampleOf } = await things()
    const table = mapTable(map, fields, sampleOf)
    expect(table.rows).toHaveLength(engine.samples.length)
    const row = Object.fromEntries(table.columns.map((column, at) => [column, table.rows[5]?.[at]]))
    const sample = engine.samples[5]
    expect(row).toMatchObject({
      map_x: map.coordinates[10],
      map_y: map.coordinates[11],
      crop: 5,
      page_id: sample?.page,
      x: sample?.x,
      y: sample?.y,
      style: sample?.style,
    })
    expect(selectionTable([2, 100_000], sampleOf).rows.map((cells) => cells.slice(0, 2))).toEqual([
      [2, engine.samples[2]?.page],
      [100_000, null],
    ])
  })

  test('draw the map on paper as vectors with its legend, without hidden points', async () => {
    const { map, fields } = await things()
    const size = { width: 400, height: 300 }
    const look = { field: fields.categorical[0] ?? null, isHidden: () => false, palette: PAPER }
    const { svg } = await chartSvg(latentScatter(map, size, look), size)
    expect(svg).toContain('Ragtime')
    expect(svg.match(/aria-roledescription="point"/g)?.length).toBe(map.samples.length)
    const few = latentScatter(map, size, { ...look, isHidden: (point) => point >= 3 })
    expect(few.datasets?.points).toHaveLength(3)
    // One scale for both axes: of what is drawn, 400 − 12 − 190 by 300 − 24 pixels.
    const spans = /"x":\{[^}]*?"domain":\[(.+?),(.+?)\].*?"domain":\[(.+?),(.+?)\]/.exec(
      JSON.stringify('encoding' in few ? few.encoding : null),
    )
    const [left = 0, right = 0, bottom = 0, top = 0] = (spans?.slice(1) ?? []).map(Number)
    expect((right - left) / 198).toBeCloseTo((top - bottom) / 276, 9)
    const numbers = { ...look, field: fields.numeric[0] ?? null }
    expect((await chartSvg(latentScatter(map, size, numbers), size)).svg).toContain('whiteness')
  })
})

describe('exports of probes', () => {
  const { fields } = REPORTS.probe
  const labelOf = (field: string): string => field

  test('hold a row for each probe, also for those that could not be done', () => {
    const table = probesTable(fields.map((probe) => ({ words: probe.label, probe })))
    const rows = table.rows.map((row) => Object.fromEntries(table.columns.map((name, at) => [name, row[at]])))
    expect(rows.map(({ field }) => field)).toEqual(['page', 'style', 'source', 'publisher', 'whiteness'])
    expect(rows[1]).toMatchObject({
      kind: 'categorical',
      balanced_accuracy_or_r2: 0.32,
      chance: 0.14,
      values: 2,
    })
    expect(rows[3]).toMatchObject({ kind: 'none', p: null, sentence: 'Every crop has the same value.' })
    const confounds = confoundsTable(REPORTS.confounds, labelOf).rows.map(([words]) => words)
    expect(confounds.slice(2)).toEqual([
      'Style: as the code is',
      'Style: all of these regressed out',
      'Style: among crops with the same source',
    ])
  })

  test('draw each field with chance and shuffled labels', async () => {
    const size = { width: 500, height: 200 }
    const probes = fields.filter((field) => field.kind !== 'none')
    const { svg } = await chartSvg(probeChart([{ role: 'music', probes }], size), size)
    expect(svg).toContain('Scan source')
    expect(svg.match(/aria-roledescription="point"/g)).toHaveLength(4)
    expect(svg.match(/aria-roledescription="bar"/g)).toHaveLength(4)
    expect(svg.match(/aria-roledescription="tick"/g)).toHaveLength(4)
  })

  test('name run, weights and method', () => {
    expect(captionLine(probesCaption('What the code knows', fakeRun(), REPORTS.probe))).toBe(
      'What the code knows. Run r1 (Quick look); weights c0ffee000000; crops 448; method: Ridge on pooled codes. Five folds of whole pieces.',
    )
  })
})

describe('decoded pictures', () => {
  const grey = (...bytes: number[]) => ({ caption: '', grey: Uint8Array.from(bytes) })
  const codes = { size: 2, pictures: [grey(200, 210, 220, 230), grey(200, 210, 220, 180)], remark: '' }

  test('share one stretched range of greys', () => {
    expect(sharedRange(codes)).toEqual({ lowest: 180, highest: 230 })
    expect(contrastOf(sharedRange(codes))).toBeCloseTo(5.1)
    expect(sharedRange({ ...codes, pictures: [grey(9, 9, 9, 9)] })).toEqual({ lowest: 0, highest: 255 })
    const { data } = stretchedPicture(
      { size: 2, pixels: Uint8Array.of(180, 230, 205, 180) },
      sharedRange(codes),
    )
    expect([data[0], data[4]]).toEqual([0, 255])
  })

  test('of two groups show where they differ, and name them', () => {
    const difference = groupDifference(codes)
    expect(difference?.reach).toBeCloseTo(50 / 255)
    expect([...(difference?.picture.data.subarray(12, 15) ?? [])]).toEqual([5, 48, 97])
    expect(groupDifference({ ...codes, pictures: [grey(1, 1, 1, 1), grey(1, 1, 1, 1)] })).toBeNull()
    expect(namedCaption('First group, difference × 2', ['Ragtime', 'Baroque'])).toBe(
      'Ragtime, difference × 2',
    )
    expect(namedCaption('Second group', ['Ragtime', 'Baroque'])).toBe('Baroque')
  })
})

describe('the card beside the pointer', () => {
  const frame = { width: 600, height: 400 }
  const card = { width: 144, height: 200 }

  test.each([
    [0, 0],
    [599, 399],
    [599, 0],
    [300, 200],
    [450, 390],
  ])('stays within the frame at %i, %i', (x, y) => {
    const { left, top } = placeCard({ x, y }, frame, card)
    expect(left).toBeGreaterThanOrEqual(0)
    expect(top).toBeGreaterThanOrEqual(0)
    expect(left + card.width).toBeLessThanOrEqual(frame.width)
    expect(top + card.height).toBeLessThanOrEqual(frame.height)
    expect(x >= left && x < left + card.width && y >= top && y < top + card.height).toBe(false)
  })
})
