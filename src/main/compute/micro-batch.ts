/** What a micro-batch is to be told, given where training stands. */
import { dropoutCount } from '@shared/domain/network'
import type { RunPlan } from '@shared/domain/run'
import type { Progress } from './progress'
import { dropoutSeed } from './random'
import { learningRateOf } from './schedule'
import type { MicroBatchSettings } from './trainer'

/**
 * The weight of a new batch in the running statistics; at first all batches weigh the same. They are what a checkpoint
 * within an epoch is looked at with: after each epoch they are measured anew (`Calibration`).
 */
const STATISTICS_RATE = 0.1

export function microBatchSettings(
  plan: Pick<RunPlan, 'architecture' | 'optimizer' | 'seed' | 'split'>,
  progress: Pick<Progress, 'step' | 'microBatches' | 'trend'>,
  place: { readonly share: number; readonly labelledInBatch: number; readonly completesBatch: boolean },
): MicroBatchSettings {
  const { microBatches, trend } = progress
  const step = progress.step + 1
  const dropoutsEach = dropoutCount(plan.architecture)
  return {
    dropoutSeed: dropoutSeed(plan.seed, { microBatches, dropoutsEach }),
    share: place.share,
    labelledShare: place.labelledInBatch === 0 ? 0 : 1 / place.labelledInBatch,
    statisticsRate: Math.max(STATISTICS_RATE, 1 / (microBatches + 1)),
    update: place.completesBatch ? { learningRate: learningRateOf(plan, { trend, step }), step } : null,
  }
}
