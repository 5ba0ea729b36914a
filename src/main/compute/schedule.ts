/** How the learning rate moves and when training ends early: functions of the plan and of where training stands. */
import type { Optimizer, RunPlan } from '@shared/domain/run'
import type { Progress } from './progress'

/** What schedule and early stopping remember of the held-out error. */
export interface Trend {
  /** What the plateau schedule has left of the plan's learning rate. */
  readonly plateauFactor: number
  /** Epochs since the held-out error was last lower than ever, or since the rate was last lowered. */
  readonly plateauEpochs: number
  /** The last held-out error that was better by the minimum gain; null before the first epoch. */
  readonly reference: number | null
  /** Epochs since then. */
  readonly epochsWithoutGain: number
}

export const NO_TREND: Trend = { plateauFactor: 1, plateauEpochs: 0, reference: null, epochsWithoutGain: 0 }

type Schedule = Pick<RunPlan, 'optimizer' | 'split'>

/** Adam's step size for a step, the first of a run being step 1. */
export function learningRateOf(plan: Schedule, at: { readonly step: number; readonly trend: Trend }): number {
  const { schedule } = plan.optimizer
  const learningRate = startingRate(plan.optimizer, at.step)
  if (schedule?.kind === 'cosine') {
    // Loshchilov & Hutter 2017, "SGDR", eq. 5, without restarts; counted as Keras's CosineDecay counts.
    const done = Math.min(1, (at.step - 1) / plannedSteps(plan))
    return learningRate * (schedule.floor + (1 - schedule.floor) * 0.5 * (1 + Math.cos(Math.PI * done)))
  }
  return schedule?.kind === 'plateau' ? learningRate * at.trend.plateauFactor : learningRate
}

/** What the schedule's shares are of: the plan's rate, or the one that the run was resumed with before this step. */
function startingRate({ learningRate, rateChanges = [] }: Optimizer, step: number): number {
  return rateChanges.findLast(({ fromStep }) => fromStep <= step)?.learningRate ?? learningRate
}

function plannedSteps({ optimizer, split }: Schedule): number {
  return optimizer.epochs * Math.ceil(split.train.length / optimizer.batchSize)
}

/**
 * After an epoch's validation.
 * @param better whether the held-out error is lower than it ever was
 */
export function followTrend(
  trend: Trend,
  { optimizer }: Pick<RunPlan, 'optimizer'>,
  epoch: { readonly validationMse: number; readonly better: boolean },
): Trend {
  const gain = optimizer.earlyStopping?.minimumGain ?? 0
  const gained = trend.reference === null || epoch.validationMse < trend.reference * (1 - gain)
  return {
    ...followPlateau(trend, optimizer.schedule, epoch.better),
    reference: gained ? epoch.validationMse : trend.reference,
    epochsWithoutGain: gained ? 0 : trend.epochsWithoutGain + 1,
  }
}

function followPlateau(
  { plateauFactor, plateauEpochs }: Trend,
  schedule: RunPlan['optimizer']['schedule'],
  better: boolean,
): Pick<Trend, 'plateauFactor' | 'plateauEpochs'> {
  const epochs = better ? 0 : plateauEpochs + 1
  if (schedule?.kind !== 'plateau' || epochs < schedule.patience) {
    return { plateauFactor, plateauEpochs: epochs }
  }
  return { plateauFactor: Math.max(schedule.floor, plateauFactor * schedule.factor), plateauEpochs: 0 }
}

/** Whether the held-out error has not improved for as long as the plan is patient. */
export function hasRunDry(
  { optimizer }: Pick<RunPlan, 'optimizer'>,
  { trend }: Pick<Progress, 'trend'>,
): boolean {
  return optimizer.earlyStopping !== undefined && trend.epochsWithoutGain >= optimizer.earlyStopping.patience
}

/** How a run with early stopping ended, for its record; null where there is nothing to say. */
export function earlyStoppingRemark(
  plan: Pick<RunPlan, 'optimizer'>,
  progress: Pick<Progress, 'trend' | 'epoch' | 'last'>,
): string | null {
  const { earlyStopping } = plan.optimizer
  const kept = progress.last?.epoch
  if (earlyStopping === undefined || kept === undefined) return null
  const weights = `the weights are those of epoch ${kept}`
  if (!hasRunDry(plan, progress)) {
    return kept === progress.epoch ? null : `All planned epochs are done; ${weights}, the best one.`
  }
  const { patience, minimumGain } = earlyStopping
  const by = minimumGain === 0 ? '' : ` by more than ${Number((minimumGain * 100).toPrecision(3))} %`
  const epochs = patience === 1 ? '1 epoch' : `${patience} epochs`
  return `Stopped after epoch ${progress.epoch}: the held-out error had not improved${by} for ${epochs}; ${weights}.`
}
