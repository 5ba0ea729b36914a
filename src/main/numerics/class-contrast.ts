/**
 * How far classes of units differ in a value: effect sizes, a permutation test, bootstrap intervals. The same labels and
 * draws serve every value that is tested, so that tests of many channels are paired.
 */
import type { Estimate } from '@shared/domain/evaluation'
import { LEVEL, quantile } from './bootstrap'
import { midranks } from './ranks'
import { deltaOf, ResampledRanks } from './resampled-ranks'

/** Smaller classes give no interval of their own: with two units, a resample is often one of them twice. */
export const LEAST_FOR_INTERVAL = 3
/** The standard normal's 97.5th percentile. */
const NORMAL_975 = 1.959963984540054
/** Differences of statistics that are only rounding. */
const ROUNDING = 1e-9

export interface ContrastDesign {
  /** Class of each unit, from 0. */
  readonly classOf: Uint16Array
  readonly classes: number
  /** Labels of all units under each permutation: [permutations, units]. */
  readonly permutations: Uint16Array
  /** Further labelings that are tested as if they were the real one: [controls, units]. */
  readonly controls: Uint16Array
  /** How often each unit is drawn in each resample, within classes: [resamples, units]. */
  readonly resamples: Uint16Array
}

export interface Contrast {
  /** ε² of Kruskal–Wallis. */
  readonly effect: Estimate
  readonly effectByChance: number
  /** η² of the values themselves. */
  readonly etaSquared: number
  readonly standsOut: { readonly class: number; readonly delta: Estimate }
  readonly p: number
  /** p of each control labeling, by the same permutations. */
  readonly controls: Float64Array
}

/**
 * Share of the squared deviations that classes explain: η² of the values, or of their ranks: ε² = H/(n − 1)
 * (Kruskal & Wallis 1952; Tomczak & Tomczak 2014), corrected for ties as H is. Null where the values never differ.
 */
export function explainedShare(
  values: ArrayLike<number>,
  classOf: ArrayLike<number>,
  classes: number,
): number | null {
  const deviations = centred(values)
  if (deviations === null) return null
  return new ShareOfClasses(deviations, classes).of(classOf, 0)
}

/**
 * Cliff's delta of one class against all other units (Cliff 1993): how much more often a unit of it is above one of the
 * others than below.
 */
export function cliffsDelta(ranks: ArrayLike<number>, classOf: ArrayLike<number>, chosen: number): number {
  let sum = 0
  let units = 0
  for (let unit = 0; unit < ranks.length; unit += 1)
    if (classOf[unit] === chosen) {
      sum += ranks[unit] ?? 0
      units += 1
    }
  return deltaOf(sum, units, ranks.length)
}

/** (b + 1)/(m + 1): the real labeling is one of those that chance could have given (Davison & Hinkley 1997, §4.2). */
export function permutationP(asExtreme: number, permutations: number): number {
  return (asExtreme + 1) / (permutations + 1)
}

/** Tests one value per unit. Null where it never differs. */
export function measureContrast(values: ArrayLike<number>, design: ContrastDesign): Contrast | null {
  const { classOf, classes } = design
  const ranks = midranks(values)
  const deviations = centred(ranks)
  const etaSquared = explainedShare(values, classOf, classes)
  if (deviations === null || etaSquared === null) return null
  const share = new ShareOfClasses(deviations, classes)
  const effect = share.of(classOf, 0)
  const chance = share.ofAll(design.permutations)
  const effectByChance = chance.reduce((sum, each) => sum + each, 0) / chance.length
  chance.sort()
  const standsOut = strongestClass(ranks, design)
  const resampled = new ResampledRanks(values, design, standsOut).statistics()
  return {
    effect: { value: effect, ...effectBounds(effect, resampled.effects) },
    effectByChance,
    etaSquared,
    standsOut: {
      class: standsOut,
      delta: { value: cliffsDelta(ranks, classOf, standsOut), ...deltaBounds(design, standsOut, resampled) },
    },
    p: permutationP(atLeast(chance, effect), chance.length),
    controls: share.ofAll(design.controls).map((each) => permutationP(atLeast(chance, each), chance.length)),
  }
}

/** How many of the sorted values are as large, rounding aside. */
function atLeast(sorted: Float64Array, value: number): number {
  const bound = value - ROUNDING * Math.max(1, Math.abs(value))
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < bound) low = middle + 1
    else high = middle
  }
  return sorted.length - low
}

/** Null where all are the same. */
function centred(values: ArrayLike<number>): Float64Array | null {
  let mean = 0
  let largest = 0
  for (let at = 0; at < values.length; at += 1) {
    mean += (values[at] ?? 0) / values.length
    largest = Math.max(largest, Math.abs(values[at] ?? 0))
  }
  const deviations = Float64Array.from({ length: values.length }, (_, at) => (values[at] ?? 0) - mean)
  return deviations.some((each) => Math.abs(each) > ROUNDING * largest) ? deviations : null
}

class ShareOfClasses {
  private readonly sums: Float64Array
  private readonly sizes: Float64Array
  private readonly whole: number

  constructor(
    private readonly deviations: Float64Array,
    classes: number,
  ) {
    this.sums = new Float64Array(classes)
    this.sizes = new Float64Array(classes)
    this.whole = deviations.reduce((sum, each) => sum + each * each, 0)
  }

  /** @param from where the labels of the units begin */
  of(labels: ArrayLike<number>, from: number): number {
    const { deviations, sums, sizes } = this
    sums.fill(0)
    sizes.fill(0)
    for (let unit = 0; unit < deviations.length; unit += 1) {
      const label = labels[from + unit] ?? 0
      sums[label] = (sums[label] ?? 0) + (deviations[unit] ?? 0)
      sizes[label] = (sizes[label] ?? 0) + 1
    }
    let between = 0
    for (let label = 0; label < sums.length; label += 1) {
      const size = sizes[label] ?? 0
      if (size > 0) between += (sums[label] ?? 0) ** 2 / size
    }
    return between / this.whole
  }

  ofAll(labelings: Uint16Array): Float64Array {
    const units = this.deviations.length
    return Float64Array.from({ length: labelings.length / units }, (_, at) => this.of(labelings, at * units))
  }
}

/** The class whose rank sum departs most from chance, in standard deviations (Mann & Whitney 1947). */
function strongestClass(ranks: Float64Array, { classOf, classes }: ContrastDesign): number {
  const units = ranks.length
  const sums = new Float64Array(classes)
  const sizes = new Float64Array(classes)
  for (const [unit, label] of classOf.entries()) {
    sums[label] = (sums[label] ?? 0) + (ranks[unit] ?? 0)
    sizes[label] = (sizes[label] ?? 0) + 1
  }
  const departure = (label: number): number => {
    const size = sizes[label] ?? 0
    const variance = (size * (units - size) * (units + 1)) / 12
    return variance === 0 ? 0 : Math.abs((sums[label] ?? 0) - (size * (units + 1)) / 2) / Math.sqrt(variance)
  }
  let strongest = 0
  for (let label = 1; label < classes; label += 1)
    if (departure(label) > departure(strongest) + ROUNDING) strongest = label
  return strongest
}

/**
 * Drawing within classes makes classes look more alike within than they are, so percentiles would lie too high: only the
 * spread of the resamples is used, on the scale on which a share's spread is even, around the value itself.
 */
function effectBounds(
  effect: number,
  resampled: Float64Array,
): { readonly low: number; readonly high: number } {
  const onScale = (share: number): number => Math.asin(Math.sqrt(Math.min(1, Math.max(0, share))))
  const scaled = resampled.map(onScale)
  const mean = scaled.reduce((sum, each) => sum + each, 0) / scaled.length
  const spread = Math.sqrt(scaled.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (scaled.length - 1))
  const back = (angle: number): number => Math.sin(Math.min(Math.PI / 2, Math.max(0, angle))) ** 2
  const at = onScale(effect)
  return { low: back(at - NORMAL_975 * spread), high: back(at + NORMAL_975 * spread) }
}

function deltaBounds(
  { classOf }: ContrastDesign,
  chosen: number,
  { deltas }: { readonly deltas: Float64Array },
): { readonly low: number | null; readonly high: number | null } {
  const units = classOf.reduce((count, label) => count + (label === chosen ? 1 : 0), 0)
  if (units < LEAST_FOR_INTERVAL) return { low: null, high: null }
  const sorted = deltas.slice().sort()
  return { low: quantile(sorted, (1 - LEVEL) / 2), high: quantile(sorted, (1 + LEVEL) / 2) }
}
