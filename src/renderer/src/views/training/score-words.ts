/** Scores of an evaluation in words. */
import type { Estimate, Evaluation, IntervalMethod, PredictorScores } from '@shared/domain/evaluation'
import { countOf, formatCount } from '../../state/format'
import { formatMse } from './run-words'

export type Measure = 'mse' | 'ssim' | 'inkMse'

export const MEASURES = [
  { value: 'mse', label: 'MSE', title: 'mean squared error (grey 0 to 1)', logarithmic: true },
  { value: 'ssim', label: 'SSIM', title: 'structural similarity (1: identical)', logarithmic: false },
  {
    value: 'inkMse',
    label: 'Ink',
    title: 'squared error weighted by ink (grey 0 to 1)',
    logarithmic: true,
  },
] as const satisfies readonly { value: Measure; label: string; title: string; logarithmic: boolean }[]

/** "0.0064 to 0.0081"; empty where there is no interval. */
export function formatInterval(
  { low, high }: Estimate,
  format: (value: number) => string = formatMse,
): string {
  return low === null || high === null ? '' : `${format(low)} to ${format(high)}`
}

/** "+0.0109", "−0.0037" */
export function formatDifference(difference: number): string {
  const size = formatMse(Math.abs(difference))
  return difference > 0 ? `+${size}` : difference < 0 ? `−${size}` : size
}

/** How sure it is which of the two paints better. */
export function describeGap(scores: PredictorScores): string {
  const gap = scores.mseOverModel
  if (gap === null) return ''
  if (gap.low === null || gap.high === null) return gap.value > 0 ? 'worse' : 'no worse'
  if (gap.low > 0) return 'worse than the model'
  return gap.high < 0 ? 'better than the model' : 'cannot be told apart'
}

/** How the intervals were found. */
export function describeIntervals({ level, units, resamples }: IntervalMethod): string {
  if (units < 2) return 'No intervals: they need at least two held-out pieces.'
  return `Under each number its ${Math.round(level * 100)} % interval: the ${countOf(units, 'held-out piece')} drawn again ${formatCount(resamples)} times, with replacement (cluster bootstrap).`
}

/** The scores in a sentence, for those who do not see the chart. */
export function describeScores(evaluation: Evaluation, measure: Measure): string {
  const rows = evaluation.predictors.flatMap((scores) => {
    const estimate = scores[measure]
    if (estimate === null) return []
    const interval = formatInterval(estimate)
    return [`${scores.name} ${formatMse(estimate.value)}${interval === '' ? '' : ` (${interval})`}`]
  })
  const title = MEASURES.find((one) => one.value === measure)?.title ?? ''
  return `${title}: ${rows.join(', ')}.`
}

/** "Classical taken for Baroque", "Baroque, rightly". */
export function describeCell(
  classes: readonly string[],
  { truth, predicted }: { readonly truth: number; readonly predicted: number },
): string {
  const name = classes[truth] ?? ''
  return truth === predicted ? `${name}, rightly` : `${name} taken for ${classes[predicted] ?? ''}`
}
