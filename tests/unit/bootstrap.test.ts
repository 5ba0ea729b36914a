import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClusterBootstrap, quantile } from '../../src/main/numerics/bootstrap'
import { numbers, references } from '../support/reference-numbers'

const ones = (count: number): readonly number[] => Array.from({ length: count }, () => 1)

describe('the cluster bootstrap', () => {
  it('gives SciPy’s percentile interval of a ratio over clusters', () => {
    const { clusters, value, low, high } = references.bootstrap
    const crops = [...numbers(5, clusters)].flatMap((size, cluster) =>
      [...numbers(50 + cluster, 1 + (size % 6))].map((byte) => ({ piece: `p${cluster}`, score: byte / 255 })),
    )
    const bootstrap = new ClusterBootstrap(
      crops.map(({ piece }) => piece),
      { seed: 1, resamples: 20_000 },
    )
    const found = bootstrap.ratio({
      numerators: crops.map(({ score }) => score),
      denominators: ones(crops.length),
    })
    expect(found?.value).toBeCloseTo(value, 12)
    // Each end of an interval from 20,000 resamples has a standard error of about a hundredth of its width.
    expect(Math.abs((found?.low ?? NaN) - low)).toBeLessThan(0.05 * (high - low))
    expect(Math.abs((found?.high ?? NaN) - high)).toBeLessThan(0.05 * (high - low))
  })

  it('has NumPy’s quantiles', () => {
    const sorted = [1, 1.5, 3, 4, 9]
    const found = [0, 0.025, 0.3, 0.5, 0.975, 1].map((share) => quantile(sorted, share))
    for (const [at, expected] of references.bootstrap.quantiles.entries())
      expect(found[at]).toBeCloseTo(expected, 12)
  })

  it('draws what can be enumerated: of two pieces, each resample is one of four', () => {
    const bootstrap = new ClusterBootstrap(['a', 'a', 'b'], { seed: 4 })
    // Both ends are reached, since each of aa and bb comes up in a quarter of the resamples.
    expect(bootstrap.ratio({ numerators: [0, 0, 1], denominators: [1, 1, 1] })).toEqual({
      value: 1 / 3,
      low: 0,
      high: 1,
    })
  })

  it('is wider for pieces than for as many independent crops', () => {
    const scores = Array.from({ length: 60 }, (_, at) => Math.floor(at / 10) / 5)
    const width = (clusters: readonly string[]): number => {
      const found = new ClusterBootstrap(clusters, { seed: 2 }).ratio({
        numerators: scores,
        denominators: ones(60),
      })
      return (found?.high ?? NaN) - (found?.low ?? NaN)
    }
    expect(width(scores.map((_, at) => `piece ${Math.floor(at / 10)}`))).toBeGreaterThan(
      2 * width(scores.map((_, at) => `crop ${at}`)),
    )
  })

  it('is paired: what two predictors have in common leaves no trace in their difference', () => {
    const scores = [...numbers(8, 40)].map((byte) => byte / 255)
    const clusters = scores.map((_, at) => `p${at % 8}`)
    const shifted = scores.map((score) => score + 0.25)
    const difference = new ClusterBootstrap(clusters, { seed: 3 }).difference(
      { numerators: shifted, denominators: ones(40) },
      { numerators: scores, denominators: ones(40) },
    )
    expect(difference?.value).toBeCloseTo(0.25, 12)
    expect(difference?.low).toBeCloseTo(0.25, 12)
    expect(difference?.high).toBeCloseTo(0.25, 12)
  })

  it('stays between the least and the greatest score, and is the same for the same seed', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ piece: fc.constantFrom('a', 'b', 'c', 'd'), score: fc.integer({ min: 0, max: 9 }) }),
          {
            minLength: 1,
            maxLength: 30,
          },
        ),
        (crops) => {
          const of = (list: typeof crops) =>
            new ClusterBootstrap(
              list.map(({ piece }) => piece),
              { seed: 7, resamples: 300 },
            ).ratio({ numerators: list.map(({ score }) => score), denominators: ones(list.length) })
          const found = of(crops)
          expect(of(crops)).toEqual(found)
          if (new Set(crops.map(({ piece }) => piece)).size < 2) {
            expect(found).toMatchObject({ low: null, high: null })
            return
          }
          const scores = crops.map(({ score }) => score)
          expect(found?.low).toBeGreaterThanOrEqual(Math.min(...scores) - 1e-9)
          expect(found?.high).toBeLessThanOrEqual(Math.max(...scores) + 1e-9)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('has nothing to say of nothing', () => {
    const bootstrap = new ClusterBootstrap(['a', 'b'], { seed: 1 })
    expect(bootstrap.ratio({ numerators: [0, 0], denominators: [0, 0] })).toBeNull()
  })
})
