/** Plain sentences for a run's record, from its plan and from what it led to. */
import type { RunPlan } from '@shared/domain/run'
import type { Pictures } from './training-report'

/** What a plan leaves to be said in the run's record. */
export function remarksOnPlan({ optimizer, architecture }: RunPlan): readonly string[] {
  const remarks: string[] = []
  if (optimizer.microBatch < optimizer.batchSize)
    remarks.push(
      `Batches of ${optimizer.batchSize} are computed ${optimizer.microBatch} at a time: gradients are averaged over the batch, batch norm's statistics are per ${optimizer.microBatch}.`,
    )
  if (architecture.head?.weight === 0)
    remarks.push('The head reads the bottleneck without changing it, because its weight is 0.')
  return remarks
}

/** A rate that is far too high need not diverge: sigmoid and batch norm keep the loss finite when nothing is learnt. */
export function remarksOnPictures(shown: Pictures | null): readonly string[] {
  if (shown === null) return []
  const [first = 0] = shown.reconstructions
  const plain = shown.reconstructions.every((grey) => Math.abs(grey - first) <= 1)
  return plain
    ? ['Every reconstruction is one plain grey, so nothing was learnt: train it with a lower learning rate.']
    : []
}
