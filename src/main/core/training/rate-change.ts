/** A run that goes on with another learning rate: the plan says from which step, so that it stays repeatable. */
import type { RateChange, RunPlan } from '@shared/domain/run'

/** What earlier resumptions changed from this step on was undone with the steps after it. */
export function withRateChange(plan: RunPlan, change: RateChange): RunPlan {
  const { rateChanges = [], ...optimizer } = plan.optimizer
  const earlier = rateChanges.filter(({ fromStep }) => fromStep < change.fromStep)
  const before = earlier.at(-1)?.learningRate ?? optimizer.learningRate
  const changes = before === change.learningRate ? earlier : [...earlier, change]
  return { ...plan, optimizer: { ...optimizer, ...(changes.length === 0 ? {} : { rateChanges: changes }) } }
}

/** What happened, for the run's record; null where nothing changed. */
export function rateChangeRemark(before: RunPlan, now: RunPlan, { fromStep }: RateChange): string | null {
  const [old, rate] = [rateAt(before, fromStep), rateAt(now, fromStep)]
  return old === rate ? null : `Resumed at step ${fromStep} with learning rate ${rate} instead of ${old}.`
}

function rateAt({ optimizer: { learningRate, rateChanges = [] } }: RunPlan, step: number): number {
  return rateChanges.findLast(({ fromStep }) => fromStep <= step)?.learningRate ?? learningRate
}
