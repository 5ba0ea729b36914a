/** How a run ended, as its row records it and its job tells it. */
import type { RunSummary, TrainingOutcome } from '@shared/domain/run'
import { AppError, Cancelled } from '@shared/errors'
import { isClosing } from '../interruption'
import type { RunChanges } from './run-records'

/** What a run's record takes over from its training; an earlier stretch's peak and remarks stay. */
export function outcomeChanges(
  outcome: TrainingOutcome,
  before: Pick<RunSummary, 'peakMemoryBytes' | 'remarks'>,
): RunChanges {
  return {
    ...outcome,
    peakMemoryBytes: Math.max(outcome.peakMemoryBytes, before.peakMemoryBytes ?? 0),
    remarks: [...new Set([...before.remarks, ...outcome.remarks])],
  }
}

/** What is recorded of a run that did not come to its end, and what its job fails with. */
export interface RunFailure {
  readonly changes: RunChanges
  readonly failure: unknown
}

/** Tells apart: cancelled, interrupted (the project closed, the process crashed: resumable), failed. */
export function describeFailure(run: string, error: unknown, signal: AbortSignal): RunFailure {
  const interrupted = (reason: string): AppError =>
    AppError.of('training/interrupted', { run, reason }, { cause: error })
  if (error instanceof Cancelled) {
    if (!isClosing(signal)) return { changes: { status: 'cancelled' }, failure: error }
    const problem = interrupted('Scorescope was closed').message
    return { changes: { status: 'interrupted', problem }, failure: error }
  }
  if (error instanceof AppError && error.code === 'process/exited') {
    const failure = interrupted(`the compute process stopped: ${String(error.details['reason'])}`)
    return { changes: { status: 'interrupted', problem: failure.message }, failure }
  }
  const problem = error instanceof Error ? error.message : String(error)
  return { changes: { status: 'failed', problem }, failure: error }
}
