import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '@shared/errors'
import { Application } from '../../src/renderer/src/state/application.svelte'
import { FiltersState } from '../../src/renderer/src/state/filters.svelte'
import {
  citation,
  describeReceptiveField,
  formatShare,
} from '../../src/renderer/src/views/filters/feature-words'
import { kernelRanges, mapRanges } from '../../src/renderer/src/views/filters/tile-ranges'
import { FakeEngine } from './support/fake-engine'
import { fakeActivations, fakeFeatures, fakeKernels, fakeRun } from './support/fake-model'
import { MemoryStorage } from './support/memory-storage'
import { renderApplication } from './support/rendering'

let ends: (() => unknown)[] = []
beforeEach(() => {
  ends = []
})
afterEach(async () => {
  for (const end of ends) await end()
})

describe('features in words', () => {
  test('a receptive field is told in pixels of input and page', () => {
    const field = { size: 14, stride: 2, offset: -6 }
    expect(describeReceptiveField(field, 4)).toBe(
      '14×14 pixels of the input, which are 56×56 pixels of the page',
    )
    expect(describeReceptiveField(field, 1)).toContain('as many pixels of the page')
  })

  test('shares keep the digits that count', () => {
    expect([0, 0.00001, 0.0043, 0.083, 0.42, 1].map(formatShare)).toEqual([
      '0 %',
      'less than 0.01 %',
      '0.43 %',
      '8.3 %',
      '42 %',
      '100 %',
    ])
  })

  test('a place is cited by composer, piece and page', () => {
    expect(citation({ composer: 'Scott Joplin', piece: 'Maple Leaf Rag', pageNumber: 3 })).toBe(
      'Scott Joplin, Maple Leaf Rag, page 3',
    )
  })
})

describe('what colours are relative to', () => {
  test('kernels: the filter, the layer, or all layers that are here', () => {
    const kernels = fakeKernels('encoder-1-1')
    const strong = { ...kernels, weights: kernels.weights.map((weight) => weight * 10) }
    const local = kernelRanges(kernels, 'local', [kernels, strong])
    expect(local(0)).not.toEqual(local(1))
    const layer = kernelRanges(kernels, 'layer', [kernels, strong])
    expect(layer(0)).toEqual(layer(1))
    expect(kernelRanges(kernels, 'global', [kernels, strong])(0).highest).toBeCloseTo(
      10 * layer(0).highest,
      4,
    )
  })

  test('maps: the map, the layer on this crop, or the strongest of any channel on any crop', () => {
    const maps = fakeActivations('encoder-1-1', 0)
    expect(mapRanges(maps, 'local', [])(0).highest).toBeLessThanOrEqual(
      mapRanges(maps, 'layer', [])(0).highest,
    )
    const feature = { ...fakeFeatures('r1', [], 'encoder-1-1')[0], maximum: 44 }
    expect(mapRanges(maps, 'global', [feature as never])(0)).toEqual({ lowest: 0, highest: 44 })
  })
})

async function opened(change: (engine: FakeEngine) => void = () => undefined) {
  const engine = new FakeEngine()
  change(engine)
  const application = new Application(engine.connection, new MemoryStorage())
  const filters = new FiltersState(application)
  ends.push(filters.attach())
  await expect.poll(() => filters.layers.status).toBe('ready')
  await expect.poll(() => filters.features.status).not.toBe('loading')
  return { engine, application, filters }
}

describe('the filters state', () => {
  test('opens the newest run that has weights', async () => {
    const { filters } = await opened(
      (engine) =>
        (engine.runs = [
          fakeRun({ run: 'untrained', hasWeights: false, startedAt: '2025-12-01T00:00:00.000Z' }),
          fakeRun({ run: 'old', startedAt: '2025-10-01T00:00:00.000Z' }),
          fakeRun({ run: 'new' }),
        ]),
    )
    expect(filters.run?.run).toBe('new')
    expect(filters.runs.value).toHaveLength(2)
  })

  test('asks for the kernels of every layer once', async () => {
    const { engine, filters } = await opened()
    filters.follow()
    await expect.poll(() => filters.loadedKernels.length).toBe(9)
    filters.follow()
    expect(engine.requests('exploration', 'kernels')).toHaveLength(9)
  })

  test('shows the bottleneck with the kernels of the layer it pools', async () => {
    const { engine, filters } = await opened()
    filters.showLayer('bottleneck')
    filters.follow()
    const { layer } = filters
    if (layer === null) throw new Error('There is no bottleneck.')
    await expect.poll(() => filters.kernelsOf(layer)).not.toBeNull()
    expect(engine.requests('exploration', 'kernels')).toContainEqual({ run: 'r1', layer: 'encoder-2-2' })
    expect(engine.requests('exploration', 'kernels')).not.toContainEqual({ run: 'r1', layer: 'bottleneck' })
  })

  test('orders channels by what they do, the most first', async () => {
    const { filters } = await opened()
    filters.showLayer('encoder-2-1')
    const { layer } = filters
    if (layer === null) throw new Error('There is no such layer.')
    expect(filters.orderOf(layer).slice(0, 3)).toEqual([0, 1, 2])
    filters.chooseSort('maximum')
    expect(filters.orderOf(layer).slice(0, 5)).toEqual([3, 7, 11, 15, 2])
  })

  test('goes to the next channel in that order and stops at the ends', async () => {
    const { filters } = await opened()
    filters.chooseSort('maximum')
    filters.showChannel('encoder-2-1', 3)
    filters.stepChannel(-1)
    expect(filters.place.channel).toBe(3)
    filters.stepChannel(1)
    expect(filters.place.channel).toBe(7)
  })

  test('asks for maps of the crop looked at, only where they are shown', async () => {
    const { engine, filters } = await opened()
    await expect.poll(() => filters.crops.index).toBe(0)
    filters.showLayer('encoder-2-1')
    filters.follow()
    expect(engine.requests('exploration', 'activations')).toHaveLength(0)
    filters.choosePicture('map')
    filters.follow()
    expect(engine.requests('exploration', 'activations')).toEqual([
      { run: 'r1', layer: 'encoder-2-1', index: 0 },
    ])
  })

  test('knows that features are missing, and looks again when they were computed', async () => {
    const { engine, filters } = await opened((one) =>
      one.failNext('exploration', 'features', AppError.of('exploration/features-missing', { run: 'r1' })),
    )
    expect(filters.featuresMissing).toBe(true)
    filters.computeFeatures()
    await expect.poll(() => filters.featuresJob?.subject).toBe('r1')
    engine.endJob(filters.featuresJob?.job ?? '')
    await expect.poll(() => filters.features.status).toBe('ready')
    expect(filters.featuresMissing).toBe(false)
  })
})

describe('the filters screen', () => {
  async function shown(engine: FakeEngine, place: object = {}) {
    const rendered = renderApplication(engine)
    ends.push(rendered.remove)
    await expect.poll(() => rendered.application.project.status).toBe('open')
    rendered.application.navigation.go('filters', place)
    await expect
      .poll(() => rendered.target.querySelector('h1')?.textContent, { timeout: 20_000 })
      .toBe('Filters')
    return rendered
  }

  test('says what to do where nothing was trained', async () => {
    const { target } = await shown(new FakeEngine({ empty: true }))
    await expect.poll(() => target.textContent).toContain('There is no trained model to look into yet')
  })

  test('leads from the network to a layer and a channel with the keyboard, and back', async () => {
    const { target, application } = await shown(new FakeEngine())
    const layer = () => target.querySelector<HTMLElement>('#layer-encoder-2-1 button')
    await expect.poll(layer).not.toBeNull()
    layer()?.click()
    const tile = (channel: number) =>
      target.querySelector<HTMLElement>(`button[aria-label^="Channel ${channel} of encoder-2-1"]`)
    await expect.poll(() => tile(0)?.tabIndex).toBe(0)
    tile(0)?.focus()
    tile(0)?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))
    flushSync()
    expect(document.activeElement).toBe(tile(1))
    tile(1)?.click()
    expect(application.navigation.on('filters')).toMatchObject({ layer: 'encoder-2-1', channel: 1 })
    await expect.poll(() => target.querySelector('code')?.textContent).toBe('r1/encoder-2-1/1')
    application.navigation.back()
    await expect.poll(() => tile(1)).not.toBeNull()
  })

  test('shows a channel with its slices, its map and its patches outlined', async () => {
    const { target } = await shown(new FakeEngine(), { run: 'r1', layer: 'encoder-2-1', channel: 3 })
    await expect
      .poll(() => target.querySelectorAll('[aria-label^="Slice over input channel"]').length)
      .toBe(8)
    await expect.poll(() => target.querySelector('[aria-label="Activation map of channel 3"]')).not.toBeNull()
    await expect.poll(() => target.querySelectorAll('button[title$="show on the page"] rect').length).toBe(9)
    expect(target.textContent).toContain('10×10 pixels of the input, which are 140×140 pixels of the page')
  })

  test('opens the page of a top crop and cites it', async () => {
    const engine = new FakeEngine()
    const { target, application } = await shown(engine, { run: 'r1', layer: 'encoder-2-1', channel: 3 })
    const top = () => target.querySelector<HTMLElement>('button[title$="show on the page"]')
    await expect.poll(top).not.toBeNull()
    top()?.click()
    await expect
      .poll(() => document.querySelector('[role=dialog]')?.textContent)
      .toContain('Invention in C, page')
    await expect.poll(() => document.querySelector('[role=dialog] [role=application]')).not.toBeNull()
    const show = [...document.querySelectorAll('button')].find((one) =>
      one.textContent.includes('in the corpus'),
    )
    show?.click()
    expect(application.navigation.screen).toBe('corpus')
    expect(application.navigation.on('corpus').outline?.label).toBe('receptive field')
  })
})
