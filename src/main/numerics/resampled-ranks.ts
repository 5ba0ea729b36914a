/** Rank statistics of resamples, in one walk over the sorted values each. */
import { endOfTie, orderOf } from './ranks'

/** Cliff's delta from the sum of a class's ranks among all. */
export function deltaOf(rankSum: number, units: number, all: number): number {
  const wins = rankSum - (units * (units + 1)) / 2
  return (2 * wins) / (units * (all - units)) - 1
}

export interface ResampleDesign {
  /** Class of each unit, from 0. */
  readonly classOf: Uint16Array
  readonly classes: number
  /** How often each unit is drawn in each resample, within classes: [resamples, units]. */
  readonly resamples: Uint16Array
}

/** ε² and Cliff's delta of one class under resamples that draw within classes. */
export class ResampledRanks {
  private readonly order: Int32Array
  /** One past the end of each run of equal values in `order`. */
  private readonly ends: Int32Array
  private readonly sizes: Float64Array
  private readonly sums: Float64Array

  constructor(
    values: ArrayLike<number>,
    private readonly design: ResampleDesign,
    private readonly chosen: number,
  ) {
    this.order = orderOf(values)
    const ends: number[] = []
    for (let from = 0; from < this.order.length; from = ends.at(-1) ?? this.order.length)
      ends.push(endOfTie(values, this.order, from))
    this.ends = Int32Array.from(ends)
    this.sizes = new Float64Array(design.classes)
    for (const label of design.classOf) this.sizes[label] = (this.sizes[label] ?? 0) + 1
    this.sums = new Float64Array(design.classes)
  }

  statistics(): { readonly effects: Float64Array; readonly deltas: Float64Array } {
    const units = this.order.length
    const count = this.design.resamples.length / units
    const effects = new Float64Array(count)
    const deltas = new Float64Array(count)
    for (let at = 0; at < count; at += 1) {
      const ties = this.rank(at * units)
      effects[at] = this.effect(ties)
      deltas[at] = deltaOf(this.sums[this.chosen] ?? 0, this.sizes[this.chosen] ?? 0, units)
    }
    return { effects, deltas }
  }

  /** Adds up the classes' ranks; gives Σ(t³ − t) over ties, those of units drawn more than once among them. */
  private rank(from: number): number {
    const { classOf, resamples } = this.design
    const { order, ends, sums } = this
    sums.fill(0)
    let [place, before, ties] = [0, 0, 0]
    for (const end of ends) {
      let together = 0
      for (let at = place; at < end; at += 1) together += resamples[from + (order[at] ?? 0)] ?? 0
      const midrank = before + (together + 1) / 2
      for (; place < end; place += 1) {
        const unit = order[place] ?? 0
        const label = classOf[unit] ?? 0
        sums[label] = (sums[label] ?? 0) + midrank * (resamples[from + unit] ?? 0)
      }
      before += together
      ties += together ** 3 - together
    }
    return ties
  }

  private effect(ties: number): number {
    const units = this.order.length
    const whole = (units ** 3 - units - ties) / 12
    if (whole <= 0) return 0
    let between = -units * ((units + 1) / 2) ** 2
    for (const [label, sum] of this.sums.entries()) {
      const size = this.sizes[label] ?? 0
      if (size > 0) between += sum ** 2 / size
    }
    return Math.max(0, between / whole)
  }
}
