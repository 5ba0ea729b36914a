import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { cohensKappa } from '../../src/main/numerics/agreement'
import { averageLink, cutAt } from '../../src/main/numerics/average-link'
import {
  cliffsDelta,
  type ContrastDesign,
  explainedShare,
  measureContrast,
  permutationP,
} from '../../src/main/numerics/class-contrast'
import { correlations, type PatternOptions, patternsOf } from '../../src/main/numerics/correlation'
import { benjaminiHochberg } from '../../src/main/numerics/false-discovery'
import { alignKernels, type Kernel, kernelOf } from '../../src/main/numerics/kernel-alignment'
import { drawWithin, shuffledLabels } from '../../src/main/numerics/labelings'
import { midranks } from '../../src/main/numerics/ranks'
import { residuals, spanOf } from '../../src/main/numerics/residuals'
import { numbers } from '../support/reference-numbers'

interface SampleCase {
  readonly seed: number
  readonly sizes: readonly number[]
  readonly step: number
  readonly levels: number
}

interface References {
  readonly contrasts: readonly (SampleCase & {
    readonly epsilonSquared: number
    readonly etaSquared: number
    readonly deltas: readonly number[]
  })[]
  readonly exactPermutation: SampleCase & { readonly p: number; readonly meanEffect: number }
  readonly deltaBootstrap: SampleCase & {
    readonly value: number
    readonly low: number
    readonly high: number
  }
  readonly falseDiscovery: { readonly seed: number; readonly count: number; readonly q: readonly number[] }
  readonly kappas: readonly {
    readonly confusion: readonly (readonly number[])[]
    readonly kappa: number
    readonly low: number
    readonly high: number
  }[]
  readonly correlations: {
    readonly rows: number
    readonly length: number
    readonly pearson: readonly (readonly number[])[]
    readonly spearman: readonly (readonly number[])[]
    readonly partialPearson: readonly (readonly number[])[]
    readonly partialSpearman: readonly (readonly number[])[]
  }
  readonly clusters: {
    readonly items: number
    readonly heights: readonly number[]
    readonly sizes: readonly number[]
    readonly groups: Readonly<Record<string, readonly number[]>>
  }
}

/** Made by scripts/statistics/findings.py. */
const references = JSON.parse(
  readFileSync(fileURLToPath(new URL('../fixtures/statistics/findings.json', import.meta.url)), 'utf8'),
) as References

const pause = (): Promise<void> => Promise.resolve()

/** The same values as the script's `sample`. */
function sample({ seed, sizes, step, levels }: SampleCase): { values: Float64Array; classOf: Uint16Array } {
  const classOf = Uint16Array.from(sizes.flatMap((size, label) => Array<number>(size).fill(label)))
  const noise = numbers(seed, classOf.length)
  const values = Float64Array.from(
    noise,
    (each, at) => Math.floor((each * levels) / 256) + step * (classOf[at] ?? 0),
  )
  return { values, classOf }
}

function design(classOf: Uint16Array, count = 2000): ContrastDesign {
  return {
    classOf,
    classes: Math.max(...classOf) + 1,
    permutations: shuffledLabels(classOf, { count, seed: 1, purpose: 'permutations' }),
    controls: shuffledLabels(classOf, { count: 200, seed: 1, purpose: 'controls' }),
    resamples: drawWithin([...classOf].map(String), { count, seed: 1, purpose: 'resamples' }),
  }
}

describe('effect sizes', () => {
  it.each(references.contrasts)('are those of SciPy for classes of $sizes', (reference) => {
    const { values, classOf } = sample(reference)
    const classes = reference.sizes.length
    const ranks = midranks(values)
    expect(explainedShare(ranks, classOf, classes)).toBeCloseTo(reference.epsilonSquared, 12)
    expect(explainedShare(values, classOf, classes)).toBeCloseTo(reference.etaSquared, 12)
    for (const [chosen, delta] of reference.deltas.entries())
      expect(cliffsDelta(ranks, classOf, chosen)).toBeCloseTo(delta, 12)
  })

  it('are none where nothing differs', () => {
    expect(explainedShare([0.1, 0.1, 0.1], [0, 1, 1], 2)).toBeNull()
    expect(measureContrast([2, 2, 2, 2], design(Uint16Array.of(0, 0, 1, 1)))).toBeNull()
  })

  it('come with the class that departs most, on whichever side', () => {
    const classOf = Uint16Array.from({ length: 30 }, (_, at) => at % 3)
    const values = Float64Array.from(numbers(8, 30), (noise, at) => noise / 16 - (at % 3 === 1 ? 200 : 0))
    const contrast = measureContrast(values, design(classOf))
    expect(contrast?.standsOut.class).toBe(1)
    expect(contrast?.standsOut.delta).toEqual({ value: -1, low: -1, high: -1 })
    expect(contrast?.p).toBe(1 / 2001)
  })

  it('have bounds around them, and wider ones for fewer pieces', () => {
    const spreadOf = (each: number): number => {
      const { values, classOf } = sample({ seed: 13, sizes: [each, each, each], step: 90, levels: 256 })
      const effect = measureContrast(values, design(classOf))?.effect
      expect(effect?.low).toBeLessThan(effect?.value ?? 0)
      expect(effect?.high).toBeGreaterThan(effect?.value ?? 1)
      expect(effect?.low).toBeGreaterThanOrEqual(0)
      expect(effect?.high).toBeLessThanOrEqual(1)
      return (effect?.high ?? 0) - (effect?.low ?? 0)
    }
    expect(spreadOf(5)).toBeGreaterThan(1.5 * spreadOf(40))
  })

  it('have the bounds of SciPy’s bootstrap for Cliff’s delta', () => {
    const { deltaBootstrap: reference } = references
    const { values, classOf } = sample(reference)
    const { standsOut } = measureContrast(values, design(classOf, 20_000)) ?? {}
    const sign = standsOut?.class === 0 ? 1 : -1
    const bounds = [standsOut?.delta.low ?? 0, standsOut?.delta.high ?? 0].map((bound) => sign * bound)
    expect(sign * (standsOut?.delta.value ?? 0)).toBeCloseTo(reference.value, 12)
    expect(Math.abs(Math.min(...bounds) - reference.low)).toBeLessThan(0.02)
    expect(Math.abs(Math.max(...bounds) - reference.high)).toBeLessThan(0.02)
  })

  it('have no bounds for a class of two', () => {
    const { values, classOf } = sample({ seed: 6, sizes: [2, 2, 2], step: 100, levels: 256 })
    const delta = measureContrast(values, design(classOf))?.standsOut.delta
    expect([delta?.low, delta?.high]).toEqual([null, null])
  })
})

describe('the permutation test', () => {
  it('comes to the exact test with many permutations', () => {
    const { exactPermutation: reference } = references
    const { values, classOf } = sample(reference)
    const contrast = measureContrast(values, design(classOf, 20_000))
    expect(Math.abs((contrast?.p ?? 0) - reference.p)).toBeLessThan(0.01)
    expect(Math.abs((contrast?.effectByChance ?? 0) - reference.meanEffect)).toBeLessThan(0.01)
  })

  it('counts the real labels among those of chance', () => {
    expect(permutationP(0, 999)).toBe(0.001)
    expect(permutationP(999, 999)).toBe(1)
  })

  it('finds p below .05 in one of twenty labelings that mean nothing', () => {
    const { values, classOf } = sample({ seed: 17, sizes: [8, 8, 8], step: 0, levels: 256 })
    const controls = measureContrast(values, design(classOf))?.controls ?? new Float64Array()
    const share = controls.filter((p) => p < 0.05).length / controls.length
    expect(share).toBeGreaterThan(0.01)
    expect(share).toBeLessThan(0.1)
  })

  it('keeps labels within strata, or groups together, and is the same for the same seed', () => {
    const classOf = Uint16Array.of(0, 0, 1, 1, 2, 2, 3, 3)
    const within = ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b']
    const together = ['p', 'p', 'q', 'q', 'r', 'r', 's', 's']
    const options = { count: 50, seed: 3, purpose: 'test' }
    const kept = shuffledLabels(classOf, { ...options, within })
    const grouped = shuffledLabels(classOf, { ...options, together })
    for (let from = 0; from < kept.length; from += 8) {
      expect([...kept.subarray(from, from + 4)].sort()).toEqual([0, 0, 1, 1])
      for (const pair of [0, 2, 4, 6]) expect(grouped[from + pair]).toBe(grouped[from + pair + 1])
      expect([...grouped.subarray(from, from + 8)].sort()).toEqual([...classOf])
    }
    expect(shuffledLabels(classOf, options)).toEqual(shuffledLabels(classOf, options))
    expect(shuffledLabels(classOf, options)).not.toEqual(shuffledLabels(classOf, { ...options, seed: 4 }))
  })

  it('is not misled by composers when these stay whole', () => {
    // Composers differ, styles do not: two composers a style, eight pieces each.
    const composer = Array.from({ length: 64 }, (_, piece) => Math.floor(piece / 8))
    const classOf = Uint16Array.from(composer, (each) => Math.floor(each / 2))
    const offsets = [0, 200, 150, 40, 90, 240, 20, 110]
    const values = Float64Array.from(
      numbers(24, 64),
      (noise, at) => noise / 16 + (offsets[composer[at] ?? 0] ?? 0),
    )
    const loose = measureContrast(values, design(classOf))
    const permutations = shuffledLabels(classOf, {
      count: 2000,
      seed: 1,
      purpose: 'permutations',
      together: composer.map(String),
    })
    const strict = measureContrast(values, { ...design(classOf), permutations })
    expect(loose?.p).toBeLessThan(0.02)
    expect(strict?.p).toBeGreaterThan(0.05)
  })
})

describe('false discovery rates', () => {
  it('are those of statsmodels', () => {
    const { seed, count, q } = references.falseDiscovery
    const p = Float64Array.from(numbers(seed, count), (noise) => (noise + 1) ** 2 / 65_536)
    for (const [at, value] of benjaminiHochberg(p).entries()) expect(value).toBeCloseTo(q[at] ?? -1, 12)
  })
})

describe('Cohen’s kappa', () => {
  it.each(references.kappas)('is that of statsmodels, with its interval: $kappa', (reference) => {
    const { kappa } = cohensKappa(reference.confusion)
    expect(kappa?.value).toBeCloseTo(reference.kappa, 10)
    expect(kappa?.low).toBeCloseTo(Math.max(-1, reference.low), 6)
    expect(kappa?.high).toBeCloseTo(Math.min(1, reference.high), 6)
  })

  it('is 1 for raters who always agree, and undefined where one name is all there is', () => {
    expect(
      cohensKappa([
        [4, 0],
        [0, 6],
      ]).kappa,
    ).toEqual({ value: 1, low: 1, high: 1 })
    expect(cohensKappa([[9]])).toEqual({ kappa: null, observed: 1, expected: 1 })
    expect(cohensKappa([])).toEqual({ kappa: null, observed: null, expected: null })
  })
})

describe('correlations of patterns', () => {
  const { rows, length, ...expected } = references.correlations
  const table = Float32Array.from(numbers(41, rows * length), (noise) => Math.floor(noise / 8))
  const covariate = Float64Array.from(numbers(42, length), (noise) => noise / 255)
  const cases: readonly (readonly [keyof typeof expected, PatternOptions])[] = [
    ['pearson', { ranks: false, without: null }],
    ['spearman', { ranks: true, without: null }],
    ['partialPearson', { ranks: false, without: covariate }],
    ['partialSpearman', { ranks: true, without: covariate }],
  ]

  it.each(cases)('are those of SciPy: %s', async (name, options) => {
    const columns = Array.from({ length: rows }, (_, at) => at)
    const patterns = patternsOf(table, { columns, of: rows }, options)
    const found = await correlations(patterns, patterns, pause)
    for (const [at, value] of found.entries())
      expect(value).toBeCloseTo(expected[name][Math.floor(at / rows)]?.[at % rows] ?? 9, 5)
  })

  it('know columns that never differ', () => {
    const silent = Float32Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? 0.3 : at))
    const columns = { columns: [0, 1], of: 2 }
    expect(patternsOf(silent, columns, { ranks: false, without: null }).silent).toEqual([true, false])
  })
})

describe('residuals', () => {
  it('hold nothing of what was taken out, nor of the mean', () => {
    const columns = [21, 22].map((seed) => Float64Array.from(numbers(seed, 30)))
    const twice = Float64Array.from(columns[0] ?? [], (value) => 2 * value + 5)
    const directions = spanOf([...columns, twice], 30)
    expect(directions).toHaveLength(3)
    const rest = residuals(Float64Array.from(numbers(23, 30)), directions)
    for (const column of [...columns, new Float64Array(30).fill(1)])
      expect(Math.abs(rest.reduce((sum, value, at) => sum + value * (column[at] ?? 0), 0))).toBeLessThan(1e-8)
    const [of = rest] = columns
    expect(Math.hypot(...residuals(of, directions))).toBeLessThan(1e-8)
  })
})

describe('average linkage', () => {
  const { items, heights, sizes, groups } = references.clusters
  const points = numbers(51, 2 * items)
  const similarities = Float32Array.from({ length: items * items }, (_, at) => {
    const [a, b] = [2 * Math.floor(at / items), 2 * (at % items)]
    const apart = [0, 1].map((axis) => (points[a + axis] ?? 0) / 255 - (points[b + axis] ?? 0) / 255)
    return 1 - Math.hypot(...apart)
  })

  it('merges as SciPy does', async () => {
    const merges = await averageLink(similarities.slice(), items, pause)
    expect(merges.map(({ size }) => size)).toEqual(sizes)
    for (const [at, { similarity }] of merges.entries()) expect(similarity).toBeCloseTo(heights[at] ?? 9, 5)
    for (const [threshold, expected] of Object.entries(groups)) {
      const found = cutAt(merges, items, Number(threshold))
      const partition = (labels: ArrayLike<number>): string[] =>
        Array.from({ length: items }, (_, a) =>
          Array.from({ length: items }, (_, b) => (labels[a] === labels[b] ? 1 : 0)).join(''),
        )
      expect(partition(found)).toEqual(partition(expected))
    }
  })

  it('leaves a single item alone', async () => {
    expect(cutAt(await averageLink(Float32Array.of(1), 1, pause), 1, 0.5)).toEqual(Int32Array.of(0))
  })
})

describe('kernels', () => {
  const noise = (seed: number): Kernel => ({
    side: 5,
    depth: 2,
    weights: Float32Array.from(numbers(seed, 50), (each) => each / 128 - 1),
  })
  const at = (kernel: Kernel, row: number, column: number, depth: number): number =>
    row < 0 || row > 4 || column < 0 || column > 4 ? 0 : (kernel.weights[(row * 5 + column) * 2 + depth] ?? 0)
  const made = (from: (row: number, column: number, depth: number) => number): Kernel => ({
    side: 5,
    depth: 2,
    weights: Float32Array.from({ length: 50 }, (_, place) =>
      from(Math.floor(place / 10), Math.floor(place / 2) % 5, place % 2),
    ),
  })

  it('are found again with another sign and turned', () => {
    const one = noise(61)
    const turned = made((row, column, depth) => -at(one, column, 4 - row, depth))
    const found = alignKernels(turned, one)
    expect(found).toMatchObject({ sign: -1, quarterTurns: 1, shiftRows: 0, shiftColumns: 0 })
    expect(found.similarity).toBeCloseTo(1, 6)
  })

  it('are found again shifted, less what left the window', () => {
    const inner = made((row, column) =>
      row > 0 && row < 4 && column > 0 && column < 4 ? row + 3 * column : 0,
    )
    const shifted = made((row, column, depth) => at(inner, row + 1, column - 1, depth))
    const found = alignKernels(shifted, inner)
    expect(found).toMatchObject({ sign: 1, quarterTurns: 0, shiftRows: -1, shiftColumns: 1 })
    expect(found.similarity).toBeCloseTo(1, 6)
  })

  it('that have nothing to do with each other are not alike', () => {
    expect(alignKernels(noise(62), noise(99)).similarity).toBeLessThan(0.7)
  })

  it('are taken from a layer’s weights as TensorFlow keeps them', () => {
    const weights = Float32Array.from({ length: 2 * 2 * 1 * 3 }, (_, place) => place)
    const layer = { kernel: 2, inputChannels: 1, filters: 3, weights }
    expect(kernelOf(layer, 1)).toEqual({ side: 2, depth: 1, weights: Float32Array.of(1, 4, 7, 10) })
  })
})
