/** Correlation of many patterns with many others. */
import { midranks } from './ranks'

/** Lets others go on and notices a cancellation, between pieces of work. */
export type Pause = () => Promise<void>

/** Patterns as rows, each with mean 0 and length 1, so that a product of two rows is their correlation. */
export interface Patterns {
  readonly rows: number
  /** Numbers in a row. */
  readonly length: number
  /** [rows, length] */
  readonly values: Float32Array
  /** Rows that never differ: all 0, correlated with nothing. */
  readonly silent: readonly boolean[]
}

export interface PatternOptions {
  readonly ranks: boolean
  /** What is taken out of every pattern by least squares; of the patterns' length. */
  readonly without: Float64Array | null
}

/** Spread below this share of the largest value is rounding. */
const NEGLIGIBLE = 1e-6
/** Rows of both sides that are multiplied in one go: they stay in the processor's cache. */
const TOGETHER = 16

/**
 * Makes patterns of the columns of a table; with `ranks` their products are Spearman's correlations, otherwise
 * Pearson's; with `without` partial correlations.
 * @param table [length, columns]
 * @param columns which, in the order of the rows
 */
export function patternsOf(
  table: Float32Array,
  { columns, of }: { readonly columns: readonly number[]; readonly of: number },
  { ranks, without }: PatternOptions,
): Patterns {
  const length = table.length / of
  const covariate = without === null ? null : unit(ranks ? midranks(without) : without)
  const values = new Float32Array(columns.length * length)
  const silent = columns.map((column, row) => {
    const raw = Float64Array.from({ length }, (_, at) => table[at * of + column] ?? 0)
    const pattern = unit(ranks ? midranks(raw) : raw)
    if (pattern === null) return true
    const rest = covariate === null ? pattern : unit(lessProjection(pattern, covariate))
    if (rest === null) return true
    values.set(rest, row * length)
    return false
  })
  return { rows: columns.length, length, values, silent }
}

/** Correlations of all rows of one with all of the other: [one.rows, other.rows]. */
export async function correlations(one: Patterns, other: Patterns, pause: Pause): Promise<Float32Array> {
  const { length } = one
  const result = new Float32Array(one.rows * other.rows)
  for (let top = 0; top < one.rows; top += TOGETHER) {
    await pause()
    for (let left = 0; left < other.rows; left += TOGETHER)
      for (let row = top; row < Math.min(top + TOGETHER, one.rows); row += 1)
        for (let column = left; column < Math.min(left + TOGETHER, other.rows); column += 1) {
          let product = 0
          const [a, b] = [row * length, column * length]
          for (let at = 0; at < length; at += 1)
            product += (one.values[a + at] ?? 0) * (other.values[b + at] ?? 0)
          result[row * other.rows + column] = product
        }
  }
  return result
}

/** Less its mean and of length 1; null where it never differs. */
function unit(raw: Float64Array): Float64Array | null {
  const mean = raw.reduce((sum, value) => sum + value, 0) / raw.length
  const largest = raw.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const centred = raw.map((value) => value - mean)
  const size = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0))
  if (!(size > NEGLIGIBLE * largest * Math.sqrt(raw.length))) return null
  return centred.map((value) => value / size)
}

function lessProjection(pattern: Float64Array, direction: Float64Array): Float64Array {
  const share = pattern.reduce((sum, value, at) => sum + value * (direction[at] ?? 0), 0)
  const rest = pattern.map((value, at) => value - share * (direction[at] ?? 0))
  // Both are of length 1, so what is left of a pattern that is the direction itself is rounding.
  return rest.some((value) => Math.abs(value) > NEGLIGIBLE) ? rest : new Float64Array(rest.length)
}
