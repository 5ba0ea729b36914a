/** A series: several runs of one plan that differ in one thing, and what that thing makes. */
import type { Estimate, Predictor } from './evaluation'
import type { JobStatus } from './job'
import type { SplitUnit } from './run'

export const SERIES_KINDS = ['seeds', 'ladder', 'splits'] as const
export type SeriesKind = (typeof SERIES_KINDS)[number]

export interface SeriesSummary {
  readonly series: string
  readonly kind: SeriesKind
  readonly name: string
  readonly status: JobStatus
  /** In the order in which they are trained; those to come are not there yet. */
  readonly runs: readonly string[]
  readonly planned: number
  readonly startedAt: string
  readonly finishedAt: string | null
  /** One sentence where it failed or was interrupted. */
  readonly problem: string | null
}

/** What a trivial predictor makes of the same crops, and from how many numbers it paints one. */
export interface BaselineError extends Estimate {
  readonly codeNumbers: number
}

/** One run of a series that has been trained and scored. Intervals: whole pieces drawn again with replacement. */
export interface SeriesPoint {
  readonly run: string
  readonly seed: number
  readonly split: SplitUnit
  /** Why its scores are better than they would be on new pieces; null where they need no such label. */
  readonly optimistic: string | null
  /** Channels of the bottleneck, and numbers in the code of one crop. */
  readonly codeChannels: number
  readonly codeNumbers: number
  readonly mse: Estimate
  readonly ssim: Estimate | null
  readonly inkMse: Estimate | null
  readonly headAccuracy: Estimate | null
  /** Mean squared errors of the trivial predictors on the same crops; `pca` has the model's code size where the training crops allow. */
  readonly baselines: Partial<Readonly<Record<Predictor, BaselineError>>>
  readonly seconds: number
}

/** Mean over seeds with Student's t interval (95 %); bounds are null for fewer than two runs. */
export interface SeedSpread {
  readonly mean: number
  readonly low: number | null
  readonly high: number | null
  readonly standardDeviation: number | null
  readonly minimum: number
  readonly maximum: number
}

/** What is gained by looking: the error under a split that leaks, beside the error under one that does not. */
export interface SplitGap {
  readonly of: SplitUnit
  readonly against: SplitUnit
  /** Error on crops held out by `against` less the error on crops held out by `of`; above 0, `of` flatters. */
  readonly mse: number
  /** The same as a share of the error by `against`. */
  readonly share: number
  /** Head accuracy by `of` less that by `against`; null without a head. */
  readonly headAccuracy: number | null
}

export interface SeriesReport extends SeriesSummary {
  readonly points: readonly SeriesPoint[]
  /** Over the seeds of a series of seeds; null for other kinds and before the first run. */
  readonly spread: {
    readonly mse: SeedSpread
    readonly ssim: SeedSpread | null
    readonly headAccuracy: SeedSpread | null
  } | null
  /** Each leaking split against the strictest one; empty for other kinds. */
  readonly gaps: readonly SplitGap[]
  /** Plain sentences that belong beside the numbers. */
  readonly remarks: readonly string[]
}
