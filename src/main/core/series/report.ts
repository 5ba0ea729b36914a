/** What a series shows: its points, their spread over seeds, what leaking splits gain. */
import { describeArchitecture } from '@shared/domain/architecture'
import type { Evaluation } from '@shared/domain/evaluation'
import type { RunPlan, RunSummary, SplitUnit } from '@shared/domain/run'
import type { SeedSpread, SeriesKind, SeriesPoint, SeriesReport, SplitGap } from '@shared/domain/series'
import { twoSidedQuantile } from './student-t'

const LEVEL = 0.95

/** A scored run of a series. */
export interface ScoredRun {
  readonly summary: RunSummary
  readonly plan: RunPlan
  readonly evaluation: Evaluation
}

export function pointOf({ summary, plan, evaluation }: ScoredRun): SeriesPoint | null {
  const { channels, numbers } = describeArchitecture(plan.architecture).bottleneck
  const model = evaluation.predictors.find(({ predictor }) => predictor === 'model')
  if (model === undefined) return null
  const baselines = evaluation.predictors.filter(({ predictor }) => predictor !== 'model')
  return {
    run: summary.run,
    seed: plan.seed,
    split: plan.split.by,
    optimistic: evaluation.optimistic,
    codeChannels: channels,
    codeNumbers: numbers,
    mse: model.mse,
    ssim: model.ssim,
    inkMse: model.inkMse,
    headAccuracy: evaluation.classification?.accuracy ?? null,
    baselines: Object.fromEntries(
      baselines.map(({ predictor, mse, codeNumbers }) => [predictor, { ...mse, codeNumbers }]),
    ),
    seconds: summary.seconds,
  }
}

/** Mean with Student's t interval; bounds are null for fewer than two values. Null without any. */
export function spreadOf(values: readonly number[]): SeedSpread | null {
  const count = values.length
  if (count === 0) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const range = { minimum: Math.min(...values), maximum: Math.max(...values) }
  if (count < 2) return { mean, low: null, high: null, standardDeviation: null, ...range }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const standardDeviation = Math.sqrt(squares / (count - 1))
  const margin = (twoSidedQuantile(LEVEL, count - 1) * standardDeviation) / Math.sqrt(count)
  return { mean, low: mean - margin, high: mean + margin, standardDeviation, ...range }
}

export function spreads(kind: SeriesKind, points: readonly SeriesPoint[]): SeriesReport['spread'] {
  if (kind !== 'seeds') return null
  const mse = spreadOf(points.map((point) => point.mse.value))
  if (mse === null) return null
  const of = (measure: 'ssim' | 'headAccuracy'): SeedSpread | null =>
    spreadOf(points.flatMap((point) => point[measure]?.value ?? []))
  return { mse, ssim: of('ssim'), headAccuracy: of('headAccuracy') }
}

/** From strict to lax. */
const STRICTNESS: readonly SplitUnit[] = ['piece', 'page', 'crop']

/** Each laxer split against the strictest one that there is. */
export function gapsOf(kind: SeriesKind, points: readonly SeriesPoint[]): readonly SplitGap[] {
  if (kind !== 'splits') return []
  const [strictest, ...others] = [...points].sort(
    (a, b) => STRICTNESS.indexOf(a.split) - STRICTNESS.indexOf(b.split),
  )
  if (strictest === undefined) return []
  return others.map((point) => {
    const mse = strictest.mse.value - point.mse.value
    const accuracies = [point.headAccuracy, strictest.headAccuracy] as const
    return {
      of: point.split,
      against: strictest.split,
      mse,
      share: mse / strictest.mse.value,
      headAccuracy:
        accuracies[0] === null || accuracies[1] === null ? null : accuracies[0].value - accuracies[1].value,
    }
  })
}

const REMARKS: Readonly<Record<SeriesKind, string>> = {
  seeds:
    'All seeds are scored on the same held-out crops: their spread is that of training, not that of other pieces.',
  ladder:
    'All widths have the same seed and held-out crops; only the last convolution before the bottleneck differs.',
  splits:
    'Each split holds out other crops, so that part of a gap is chance: compare it with the intervals of the errors.',
}

/** What belongs beside the numbers. */
export function remarksOn(
  kind: SeriesKind,
  runs: readonly RunSummary[],
  { planned, scored }: { readonly planned: number; readonly scored: number },
): readonly string[] {
  const stopped = runs.filter(({ status }) => status === 'stopped')
  return [
    REMARKS[kind],
    ...(scored < planned ? [`${scored} of ${planned} runs are trained and scored.`] : []),
    ...stopped.map(
      ({ name, epochs, epochsPlanned }) =>
        `${name} was stopped after ${epochs} of ${epochsPlanned} epochs, so that it is not quite comparable.`,
    ),
  ]
}
