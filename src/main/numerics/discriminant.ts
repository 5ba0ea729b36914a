/**
 * A linear classifier in closed form: Fisher's discriminant with a common covariance that is shrunk towards a multiple of
 * the identity (Friedman 1989; Hastie, Tibshirani & Friedman 2009, §4.3.1), all classes being taken for equally likely.
 */
import { factor, solve } from './cholesky'
import type { Fold } from './fold'

/** Share of the shrunk covariance that is a multiple of the identity. */
export const SHRINKAGE = 0.1

export interface LabelledRows {
  /** Class of each row of the whole; −1 without. Rows of a fold have one. */
  readonly labels: ArrayLike<number>
  readonly classes: number
}

/** The class that each test row is given, in the order of the fold's test rows; never one without a training row. */
export function discriminate(fold: Fold, { labels, classes }: LabelledRows): Int32Array {
  const { columns } = fold.train
  const { counts, means } = classMeans(fold, labels, classes)
  const covariance = withinClasses(fold, counts, means)
  shrink(covariance, columns)
  const factored = factor(covariance, columns)
  const rules = means.flatMap((mean, label) => {
    if ((counts[label] ?? 0) === 0) return []
    const slopes = solve(factored, mean)
    const offset = -0.5 * slopes.reduce((sum, slope, column) => sum + slope * (mean[column] ?? 0), 0)
    return [{ label, slopes, offset }]
  })
  return decide(fold, rules)
}

interface Rule {
  readonly label: number
  readonly slopes: Float64Array
  readonly offset: number
}

function classMeans({ train, trainRows }: Fold, labels: ArrayLike<number>, classes: number) {
  const { columns, values } = train
  const counts = new Int32Array(classes)
  const means = Array.from({ length: classes }, () => new Float64Array(columns))
  for (const [at, row] of trainRows.entries()) {
    const label = labels[row] ?? -1
    const mean = means[label]
    if (mean === undefined) continue
    counts[label] = (counts[label] ?? 0) + 1
    for (let column = 0; column < columns; column += 1)
      mean[column] = (mean[column] ?? 0) + (values[at * columns + column] ?? 0)
  }
  for (const [label, mean] of means.entries()) {
    const count = Math.max(1, counts[label] ?? 0)
    for (let column = 0; column < columns; column += 1) mean[column] = (mean[column] ?? 0) / count
  }
  return { counts, means }
}

/** (XᵀX − Σ n m mᵀ) / (rows − classes), lower half. */
function withinClasses(fold: Fold, counts: Int32Array, means: readonly Float64Array[]): Float64Array {
  const { columns, rows } = fold.train
  const present = counts.reduce((sum, count) => sum + Math.min(1, count), 0)
  const scale = 1 / Math.max(1, rows - present)
  const covariance = fold.products.slice()
  for (let i = 0; i < columns; i += 1)
    for (const [label, mean] of means.entries()) {
      const share = (counts[label] ?? 0) * (mean[i] ?? 0)
      if (share === 0) continue
      for (let j = 0; j <= i; j += 1)
        covariance[i * columns + j] = (covariance[i * columns + j] ?? 0) - share * (mean[j] ?? 0)
    }
  for (let at = 0; at < covariance.length; at += 1) covariance[at] = (covariance[at] ?? 0) * scale
  return covariance
}

function shrink(covariance: Float64Array, columns: number): void {
  let trace = 0
  for (let i = 0; i < columns; i += 1) trace += covariance[i * (columns + 1)] ?? 0
  // Codes that do not differ at all have no direction: any positive number then gives the same answer.
  const identity = trace > 0 ? trace / columns : 1
  for (let at = 0; at < covariance.length; at += 1) covariance[at] = (covariance[at] ?? 0) * (1 - SHRINKAGE)
  for (let i = 0; i < columns; i += 1)
    covariance[i * (columns + 1)] = (covariance[i * (columns + 1)] ?? 0) + SHRINKAGE * identity
}

/** The rule with the highest score; of equal ones the first. */
function decide({ test }: Fold, rules: readonly Rule[]): Int32Array {
  const { rows, columns, values } = test
  const best = new Float64Array(rows).fill(-Infinity)
  const decided = new Int32Array(rows).fill(-1)
  for (const { label, slopes, offset } of rules)
    for (let row = 0; row < rows; row += 1) {
      let score = offset
      const start = row * columns
      for (let column = 0; column < columns; column += 1)
        score += (slopes[column] ?? 0) * (values[start + column] ?? 0)
      if (score > (best[row] ?? 0)) {
        best[row] = score
        decided[row] = label
      }
    }
  return decided
}
