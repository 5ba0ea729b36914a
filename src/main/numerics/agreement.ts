/** How far two raters agree beyond chance: Cohen's kappa. */
import type { Estimate } from '@shared/domain/evaluation'

/** The standard normal's 97.5th percentile: for 95 % intervals. */
const NORMAL_975 = 1.959963984540054

export interface KappaResult {
  /** Null where it is not defined: nothing rated, or all by both in one and the same class. */
  readonly kappa: Estimate | null
  readonly observed: number | null
  readonly expected: number | null
}

/**
 * Cohen (1960), with the large-sample interval of Fleiss, Cohen & Everitt (1969, eq. 13).
 * @param confusion counts; row: the first rater's class, column: the second's
 */
export function cohensKappa(confusion: readonly (readonly number[])[]): KappaResult {
  const total = confusion.flat().reduce((sum, count) => sum + count, 0)
  if (total === 0) return { kappa: null, observed: null, expected: null }
  const rows = confusion.map((row) => row.reduce((sum, count) => sum + count, 0) / total)
  const columns = confusion.map((_, at) => confusion.reduce((sum, row) => sum + (row[at] ?? 0), 0) / total)
  const observed = confusion.reduce((sum, row, at) => sum + (row[at] ?? 0), 0) / total
  const expected = rows.reduce((sum, share, at) => sum + share * (columns[at] ?? 0), 0)
  if (1 - expected < 1e-12) return { kappa: null, observed, expected }
  const value = (observed - expected) / (1 - expected)
  let diagonal = 0
  let beside = 0
  for (const [row, counts] of confusion.entries())
    for (const [column, count] of counts.entries()) {
      const share = count / total
      if (row === column)
        diagonal += share * (1 - ((rows[row] ?? 0) + (columns[row] ?? 0)) * (1 - value)) ** 2
      else beside += share * ((columns[row] ?? 0) + (rows[column] ?? 0)) ** 2
    }
  const variance =
    (diagonal + (1 - value) ** 2 * beside - (value - expected * (1 - value)) ** 2) /
    ((1 - expected) ** 2 * total)
  const half = NORMAL_975 * Math.sqrt(Math.max(0, variance))
  const kappa = { value, low: Math.max(-1, value - half), high: Math.min(1, value + half) }
  return { kappa, observed, expected }
}
