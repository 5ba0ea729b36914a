/**
 * How far a value lies from what is usual, without the unusual ones moving what is usual. Source: B. Iglewicz and
 * D. C. Hoaglin, "How to Detect and Handle Outliers", 1993: .6745 · (x − median) / MAD, beyond 3.5 an outlier.
 */

export const OUTLIER = 3.5
/** Of fewer values than this nothing is usual. */
export const LEAST_VALUES = 8

export interface Usual {
  readonly median: number
  /** Median of the distances from the median, made comparable with a standard deviation; 0 where all are alike. */
  readonly spread: number
}

/** Null of too few values. */
export function usualOf(values: readonly number[]): Usual | null {
  if (values.length < LEAST_VALUES) return null
  const median = middle(values)
  const distances = values.map((value) => Math.abs(value - median))
  const deviation = middle(distances) / 0.6745
  // More than half of the values are one: then the mean distance is what there is.
  const mean = (distances.reduce((sum, distance) => sum + distance, 0) / distances.length) * 1.2533
  return { median, spread: deviation > 0 ? deviation : mean }
}

/** Robust standard deviations from the median; 0 where nothing differs. */
export function robustDistance(value: number, { median, spread }: Usual): number {
  return spread === 0 ? 0 : (value - median) / spread
}

function middle(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? upper)) / 2
}
