/** What a micro-batch is to be told, given where training stands. */
import type { RunPlan } from '@shared/domain/run'
import { dropoutCount } from './network'
import type { Progress } from './progress'
import { dropoutSeed } from './random'
import type { MicroBatchSettings } from './trainer'

/**
 * The least weight of a new batch in the running statistics. Until 1/rate batches have been seen they all weigh the
 * same, so that evaluation makes sense from the first epoch on.
 */
const STATISTICS_RATE = 0.01

export function microBatchSettings(
  plan: Pick<RunPlan, 'architecture' | 'optimizer' | 'seed'>,
  progress: Pick<Progress, 'step' | 'microBatches'>,
  place: { readonly share: number; readonly labelledInBatch: number; readonly completesBatch: boolean },
): MicroBatchSettings {
  const { microBatches } = progress
  const dropoutsEach = dropoutCount(plan.architecture)
  return {
    dropoutSeed: dropoutSeed(plan.seed, { microBatches, dropoutsEach }),
    share: place.share,
    labelledShare: place.labelledInBatch === 0 ? 0 : 1 / place.labelledInBatch,
    statisticsRate: Math.max(STATISTICS_RATE, 1 / (microBatches + 1)),
    update: place.completesBatch
      ? { learningRate: plan.optimizer.learningRate, step: progress.step + 1 }
      : null,
  }
}
