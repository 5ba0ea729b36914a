import { parse, View } from 'vega'
import { expressionInterpreter } from 'vega-interpreter'
import { compile } from 'vega-lite'
import { flushSync } from 'svelte'
import { SvelteMap } from 'svelte/reactivity'
import { afterEach, describe, expect, test } from 'vitest'
import { architectureFrom } from '@shared/domain/presets'
import { describeArchitecture } from '@shared/domain/architecture'
import Chart from '../../src/renderer/src/charts/Chart.svelte'
import {
  learningCurves,
  type LearningCurves,
  logarithmicTicks,
} from '../../src/renderer/src/charts/learning-curves'
import { modelDiagram } from '../../src/renderer/src/charts/model-diagram'
import { PAPER } from '../../src/renderer/src/charts/palette'
import { placeScores } from '../../src/renderer/src/charts/score-strip'
import { thinCurve } from '../../src/renderer/src/charts/thin-curve'
import { render, type Rendered } from './support/rendering'

const CURVES: LearningCurves = {
  steps: [1, 2, 3, 4].map((step) => ({
    step,
    epoch: Math.ceil(step / 2),
    trainMse: 0.08 / step,
    headLoss: null,
    elapsedMs: step * 100,
  })),
  epochs: [1, 2].map((epoch) => ({
    epoch,
    step: epoch * 2,
    trainMse: 0.06 / epoch,
    validationMse: 0.07 / epoch,
    headAccuracy: null,
    elapsedMs: epoch * 200,
  })),
  stepsPerEpoch: 2,
  baselines: { constant: 0.1, block8: 0.06, block4: 0.03, block2: 0.01 },
}
const SIZE = { width: 400, height: 240 }

let rendered: Rendered | null = null
afterEach(async () => {
  await rendered?.remove()
  rendered = null
})

describe('the learning curves', () => {
  test('are a function of data, size and look', () => {
    const look = { logarithmic: true, palette: PAPER }
    expect(learningCurves(CURVES, SIZE, look)).toMatchSnapshot()
    expect(learningCurves(CURVES, SIZE, look)).toEqual(learningCurves(CURVES, SIZE, look))
  })

  test('draw every baseline as a rule with its name', async () => {
    const svg = await drawn(learningCurves(CURVES, SIZE, { logarithmic: true, palette: PAPER }))
    for (const name of ['one grey', '8×8 block means', '4×4 block means', '2×2 block means'])
      expect(svg).toContain(name)
    expect(svg).toContain('held-out crops')
  })

  test('leave out what a logarithmic axis cannot show', () => {
    const diverged = { ...CURVES, epochs: [{ ...first(CURVES.epochs), validationMse: Number.NaN }] }
    const spec = learningCurves(diverged, SIZE, { logarithmic: true, palette: PAPER })
    expect(spec.datasets?.['epochs']).toHaveLength(1)
  })

  test('have ticks at 1, 2 and 5 times the powers of ten', () => {
    expect(logarithmicTicks([0.0042, 0.11])).toEqual([0.005, 0.01, 0.02, 0.05, 0.1])
  })

  test('are drawn in the page, and move on without being built anew when only data came', async () => {
    const live = new SvelteMap([['curves', CURVES]])
    rendered = render(Chart, {
      make: () => {
        const curves = live.get('curves') ?? CURVES
        return learningCurves(curves, SIZE, { logarithmic: false, palette: PAPER })
      },
      label: 'Error over 2 epochs',
      height: 240,
    })
    const { target } = rendered
    const points = () => target.querySelectorAll('.mark-symbol.role-mark path').length
    await expect.poll(points).toBe(4)
    const svg = target.querySelector('svg')

    const third = { ...first(CURVES.epochs), epoch: 3, step: 6, validationMse: 0.03, trainMse: 0.029 }
    live.set('curves', { ...CURVES, epochs: [...CURVES.epochs, third] })
    flushSync()
    await expect.poll(points).toBe(6)
    expect(target.querySelector('svg')).toBe(svg)
    expect(target.querySelector('[role=img]')?.getAttribute('aria-label')).toBe('Error over 2 epochs')
  })
})

describe('a long curve', () => {
  test('is thinned to means of neighbours, not to some of its points', () => {
    const points = [1, 3, 5, 7].map((mse, index) => ({ epoch: index, mse }))
    expect(thinCurve(points, 2)).toEqual([
      { epoch: 0.5, mse: 2 },
      { epoch: 2.5, mse: 6 },
    ])
    expect(thinCurve(points, 4)).toBe(points)
  })
})

describe('the picture of a model', () => {
  const described = (spec: string, inputSize: number) =>
    describeArchitecture(architectureFrom({ spec, inputSize, dropout: 0, head: null }))

  test('groups layers of one shape and names them', () => {
    const diagram = modelDiagram(described('3x16@5,3x32@3,3x64@3', 448), { width: 700, height: 200 })
    expect(diagram.groups.map((group) => `${group.shape} ${group.kernels}`)).toEqual([
      '448×448×16 3 × 5×5',
      '224×224×32 3 × 3×3',
      '112×112×64 3 × 3×3',
      '56×56×64 bottleneck',
      '112×112×64 3 × 3×3',
      '224×224×32 3 × 3×3',
      '448×448×16 3 × 5×5',
      '448×448×1 output 3×3',
    ])
  })

  test('fills the width it is given and no more', () => {
    const diagram = modelDiagram(described('3x16@5,3x32@3,3x64@3', 448), { width: 700, height: 200 })
    expect(diagram.size.width).toBeGreaterThan(690)
    expect(diagram.size.width).toBeLessThanOrEqual(700)
    const boxes = diagram.groups.flatMap((group) => group.boxes)
    for (const [index, box] of boxes.entries()) {
      const next = boxes[index + 1]
      if (next !== undefined) expect(box.x + box.width).toBeLessThan(next.x)
    }
  })

  test('becomes wider than the width where captions would not fit, and small models stay compact', () => {
    const deep = modelDiagram(described('1x8@3,1x8@3,1x8@3,1x8@3,1x8@3,1x8@3', 448), {
      width: 500,
      height: 200,
    })
    expect(deep.size.width).toBeGreaterThan(500)
    const small = modelDiagram(described('1x4@3', 32), { width: 1200, height: 200 })
    expect(Math.max(...small.groups.flatMap((group) => group.boxes.map((box) => box.width)))).toBeLessThan(65)
  })

  test('draws larger maps taller and more channels wider', () => {
    const diagram = modelDiagram(described('1x8@3,1x32@3', 64), { width: 700, height: 200 })
    const [outer, inner, bottleneck] = diagram.groups.map((group) => first(group.boxes))
    expect(outer?.height).toBeGreaterThan(inner?.height ?? 0)
    expect(inner?.height).toBeGreaterThan(bottleneck?.height ?? 0)
    expect(inner?.width).toBeGreaterThan(outer?.width ?? 0)
  })
})

describe('the strip of scores', () => {
  test('puts errors on one logarithmic line', () => {
    const placed = placeScores([
      { label: 'one grey', mse: 0.1, kind: 'baseline' },
      { label: 'whole', mse: 0.001, kind: 'whole' },
      { label: '2×2', mse: 0.01, kind: 'baseline' },
    ])
    const [whole, block, grey] = placed.map((score) => score.share)
    expect(placed.map((score) => score.label)).toEqual(['whole', '2×2', 'one grey'])
    expect((whole ?? 0) + (grey ?? 0)).toBeCloseTo(2 * (block ?? 0), 6)
  })

  test('puts names that would run into each other on different lines', () => {
    const placed = placeScores([
      { label: 'a', mse: 0.1, kind: 'baseline' },
      { label: 'b', mse: 0.101, kind: 'baseline' },
      { label: 'c', mse: 0.102, kind: 'baseline' },
      { label: 'd', mse: 0.5, kind: 'baseline' },
    ])
    expect(placed.map((score) => score.line)).toEqual([0, 1, 2, 0])
  })

  test('an error of nothing lies at the left end', () => {
    expect(placeScores([{ label: 'whole', mse: 0, kind: 'whole' }]).map((score) => score.share)).toEqual([0])
  })
})

function first<Item>(items: readonly Item[]): Item {
  const [item] = items
  if (item === undefined) throw new RangeError('There is none.')
  return item
}

/** As the chart component draws it, without the page. */
async function drawn(spec: Parameters<typeof compile>[0]): Promise<string> {
  const view = new View(parse(compile(spec).spec, undefined, { ast: true }), { expr: expressionInterpreter })
  const svg = await view.toSVG()
  view.finalize()
  return svg
}
