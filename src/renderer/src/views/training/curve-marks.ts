/** What is pointed out in a run's curves. */
import type { EarlyStopping, RunSummary } from '@shared/domain/run'
import type { CurveMark } from '../../charts/learning-curve-additions'
import { countOf } from '../../state/format'
import { formatMse } from './run-words'
import type { WatchedRun } from '../../state/watched-run.svelte'

/** The best epoch, and where early stopping ended the run. */
export function curveMarks(
  { bestEpoch, epochs }: Pick<WatchedRun, 'bestEpoch' | 'epochs'>,
  stopping: EarlyStopping | null,
  run: Pick<RunSummary, 'status' | 'epochsPlanned'>,
): readonly CurveMark[] {
  if (bestEpoch === null || epochs.length < 2) return []
  const { epoch, validationMse } = bestEpoch
  const best = {
    epoch,
    mse: validationMse,
    label: `best held-out error: ${formatMse(validationMse)}, epoch ${epoch}`,
  }
  const last = epochs.at(-1)?.epoch
  if (stopping === null || last === undefined || run.status !== 'finished' || last >= run.epochsPlanned)
    return [best]
  const label = `ended early: ${countOf(stopping.patience, 'epoch')} without gain`
  return [best, { epoch: last, mse: null, label }]
}
