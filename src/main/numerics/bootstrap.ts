/** Intervals that know that crops of one piece are alike: the cluster bootstrap. */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { Estimate, IntervalMethod } from '@shared/domain/evaluation'

export const LEVEL = 0.95
export const RESAMPLES = 2000

/** A ratio of sums over crops, e.g. of squared errors over 1 each, which is their mean. */
export interface Ratio {
  readonly numerators: ArrayLike<number>
  readonly denominators: ArrayLike<number>
}

/**
 * Draws whole clusters with replacement, as many as there are, and takes the percentiles of what a statistic then is
 * (Davison & Hinkley 1997, §3.8 and §5.3). Every statistic sees the same draws, so differences of two predictors on the
 * same crops are paired.
 */
export class ClusterBootstrap {
  private readonly clusterOf: Int32Array
  private readonly clusters: number
  /** How often each cluster occurs in each resample [resamples, clusters]. */
  private readonly counts: Uint16Array

  /** @param clusters the cluster of each crop, e.g. its piece */
  constructor(
    clusters: readonly string[],
    private readonly options: { readonly seed: number; readonly resamples?: number },
  ) {
    const names = new Map<string, number>()
    this.clusterOf = Int32Array.from(clusters, (name) => {
      const known = names.get(name) ?? names.size
      names.set(name, known)
      return known
    })
    this.clusters = names.size
    this.counts = drawCounts(this.clusters, { resamples: RESAMPLES, ...options })
  }

  get method(): IntervalMethod {
    const { seed, resamples = RESAMPLES } = this.options
    const name = 'cluster bootstrap, percentile'
    return { name, level: LEVEL, unit: 'piece', units: this.clusters, resamples, seed }
  }

  /** Null where the denominators add up to 0. */
  ratio(ratio: Ratio): Estimate | null {
    return this.difference(ratio, null)
  }

  /** `ratio` less `other`, on the same draws. */
  difference(ratio: Ratio, other: Ratio | null): Estimate | null {
    const [first, second] = [this.sumsOf(ratio), other === null ? null : this.sumsOf(other)]
    const whole = new Uint16Array(this.clusters).fill(1)
    const statistic = (counts: Uint16Array): number =>
      quotient(first, counts) - (second === null ? 0 : quotient(second, counts))
    const value = statistic(whole)
    if (!Number.isFinite(value)) return null
    if (this.clusters < 2) return { value, low: null, high: null }
    const resampled: number[] = []
    for (let start = 0; start < this.counts.length; start += this.clusters)
      resampled.push(statistic(this.counts.subarray(start, start + this.clusters)))
    // A resample without a single pixel of ink has no ink-weighted error.
    const finite = Float64Array.from(resampled.filter((each) => Number.isFinite(each))).sort()
    return { value, low: quantile(finite, (1 - LEVEL) / 2), high: quantile(finite, (1 + LEVEL) / 2) }
  }

  /** Per cluster, so that a resample costs as many additions as there are clusters. */
  private sumsOf({ numerators, denominators }: Ratio): ClusterSums {
    const sums = { above: new Float64Array(this.clusters), below: new Float64Array(this.clusters) }
    for (let crop = 0; crop < this.clusterOf.length; crop += 1) {
      const cluster = this.clusterOf[crop] ?? 0
      sums.above[cluster] = (sums.above[cluster] ?? 0) + (numerators[crop] ?? 0)
      sums.below[cluster] = (sums.below[cluster] ?? 0) + (denominators[crop] ?? 0)
    }
    return sums
  }
}

interface ClusterSums {
  readonly above: Float64Array
  readonly below: Float64Array
}

function quotient({ above, below }: ClusterSums, counts: Uint16Array): number {
  let numerator = 0
  let denominator = 0
  for (let cluster = 0; cluster < counts.length; cluster += 1) {
    const count = counts[cluster] ?? 0
    numerator += count * (above[cluster] ?? 0)
    denominator += count * (below[cluster] ?? 0)
  }
  return numerator / denominator
}

function drawCounts(
  clusters: number,
  { seed, resamples }: { readonly seed: number; readonly resamples: number },
): Uint16Array {
  const counts = new Uint16Array(clusters < 2 ? 0 : resamples * clusters)
  const random = xoroshiro128plus(seed | 0)
  for (let start = 0; start < counts.length; start += clusters)
    for (let draw = 0; draw < clusters; draw += 1) {
      const drawn = start + uniformInt(random, 0, clusters - 1)
      counts[drawn] = (counts[drawn] ?? 0) + 1
    }
  return counts
}

/** Linear between order statistics (Hyndman & Fan 1996, definition 7), as NumPy's default. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const lower = sorted[below] ?? NaN
  const upper = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN
  return lower + (place - below) * (upper - lower)
}
