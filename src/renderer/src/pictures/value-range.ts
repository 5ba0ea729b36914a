/** Which values the two ends of a colour scale stand for. */
export interface ValueRange {
  readonly lowest: number
  readonly highest: number
}

/**
 * What a picture's colours are relative to: its own values, those of its whole layer, or those of the whole model.
 * Local shows each pattern at full contrast, layer and global make strengths comparable.
 */
export type ScaleMode = 'local' | 'layer' | 'global'

/** Smallest and largest finite value; 0 to 0 where there is none. */
export function rangeOf(values: ArrayLike<number>): ValueRange {
  return stridedRange(values, { start: 0, step: 1, count: values.length })
}

export interface Stride {
  readonly start: number
  readonly step: number
  readonly count: number
}

/** Range of every `step`-th value: one channel of interleaved data without copying it. */
export function stridedRange(values: ArrayLike<number>, { start, step, count }: Stride): ValueRange {
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  for (let n = 0, at = start; n < count; n += 1, at += step) {
    const value = values[at] ?? Number.NaN
    if (!Number.isFinite(value)) continue
    if (value < lowest) lowest = value
    if (value > highest) highest = value
  }
  return lowest > highest ? { lowest: 0, highest: 0 } : { lowest, highest }
}

/** The smallest range that holds all of them. */
export function unite(ranges: readonly ValueRange[]): ValueRange {
  if (ranges.length === 0) return { lowest: 0, highest: 0 }
  return {
    lowest: Math.min(...ranges.map((range) => range.lowest)),
    highest: Math.max(...ranges.map((range) => range.highest)),
  }
}

/** Widened to the same reach on both sides of 0, so that 0 has the middle colour of a diverging scale. */
export function symmetric(range: ValueRange): ValueRange {
  const reach = Math.max(Math.abs(range.lowest), Math.abs(range.highest))
  return { lowest: -reach, highest: reach }
}

/** Widened to hold 0: an activation's colour starts at silence, not at the weakest value that happens to occur. */
export function fromZero(range: ValueRange): ValueRange {
  return { lowest: Math.min(0, range.lowest), highest: Math.max(0, range.highest) }
}
