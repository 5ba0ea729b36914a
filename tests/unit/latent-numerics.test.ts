import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { factor, solve } from '../../src/main/numerics/cholesky'
import { discriminate } from '../../src/main/numerics/discriminant'
import { prepareFold } from '../../src/main/numerics/fold'
import { fuzzyNeighbours } from '../../src/main/numerics/fuzzy-neighbours'
import { dealGroups } from '../../src/main/numerics/grouped-folds'
import { balancedAccuracy, explainedVariance } from '../../src/main/numerics/linear-probe'
import { localOutlierFactors } from '../../src/main/numerics/local-outliers'
import type { Matrix } from '../../src/main/numerics/matrix'
import { nearestNeighbours, nearestTo } from '../../src/main/numerics/nearest-neighbours'
import { principalComponents } from '../../src/main/numerics/principal-components'
import { RidgeFold } from '../../src/main/numerics/ridge'
import { curveFor, umap } from '../../src/main/numerics/umap'
import { numbers } from '../support/reference-numbers'

interface LatentReferences {
  readonly pca: {
    readonly shares: readonly number[]
    readonly variances: readonly number[]
    readonly places: readonly (readonly number[])[]
  }
  readonly neighbours: {
    readonly indices: readonly (readonly number[])[]
    readonly distances: readonly (readonly number[])[]
  }
  readonly outliers: { readonly factors: readonly number[] }
  readonly fuzzy: {
    readonly pairs: number
    readonly sum: number
    readonly rows: readonly (readonly number[])[]
  }
  readonly curves: readonly { readonly minimumDistance: number; readonly a: number; readonly b: number }[]
  readonly discriminant: {
    readonly classes: number
    readonly each: number
    readonly columns: number
    readonly predicted: readonly number[]
  }
  readonly ridge: { readonly rows: number; readonly columns: number; readonly predicted: readonly number[] }
  readonly controlled: { readonly predicted: readonly number[] }
  readonly scores: { readonly balanced: number; readonly r2: number }
}

/** What scripts/statistics/latent_references.py found. */
const references = JSON.parse(
  readFileSync(fileURLToPath(new URL('../fixtures/statistics/latent.json', import.meta.url)), 'utf8'),
) as LatentReferences

const pause = (): Promise<void> => Promise.resolve()

function codes(seed: number, rows: number, columns: number): Matrix {
  return { rows, columns, values: Float32Array.from(numbers(seed, rows * columns), (byte) => byte / 255) }
}

/** A · B */
function product(a: Matrix, b: Matrix): Matrix {
  const values = new Float32Array(a.rows * b.columns)
  for (let i = 0; i < a.rows; i += 1)
    for (let j = 0; j < b.columns; j += 1)
      for (let k = 0; k < a.columns; k += 1)
        values[i * b.columns + j] =
          (values[i * b.columns + j] ?? 0) +
          (a.values[i * a.columns + k] ?? 0) * (b.values[k * b.columns + j] ?? 0)
  return { rows: a.rows, columns: b.columns, values }
}

const sum = (a: Matrix, b: Matrix): Matrix => ({
  ...a,
  values: a.values.map((value, at) => value + (b.values[at] ?? 0)),
})

/** One below the other. */
function stacked(a: Matrix, b: Matrix): Matrix {
  const values = new Float32Array(a.values.length + b.values.length)
  values.set(a.values)
  values.set(b.values, a.values.length)
  return { rows: a.rows + b.rows, columns: a.columns, values }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at)

const expectClose = (found: ArrayLike<number>, expected: readonly number[], tolerance: number): void => {
  expect(found.length).toBe(expected.length)
  for (const [at, value] of expected.entries())
    expect(Math.abs((found[at] ?? NaN) - value)).toBeLessThan(tolerance)
}

describe('principal components of codes', () => {
  it('are scikit-learn’s, but for the direction of an axis', async () => {
    const found = await principalComponents(codes(3, 60, 9), 4, pause)
    expectClose(found.shares, references.pca.shares, 1e-7)
    expectClose(found.variances, references.pca.variances, 1e-7)
    const places = Array.from(found.coordinates, Math.abs)
    expectClose(places.slice(0, 20), references.pca.places.flat(), 1e-6)
  })

  it('of codes that are all the same are nothing', async () => {
    const same = { rows: 5, columns: 3, values: new Float32Array(15).fill(7) }
    const { coordinates, shares } = await principalComponents(same, 2, pause)
    expect([...coordinates, ...shares].every((value) => value === 0)).toBe(true)
  })
})

describe('nearest neighbours', () => {
  it('are those that SciPy’s distances give', async () => {
    const { indices, distances } = await nearestNeighbours(codes(11, 45, 7), 6, pause)
    expect([...indices]).toEqual(references.neighbours.indices.flat())
    expectClose(distances, references.neighbours.distances.flat(), 1e-6)
  })

  it('are exact for any number of rows and columns, ties and copies included', async () => {
    const matrices = fc
      .record({
        rows: fc.integer({ min: 2, max: 300 }),
        columns: fc.integer({ min: 1, max: 21 }),
        seed: fc.nat(1e6),
      })
      .map(({ rows, columns, seed }) => {
        const matrix = codes(seed + 1, rows, columns)
        // Few different values, so that many distances are equal.
        return { ...matrix, values: matrix.values.map((value) => 1000 + Math.round(3 * value)) }
      })
    await fc.assert(
      fc.asyncProperty(matrices, async (matrix) => {
        const { count, indices } = await nearestNeighbours(matrix, 5, pause)
        for (let row = 0; row < matrix.rows; row += 1) {
          const nearest = nearestTo(matrix, row, { count, accept: () => true })
          expect([...indices.subarray(row * count, (row + 1) * count)]).toEqual(
            nearest.map(({ index }) => index),
          )
        }
      }),
      { numRuns: 25 },
    )
  })

  it('of a few rows are all others', async () => {
    const { count, indices } = await nearestNeighbours(codes(1, 3, 2), 10, pause)
    expect(count).toBe(2)
    expect([...indices.subarray(0, 2)].sort()).toEqual([1, 2])
  })

  it('can be cancelled in between', async () => {
    const cancelled = (): Promise<void> => Promise.reject(new Error('enough'))
    await expect(nearestNeighbours(codes(1, 300, 4), 3, cancelled)).rejects.toThrow('enough')
  })
})

describe('local outlier factors', () => {
  it('are scikit-learn’s', async () => {
    const graph = await nearestNeighbours(codes(11, 45, 7), 6, pause)
    expectClose(localOutlierFactors(graph), references.outliers.factors, 1e-5)
  })

  it('are largest for a row far from two clusters', async () => {
    const values = Float32Array.from(numbers(9, 80), (byte, at) => byte / 255 + (at < 40 ? 0 : 20))
    values.set([10, 3], 0)
    const factors = localOutlierFactors(await nearestNeighbours({ rows: 40, columns: 2, values }, 5, pause))
    expect(factors.indexOf(Math.max(...factors))).toBe(0)
    expect(factors[0]).toBeGreaterThan(3)
  })
})

describe('UMAP', () => {
  it('has umap-learn’s neighbourhoods', async () => {
    const graph = await fuzzyNeighbours(await nearestNeighbours(codes(11, 45, 7), 6, pause), pause)
    const dense = Array.from({ length: 45 }, () => new Array<number>(45).fill(0))
    for (const [pair, weight] of graph.weights.entries()) {
      const row = dense[graph.heads[pair] ?? 0]
      if (row !== undefined) row[graph.tails[pair] ?? 0] = weight
    }
    expect(graph.weights.length).toBe(references.fuzzy.pairs)
    expect(graph.weights.reduce((total, weight) => total + weight, 0)).toBeCloseTo(references.fuzzy.sum, 2)
    expectClose(dense.slice(0, 4).flat(), references.fuzzy.rows.flat(), 1e-4)
  })

  it('has umap-learn’s curve for every minimum distance', () => {
    for (const { minimumDistance, a, b } of references.curves) {
      const curve = curveFor(minimumDistance)
      expect(Math.abs(curve.a - a)).toBeLessThan(2e-3)
      expect(Math.abs(curve.b - b)).toBeLessThan(2e-3)
    }
  })

  /** Three clusters in twelve dimensions. */
  function clusters(): Matrix {
    const each = 40
    const values = Float32Array.from(numbers(17, 3 * each * 12), (byte, at) => {
      const [row, column] = [Math.floor(at / 12), at % 12]
      return byte / 255 + (column === Math.floor(row / each) ? 4 : 0)
    })
    return { rows: 3 * each, columns: 12, values }
  }

  async function mapOf(matrix: Matrix, seed: number, interrupt = pause): Promise<Float32Array> {
    const graph = await nearestNeighbours(matrix, 14, pause)
    const { coordinates } = await principalComponents(matrix, 2, pause)
    return umap(graph, {
      start: coordinates,
      axes: 2,
      seed,
      minimumDistance: 0.1,
      pause: interrupt,
      onEpoch: () => undefined,
    })
  }

  it('keeps clusters together and apart from one another', async () => {
    const places = await mapOf(clusters(), 1)
    const map = { rows: 120, columns: 2, values: places }
    const { indices, count } = await nearestNeighbours(map, 10, pause)
    const same = [...indices].filter(
      (other, at) => Math.floor(other / 40) === Math.floor(Math.floor(at / count) / 40),
    )
    expect(same.length / indices.length).toBeGreaterThan(0.99)
  })

  it('is the same for the same seed and another for another', async () => {
    const [first, again, other] = [
      await mapOf(clusters(), 5),
      await mapOf(clusters(), 5),
      await mapOf(clusters(), 6),
    ]
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
    expect(first.every((value) => Number.isFinite(value))).toBe(true)
  })

  it('stops when it is told to', async () => {
    let pauses = 0
    const interrupt = (): Promise<void> =>
      (pauses += 1) > 20 ? Promise.reject(new Error('enough')) : Promise.resolve()
    await expect(mapOf(clusters(), 1, interrupt)).rejects.toThrow('enough')
  })
})

describe('the linear readers', () => {
  it('solve equations', () => {
    const matrix = Float64Array.from([4, 2, 0, 2, 5, 3, 0, 3, 6])
    const x = solve(factor(matrix.slice(), 3), [2, 1, -3])
    const back = [0, 1, 2].map((row) =>
      [0, 1, 2].reduce((s, at) => s + (matrix[row * 3 + at] ?? 0) * (x[at] ?? 0), 0),
    )
    expectClose(back, [2, 1, -3], 1e-12)
    expect(() => factor(Float64Array.from([1, 2, 2, 1]), 2)).toThrow(RangeError)
  })

  it('decide as scikit-learn’s shrunken discriminant does', async () => {
    const { classes, each, columns, predicted } = references.discriminant
    const centres = codes(5, classes, columns)
    const shifted = (matrix: Matrix, classOf: (row: number) => number): Matrix => ({
      ...matrix,
      values: matrix.values.map(
        (value, at) =>
          value + 0.25 * (centres.values[classOf(Math.floor(at / columns)) * columns + (at % columns)] ?? 0),
      ),
    })
    const rows = classes * each
    const all = stacked(
      shifted(codes(21, rows, columns), (row) => Math.floor(row / each)),
      shifted(codes(22, 30, columns), (row) => row % classes),
    )
    const labels = Int32Array.from({ length: rows + 30 }, (_, row) => Math.floor(row / each))
    const input = { codes: all, controls: null, train: range(0, rows), test: range(rows, rows + 30) }
    expect([...discriminate(await prepareFold(input, pause), { labels, classes })]).toEqual(predicted)
  })

  it('predict as scikit-learn’s ridge does', async () => {
    const { rows, columns, predicted } = references.ridge
    const [values, held, noise] = [codes(31, rows, columns), codes(32, 12, columns), codes(33, rows, 1)]
    const target = product(values, {
      rows: columns,
      columns: 1,
      values: Float32Array.from(range(1, columns + 1)),
    })
    const targets = target.values.map((value, at) => value + (noise.values[at] ?? 0))
    const input = {
      codes: stacked(values, held),
      controls: null,
      train: range(0, rows),
      test: range(rows, rows + 12),
    }
    expectClose(new RidgeFold(await prepareFold(input, pause)).predict(targets), predicted, 1e-5)
  })

  it('predict as scikit-learn’s ridge does after what two controls tell was subtracted', async () => {
    const { rows, columns } = references.ridge
    const mix = codes(43, 2, columns)
    const [controls, heldControls] = [codes(41, rows, 2), codes(42, 12, 2)]
    const scaled = standardisedBy(controls, [controls, heldControls])
    const values = sum(codes(31, rows, columns), product(scaled[0] ?? controls, mix))
    const held = sum(codes(32, 12, columns), product(scaled[1] ?? heldControls, mix))
    const target = product(values, {
      rows: columns,
      columns: 1,
      values: Float32Array.from(range(1, columns + 1)),
    })
    const noise = codes(33, rows, 1)
    const targets = target.values.map((value, at) => value + (noise.values[at] ?? 0))
    const input = {
      codes: stacked(values, held),
      controls: stacked(controls, heldControls),
      train: range(0, rows),
      test: range(rows, rows + 12),
    }
    const found = new RidgeFold(await prepareFold(input, pause)).predict(targets)
    expectClose(found, references.controlled.predicted, 5e-4)
  })

  it('score as scikit-learn does', () => {
    const truth = numbers(51, 80).map((byte) => byte % 4)
    const [choice, other] = [numbers(52, 80), numbers(53, 80)]
    const named = truth.map((label, at) => ((choice[at] ?? 0) < 120 ? label : (other[at] ?? 0) % 4))
    expect(balancedAccuracy(range(0, 80), truth, named)).toBeCloseTo(references.scores.balanced, 12)
    const [actual, predicted] = [54, 55].map((seed) =>
      Float64Array.from(numbers(seed, 30), (byte) => byte / 255),
    )
    expect(explainedVariance(range(0, 30), actual ?? [], predicted ?? [])).toBeCloseTo(
      references.scores.r2,
      12,
    )
  })
})

function standardisedBy(by: Matrix, matrices: readonly Matrix[]): readonly Matrix[] {
  const column = (at: number): number[] => [...by.values].filter((_, place) => place % by.columns === at)
  const means = range(0, by.columns).map((at) => column(at).reduce((a, b) => a + b, 0) / by.rows)
  const deviations = range(0, by.columns).map((at) =>
    Math.sqrt(column(at).reduce((total, value) => total + (value - (means[at] ?? 0)) ** 2, 0) / by.rows),
  )
  return matrices.map((matrix) => ({
    ...matrix,
    values: matrix.values.map(
      (value, at) => (value - (means[at % by.columns] ?? 0)) / (deviations[at % by.columns] ?? 1),
    ),
  }))
}

describe('grouped folds', () => {
  it('differ by at most one group, within each class and in all', () => {
    const groupClasses = range(0, 47).map((group) => (group * 7) % 3)
    const dealt = dealGroups({ groupClasses, folds: 5, seed: 3 })
    const spread = (groups: readonly number[]): number => {
      const sizes = range(0, 5).map((fold) => groups.filter((group) => dealt[group] === fold).length)
      return Math.max(...sizes) - Math.min(...sizes)
    }
    expect(spread(range(0, 47))).toBeLessThanOrEqual(1)
    for (const label of [0, 1, 2])
      expect(spread(range(0, 47).filter((group) => groupClasses[group] === label))).toBeLessThanOrEqual(1)
    expect(dealGroups({ groupClasses, folds: 5, seed: 3 })).toEqual(dealt)
    expect(dealGroups({ groupClasses, folds: 5, seed: 4 })).not.toEqual(dealt)
  })
})
