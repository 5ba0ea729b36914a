/** Where a training stands, as plain data: with the state's numbers, all that is needed to go on exactly. */
import type { RunPlan } from '@shared/domain/run'
import { followTrend, NO_TREND, type Trend } from './schedule'

/** Losses added up, so that means do not depend on how batches are cut. */
export interface LossTotals {
  readonly samples: number
  /** Σ samples × their mean squared error. */
  readonly squaredError: number
  readonly labelled: number
  readonly headLoss: number
}

export interface EpochScore {
  readonly epoch: number
  readonly trainMse: number
  readonly validationMse: number
}

/** What is absent in an old checkpoint is as in `START`. */
export interface Progress {
  /** Epochs that are complete, validation included. */
  readonly epoch: number
  /** Steps of the optimizer, over the whole run. */
  readonly step: number
  /** Samples of the current epoch that have been trained on. */
  readonly samplesDone: number
  /** Native calls, over the whole run: numbers the dropouts and the checkpoints. */
  readonly microBatches: number
  readonly batchTotals: LossTotals
  readonly epochTotals: LossTotals
  readonly last: EpochScore | null
  /** The epoch with the lowest validation error, and its checkpoint's number. */
  readonly best: (EpochScore & { readonly microBatches: number }) | null
  readonly trend: Trend
  /** From where on micro-batches are smaller than planned, because memory ran out; null while they are as planned. */
  readonly reduced: { readonly microBatch: number; readonly step: number } | null
  /** Training is over, and the best epoch's weights have been taken. */
  readonly settled: boolean
  /** Time spent training, pauses and interruptions not counted. */
  readonly elapsedMs: number
}

const NOTHING: LossTotals = { samples: 0, squaredError: 0, labelled: 0, headLoss: 0 }

export const START: Progress = {
  epoch: 0,
  step: 0,
  samplesDone: 0,
  microBatches: 0,
  batchTotals: NOTHING,
  epochTotals: NOTHING,
  last: null,
  best: null,
  trend: NO_TREND,
  reduced: null,
  settled: false,
  elapsedMs: 0,
}

/** Which part of an epoch's order comes next. */
export interface MicroBatchRange {
  readonly from: number
  readonly to: number
  readonly batchFrom: number
  readonly batchTo: number
}

/** The next micro-batch of an epoch; the last batch and the last micro-batch of a batch may be smaller. */
export function nextRange(samplesDone: number, plan: Pick<RunPlan, 'optimizer' | 'split'>): MicroBatchRange {
  const { batchSize, microBatch } = plan.optimizer
  const batchFrom = Math.floor(samplesDone / batchSize) * batchSize
  const batchTo = Math.min(batchFrom + batchSize, plan.split.train.length)
  return { from: samplesDone, to: Math.min(samplesDone + microBatch, batchTo), batchFrom, batchTo }
}

/** After a micro-batch that does not end its batch. */
export function afterMicroBatch(progress: Progress, losses: LossTotals): Progress {
  return {
    ...progress,
    samplesDone: progress.samplesDone + losses.samples,
    microBatches: progress.microBatches + 1,
    batchTotals: add(progress.batchTotals, losses),
  }
}

/** After a micro-batch with which the optimizer took a step; says what the whole batch lost. */
export function afterStep(
  progress: Progress,
  losses: LossTotals,
): { readonly progress: Progress; readonly batch: LossTotals } {
  const after = afterMicroBatch(progress, losses)
  const batch = after.batchTotals
  const epochTotals = add(progress.epochTotals, batch)
  return { progress: { ...after, step: progress.step + 1, epochTotals, batchTotals: NOTHING }, batch }
}

/** After an epoch's validation. */
export function afterEpoch(
  progress: Progress,
  validationMse: number,
  plan: Pick<RunPlan, 'optimizer'>,
): Progress {
  const score = { epoch: progress.epoch + 1, trainMse: meanSquaredError(progress.epochTotals), validationMse }
  const better = progress.best === null || validationMse < progress.best.validationMse
  return {
    ...progress,
    epoch: score.epoch,
    samplesDone: 0,
    epochTotals: NOTHING,
    last: score,
    best: better ? { ...score, microBatches: progress.microBatches } : progress.best,
    trend: followTrend(progress.trend, plan, { validationMse, better }),
  }
}

/** After the best epoch's weights have been taken: numbered on, so that whoever looks sees that they are others. */
export function afterSettling(progress: Progress): Progress {
  const { best, last, microBatches } = progress
  return { ...progress, settled: true, microBatches: microBatches + 1, last: best ?? last }
}

export function meanSquaredError(totals: LossTotals): number {
  return totals.squaredError / totals.samples
}

/** Mean over labelled samples; null where there are none. */
export function meanHeadLoss(totals: LossTotals): number | null {
  return totals.labelled === 0 ? null : totals.headLoss / totals.labelled
}

function add(one: LossTotals, other: LossTotals): LossTotals {
  return {
    samples: one.samples + other.samples,
    squaredError: one.squaredError + other.squaredError,
    labelled: one.labelled + other.labelled,
    headLoss: one.headLoss + other.headLoss,
  }
}
