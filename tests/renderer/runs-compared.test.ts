import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunSummary } from '@shared/domain/run'
import { overlaidCurves } from '../../src/renderer/src/charts/overlaid-curves'
import { PAPER } from '../../src/renderer/src/charts/palette'
import { runLook } from '../../src/renderer/src/charts/run-colours'
import { Application } from '../../src/renderer/src/state/application.svelte'
import { ComparisonState } from '../../src/renderer/src/state/comparison.svelte'
import { Loadable } from '../../src/renderer/src/state/loadable.svelte'
import { planDifferences } from '../../src/renderer/src/views/training/plan-differences'
import { FakeEngine } from './support/fake-engine'
import { fakeMetrics, fakePlan, fakeRun, fakeVariant } from './support/fake-model'
import { MemoryStorage } from './support/memory-storage'
import { renderApplication } from './support/rendering'

let ends: (() => unknown)[] = []
beforeEach(() => {
  ends = []
})
afterEach(async () => {
  for (const end of ends) await end()
})

const RUNS = [0, 1, 2, 3].map(fakeVariant)

function comparing(runs = RUNS) {
  const engine = new FakeEngine()
  engine.runs = [...runs]
  const application = new Application(engine.connection, new MemoryStorage())
  return { engine, comparison: new ComparisonState(application, () => engine.runs) }
}

describe('the overlaid curves', () => {
  const size = { width: 400, height: 240 }
  const curves = ['one', 'other'].map((name, position) => ({
    name,
    epochs: fakeMetrics(fakeRun({ epochs: 3, steps: 0 })).epochs,
    look: runLook(position, 'light'),
  }))

  test('are a function of curves, size and look', () => {
    expect(overlaidCurves(curves, size, { logarithmic: true, palette: PAPER })).toMatchSnapshot()
  })

  test('tell runs apart by colour and by dashes', () => {
    for (const theme of ['light', 'dark'] as const) {
      const looks = Array.from({ length: 12 }, (_, position) => JSON.stringify(runLook(position, theme)))
      expect(new Set(looks).size).toBe(12)
    }
  })
})

describe('differences of plans', () => {
  test('list what differs, and name what does not', () => {
    const [one, other] = [fakePlan(fakeRun(), 600), fakePlan(fakeRun({ seed: 2 }), 600)]
    const { different, same } = planDifferences([one, { ...other, threads: 2 }])
    expect(different).toEqual([
      { name: 'Seed', values: ['1', '2'] },
      { name: 'Seed of the split', values: ['1', '2'] },
      { name: 'Threads', values: ['automatic', '2'] },
    ])
    expect(same).toContain('layers')
    expect(planDifferences([one, one]).different).toEqual([])
  })
})

describe('the comparison of runs', () => {
  test('ticks one by one, and ranges with the one ticked before', () => {
    const { comparison } = comparing()
    const ticked = () => comparison.summaries.map((run) => run.run)
    comparison.tick('r3', true)
    comparison.tick('r1', true, true)
    expect(ticked()).toEqual(['r3', 'r1', 'r2'])
    comparison.tick('r2', false)
    expect(ticked()).toEqual(['r3', 'r1'])
    comparison.clear()
    expect(ticked()).toEqual([])
  })

  test('loads each run once, and lets each paint the same held-out crop once', async () => {
    const { engine, comparison } = comparing()
    comparison.tick('r1', true)
    comparison.tick('r2', true)
    comparison.tick('r4', true)
    await expect.poll(() => comparison.index).toBe(0)
    comparison.paint()
    comparison.paint()
    await expect.poll(() => comparison.partOf('r2')?.picture.status).toBe('ready')
    expect(engine.requests('exploration', 'reconstruct')).toEqual([
      { run: 'r1', index: 0 },
      { run: 'r2', index: 0 },
    ])
    comparison.step(1)
    expect(comparison.index).toBe(5)
    comparison.step(-1)
    comparison.step(-1)
    expect(comparison.index).toBe(0)
    expect(engine.requests('training', 'metrics')).toHaveLength(3)
    expect(comparison.wasTrainedOn('r1')).toBe(false)
  })

  test('paints with those of one sample set that have weights, at most four', () => {
    const runs = [
      fakeRun({ run: 'w', hasWeights: false }),
      ...[1, 2, 3, 4, 5].map((n) => fakeRun({ run: `r${n}` })),
      fakeRun({ run: 'other', sampleSet: 2 }),
    ]
    const { comparison } = comparing(runs)
    comparison.tick('w', true)
    comparison.tick('other', true, true)
    expect(comparison.pictured.map((run) => run.run)).toEqual(['r1', 'r2', 'r3', 'r4'])
  })

  test('leaves out runs that are gone', () => {
    const runs = new Loadable<readonly RunSummary[]>()
    runs.set(RUNS)
    const application = new Application(new FakeEngine().connection, new MemoryStorage())
    const comparison = new ComparisonState(application, () => runs.value ?? [])
    comparison.tick('r1', true)
    comparison.tick('r2', true)
    runs.set(RUNS.slice(1))
    expect(comparison.summaries.map((run) => run.run)).toEqual(['r2'])
  })

  test('lets curves grow, and a run with other weights paint again', async () => {
    const { engine, comparison } = comparing()
    comparison.tick('r1', true)
    comparison.tick('r2', true)
    await expect.poll(() => comparison.index).toBe(0)
    comparison.paint()
    comparison.grow('r1')
    comparison.grow('r3')
    expect(engine.requests('training', 'metrics')).toHaveLength(3)
    comparison.renew('r2')
    await expect.poll(() => comparison.partOf('r2')?.picture.status).toBe('ready')
    expect(engine.requests('exploration', 'reconstruct').at(-1)).toEqual({ run: 'r2', index: 0 })
    expect(engine.requests('exploration', 'reconstruct')).toHaveLength(3)
  })
})

describe('runs compared on screen', () => {
  test('stand beside each other when two are ticked, and give way to one that is chosen', async () => {
    const engine = new FakeEngine()
    engine.runs = [...RUNS]
    const { target, application, remove } = renderApplication(engine)
    ends.push(remove)
    await expect.poll(() => application.project.status).toBe('open')
    application.navigation.go('training')
    const tick = (name: string) => target.querySelector<HTMLElement>(`input[aria-label="Compare ${name}"]`)
    await expect.poll(() => tick('Quick look'), { timeout: 20_000 }).not.toBeNull()
    tick('Quick look')?.click()
    flushSync()
    expect(target.textContent).toContain('Tick another run to compare.')
    tick('By crop')?.dispatchEvent(new MouseEvent('click', { bubbles: true, shiftKey: true }))
    flushSync()
    const compared = () => target.querySelector('section[aria-label="Runs compared"]')
    await expect
      .poll(() => compared()?.querySelectorAll('[aria-roledescription="picture viewer"]').length)
      .toBe(7)
    const text = compared()?.textContent ?? ''
    expect(text).toContain('Held out whole')
    expect(text).toContain('pieces')
    expect(text).toContain('optimistic')
    expect(compared()?.querySelector('[role=img][aria-label*="Another seed, "]')).not.toBeNull()
    target.querySelector<HTMLElement>('[data-run=r2]')?.click()
    flushSync()
    expect(compared()).toBeNull()
    expect(target.querySelector('section[aria-label="Run Another seed"]')).not.toBeNull()
    target.querySelector<HTMLInputElement>('input[type=radio][value=compare]')?.click()
    flushSync()
    expect(compared()).not.toBeNull()
  })
})
