import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RemoteApi } from '@shared/api'
import type { Reconstruction } from '@shared/domain/feature'
import { Cancelled } from '@shared/errors'
import { Ablation } from '../../src/renderer/src/state/ablation.svelte'
import { captionLine } from '../../src/renderer/src/exports/caption'
import { Application } from '../../src/renderer/src/state/application.svelte'
import { CropChoice } from '../../src/renderer/src/state/crop-choice.svelte'
import { BOTTLENECK, ReconstructionState } from '../../src/renderer/src/state/reconstruction.svelte'
import { cropBaselines } from '../../src/renderer/src/views/reconstruction/crop-baselines'
import { inkChange } from '../../src/renderer/src/views/reconstruction/ink-change'
import {
  pictureCaption,
  rankingCaption,
  rankingTable,
} from '../../src/renderer/src/views/reconstruction/reconstruction-exports'
import { describeChange } from '../../src/renderer/src/views/reconstruction/reconstruction-words'
import { SharedView } from '../../src/renderer/src/views/reconstruction/shared-view.svelte'
import { FakeEngine } from './support/fake-engine'
import { fakeAblation } from './support/fake-exploration'
import { fakeReconstruction, fakeRun } from './support/fake-model'
import { MemoryStorage } from './support/memory-storage'

let ends: (() => unknown)[] = []
beforeEach(() => {
  ends = []
})
afterEach(async () => {
  for (const end of ends) await end()
})

type Settings = { layer: string; channel: number; scale: number }[]

const off = (channel: number, layer = BOTTLENECK) => ({ layer, channel, scale: 0 })

/** An engine that answers when it is told to, and remembers who no longer wants an answer. */
class SlowEngine {
  readonly waiting: {
    channels: Settings
    signal: AbortSignal | undefined
    answer: () => void
  }[] = []

  readonly api = {
    exploration: {
      reconstruct: (
        { index, channels = [] }: { index: number; channels?: Settings },
        options?: { signal?: AbortSignal },
      ) =>
        new Promise<Reconstruction>((resolve, reject) => {
          const signal = options?.signal
          signal?.addEventListener('abort', () => reject(new Cancelled()))
          this.waiting.push({
            channels: [...channels],
            signal,
            answer: () => resolve(fakeReconstruction(index, channels)),
          })
        }),
    },
  } as unknown as RemoteApi

  asked(position: number) {
    const request = this.waiting.at(position)
    if (request === undefined) throw new RangeError(`Nothing was asked at ${position}.`)
    return request
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

describe('ablation', () => {
  async function looking() {
    const engine = new SlowEngine()
    const ablation = new Ablation(engine.api)
    ablation.look({ run: 'r1', index: 3 })
    engine.asked(0).answer()
    await settled()
    return { engine, ablation }
  }

  test('asks for the whole picture first', async () => {
    const { engine, ablation } = await looking()
    expect(engine.asked(0).channels).toEqual([])
    expect(ablation.shown?.mse).toBe(ablation.whole.value?.mse)
  })

  test('asks for the picture with the channel scaled to 0', async () => {
    const { engine, ablation } = await looking()
    ablation.set([off(5)])
    expect(engine.asked(1).channels).toEqual([off(5)])
    expect(ablation.isOn(BOTTLENECK, 5)).toBe(false)
  })

  test('cancels what is no longer wanted, and the newest wins', async () => {
    const { engine, ablation } = await looking()
    ablation.set([off(5)])
    ablation.set([off(6)])
    expect(engine.asked(1).signal?.aborted).toBe(true)
    expect(engine.asked(2).channels).toHaveLength(2)
    engine.asked(2).answer()
    await settled()
    expect(ablation.shown?.without).toEqual(['bottleneck/5', 'bottleneck/6'])
    engine.asked(1).answer()
    await settled()
    expect(ablation.shown?.without).toHaveLength(2)
    expect(ablation.altered.failure).toBeNull()
  })

  test('keeps the last picture until the next arrives', async () => {
    const { engine, ablation } = await looking()
    const whole = ablation.shown
    ablation.set([off(5)])
    expect(ablation.shown).toBe(whole)
    expect(ablation.drawing).toBe(true)
    engine.asked(1).answer()
    await settled()
    const first = ablation.shown
    ablation.set([off(6)])
    expect(ablation.shown).toBe(first)
  })

  test('finishes a picture under way while a value is dragged, then draws where the drag has got to', async () => {
    const { engine, ablation } = await looking()
    ablation.drag([{ layer: BOTTLENECK, channel: 2, scale: 1.1 }])
    ablation.drag([{ layer: BOTTLENECK, channel: 2, scale: 1.5 }])
    ablation.drag([{ layer: BOTTLENECK, channel: 2, scale: 2 }])
    expect(engine.waiting).toHaveLength(2)
    expect(engine.asked(1).signal?.aborted).toBe(false)
    engine.asked(1).answer()
    await settled()
    expect(engine.waiting).toHaveLength(3)
    expect(engine.asked(2).channels).toEqual([{ layer: BOTTLENECK, channel: 2, scale: 2 }])
  })

  test('needs no request to bring all channels back', async () => {
    const { engine, ablation } = await looking()
    ablation.set([off(5)])
    ablation.restore()
    expect(engine.waiting).toHaveLength(2)
    expect(ablation.changed).toBe(false)
    expect(ablation.shown).toBe(ablation.whole.value)
  })

  test('leaves off on the next crop what was off, and forgets it with another run', async () => {
    const { engine, ablation } = await looking()
    ablation.set([off(5)])
    ablation.look({ run: 'r1', index: 4 })
    expect(engine.asked(-1).channels).toEqual([off(5)])
    ablation.look({ run: 'r2', index: 4 })
    expect(ablation.changed).toBe(false)
    expect(engine.asked(-1).channels).toEqual([])
  })
})

describe('the choice of a crop', () => {
  async function choice(random?: () => number) {
    const engine = new FakeEngine()
    let index: number | undefined
    const crops = new CropChoice(
      engine.api,
      { get: () => index, set: (next) => (index = next) },
      ...(random === undefined ? [] : [random]),
    )
    crops.open(fakeRun())
    await expect.poll(() => crops.samples.status).toBe('ready')
    await expect.poll(() => crops.plan.status).toBe('ready')
    return crops
  }

  test('offers held-out crops first, and steps among them', async () => {
    const crops = await choice()
    expect(crops.index).toBe(0)
    crops.step(1)
    expect(crops.index).toBe(5)
    crops.step(-1)
    crops.step(-1)
    expect(crops.index).toBe(0)
  })

  test('takes any crop by its index, and steps on from it to the nearest on offer', async () => {
    const crops = await choice()
    crops.choose(7)
    expect(crops.index).toBe(7)
    expect(crops.isHeldOut(7)).toBe(false)
    crops.step(1)
    expect(crops.index).toBe(10)
    crops.choose(7)
    crops.step(-1)
    expect(crops.index).toBe(5)
    crops.choose(1_000_000)
    expect(crops.index).toBe(5)
  })

  test('draws another one at random from those on offer', async () => {
    const crops = await choice(() => 0)
    crops.chooseAtRandom()
    expect(crops.index).toBe(5)
    crops.chooseAtRandom()
    expect(crops.index).toBe(0)
    crops.offerHeldOutOnly(false)
    crops.chooseAtRandom()
    expect(crops.index).toBe(1)
  })
})

describe('the reconstruction state', () => {
  async function opened() {
    const engine = new FakeEngine()
    const application = new Application(engine.connection, new MemoryStorage())
    const state = new ReconstructionState(application)
    ends.push(state.attach())
    await expect.poll(() => state.switches.channels).toBe(16)
    await expect.poll(() => state.crops.index).toBe(0)
    state.follow()
    return { engine, application, state }
  }

  test('switches a range with the channel that was switched first', async () => {
    const { state } = await opened()
    state.switches.toggle(2)
    state.switches.toggle(5, true)
    expect([1, 2, 3, 4, 5, 6].map((channel) => state.switches.isOn(channel))).toEqual([
      true,
      false,
      false,
      false,
      false,
      true,
    ])
    expect(state.switches.channelsOn).toBe(12)
  })

  test('leaves one channel alone, and brings the others back', async () => {
    const { state } = await opened()
    state.switches.toggleSolo(4)
    expect(state.switches.channelsOn).toBe(1)
    expect(state.switches.isOn(4)).toBe(true)
    state.switches.toggleSolo(4)
    expect(state.switches.channelsOn).toBe(16)
    state.switches.allOff()
    expect(state.switches.channelsOn).toBe(0)
    state.switches.allOn()
    expect(state.ablation.changed).toBe(false)
  })

  test('brushes over tiles the way the first one goes, redrawing while it moves', async () => {
    const { engine, state } = await opened()
    await expect.poll(() => state.ablation.whole.status).toBe('ready')
    const release = engine.hold('exploration', 'reconstruct')
    const asked = () => engine.requests('exploration', 'reconstruct').length
    const before = asked()
    state.switches.startBrush(3)
    for (const channel of [4, 5, 5, 6]) state.switches.brushOver(channel)
    state.switches.endBrush()
    state.switches.brushOver(9)
    expect([...state.switches.off]).toEqual([3, 4, 5, 6])
    expect(asked()).toBe(before + 1)
    release()
    await expect.poll(() => state.ablation.altered.value?.without.length).toBe(4)
    expect(asked()).toBe(before + 2)
    state.switches.startBrush(6)
    state.switches.brushOver(5)
    expect([...state.switches.off]).toEqual([3, 4])
  })

  test('changes several layers at once, and lists them', async () => {
    const { engine, state } = await opened()
    state.switches.toggle(2)
    state.chooseLayer('encoder-1-1')
    expect(state.switches.off.size).toBe(0)
    state.switches.focus(1)
    state.switches.strengthen(-1.5)
    expect(state.ablation.changes.map((change) => describeChange(change, 16))).toEqual([
      '2 off',
      '1 at ×−1.5',
    ])
    await expect
      .poll(() => engine.requests('exploration', 'reconstruct').at(-1))
      .toMatchObject({ channels: [off(2), { layer: 'encoder-1-1', channel: 1, scale: -1.5 }] })
    expect(engine.requests('exploration', 'activations').at(-1)).toMatchObject({ layer: 'encoder-1-1' })
    state.restoreLayer('bottleneck')
    expect(state.ablation.changes.map(({ layer }) => layer)).toEqual(['encoder-1-1'])
    state.restoreAll()
    expect(state.ablation.changed).toBe(false)
  })

  test('ranks channels, and switches off those that are needed least', async () => {
    const { engine, state } = await opened()
    await expect.poll(() => state.ranking.report.status).toBe('ready')
    expect(state.ranking.report.value).toBeNull()
    await state.ranking.measure()
    expect(engine.requests('exploration', 'ablate').at(-1)).toEqual({
      run: 'r1',
      layer: 'bottleneck',
      crops: 256,
    })
    await expect.poll(() => state.ranking.job).not.toBeNull()
    engine.losses.set('r1/bottleneck', fakeAblation('r1', 'bottleneck'))
    engine.endJob(state.ranking.job?.job ?? '', { status: 'finished' })
    await expect
      .poll(() => state.ranking.channels.map(({ channel }) => channel).slice(0, 3))
      .toEqual([0, 1, 2])
    expect(state.ranking.channels[0]?.low).toBeGreaterThan(0)
    state.dropLeastNeeded(3)
    expect([...state.switches.off]).toEqual([13, 14, 15])
    expect(state.leastNeededOff).toBe(3)
    state.switches.toggle(0)
    expect(state.leastNeededOff).toBeNull()
    state.ranking.chooseScope({ of: 'style', name: 'Ragtime' })
    expect(state.ranking.channels[0]?.low).toBeNull()
    expect(state.ranking.intactMse).toBeCloseTo(0.0072 * 1.4)
  })

  test('asks for the bottleneck of the crop it looks at', async () => {
    const { engine, application, state } = await opened()
    application.navigation.refine('reconstruction', { index: 10 })
    state.follow()
    expect(engine.requests('exploration', 'activations').at(-1)).toEqual({
      run: 'r1',
      layer: 'bottleneck',
      index: 10,
    })
  })
})

describe('what is changed, in words', () => {
  const change = (settings: readonly (readonly [channel: number, scale: number])[]) => ({
    layer: 'bottleneck',
    settings: settings.map(([channel, scale]) => ({ layer: 'bottleneck', channel, scale })),
  })

  test('names ranges, and the few that are left where most are off', () => {
    const five = [2, 3, 4, 7, 9].map((channel) => [channel, 0] as const)
    expect(describeChange(change(five), 16)).toBe('2–4, 7, 9 off')
    const most = [0, 1, 2, 3, 5, 6, 7].map((channel) => [channel, 0] as const)
    expect(describeChange(change(most), 8)).toBe('all off but 4')
    expect(describeChange(change([...most, [4, 2]]), 8)).toBe('all off but 4; 4 at ×2')
  })

  test('says how much ink went and came', () => {
    const reference = { size: 2, pixels: Uint8Array.of(0, 0, 255, 255) }
    const picture = { size: 2, pixels: Uint8Array.of(255, 0, 204, 255) }
    expect(inkChange(picture, reference)).toEqual({ lost: 0.5, added: 0.1 })
    const paper = { size: 1, pixels: Uint8Array.of(255) }
    expect(inkChange(paper, paper)).toEqual({ lost: 0, added: 0 })
  })

  test('goes into captions and tables of what is exported', () => {
    const report = fakeAblation('r1', 'bottleneck')
    const caption = rankingCaption(report, fakeRun(), { of: 'style', name: 'Ragtime' })
    expect(captionLine(caption)).toContain('Run r1 (Quick look); layer bottleneck; style Ragtime')
    const table = rankingTable(report)
    expect(table.columns.slice(0, 5)).toEqual(['channel', 'increase_of_mse', 'low', 'high', 'style: Baroque'])
    expect(table.rows).toHaveLength(16)
    expect(table.rows.every((row) => row.length === table.columns.length)).toBe(true)
    const context = { run: fakeRun(), index: 3, origin: 'Haydn, page 2', changes: ['Bottleneck 2 off'] }
    expect(captionLine(pictureCaption('Reconstruction', context))).toBe(
      'Reconstruction. Run r1 (Quick look); crop 3 (Haydn, page 2); channels changed: Bottleneck 2 off.',
    )
  })
})

describe('baselines of one crop', () => {
  test('are the errors of its own means', () => {
    const pixels = Uint8Array.from({ length: 64 }, (_, index) => (index % 2 === 0 ? 0 : 255))
    const { constant, block8, block2 } = cropBaselines({ size: 8, pixels })
    expect([constant, block8, block2].map((mse) => Number(mse.toFixed(6)))).toEqual([0.25, 0.25, 0.25])
    const flat = cropBaselines({ size: 8, pixels: new Uint8Array(64).fill(90) })
    expect(Object.values(flat).every((mse) => mse < 1e-12)).toBe(true)
  })

  test('get finer with smaller blocks', () => {
    const pixels = Uint8Array.from({ length: 256 }, (_, index) => (index * 37) % 256)
    const { constant, block8, block4, block2 } = cropBaselines({ size: 16, pixels })
    expect(constant).toBeGreaterThanOrEqual(block8)
    expect(block8).toBeGreaterThan(block4)
    expect(block4).toBeGreaterThan(block2)
  })
})

describe('pictures that are enlarged together', () => {
  test('keep in place what is pointed at, and never show more than there is', () => {
    const view = new SharedView()
    view.zoomBy(2, { x: 1, y: 1 })
    expect(view.transform).toBe('scale(2) translate(-50%, -50%)')
    view.panBy(5, 5)
    expect(view.transform).toBe('scale(2) translate(-50%, -50%)')
    view.panBy(-5, 0)
    expect(view.transform).toBe('scale(2) translate(0%, -50%)')
    view.zoomBy(0.1)
    expect(view.transform).toBe('scale(1) translate(0%, 0%)')
  })
})
