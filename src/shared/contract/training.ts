/** Runs: plans carried out, watched, scored. */
import { z } from 'zod'
import type { Architecture, ArchitectureDescription } from '../domain/architecture'
import type { Evaluation } from '../domain/evaluation'
import type { JobReference } from '../domain/job'
import type {
  EpochMetrics,
  EpochReconstructions,
  Forecast,
  RunLive,
  RunPlan,
  RunSummary,
  StepMetrics,
} from '../domain/run'
import { nothing, runId, tag } from './shapes'
import { trainingChoices } from './training-choices'

export const trainingRequests = {
  start: z.object(trainingChoices),
  forecast: z.object(trainingChoices),
  /** Goes on from the last good checkpoint, from there on with another learning rate where one is given. */
  resume: z.object({ run: runId, learningRate: trainingChoices.learningRate }),
  pause: z.object({ run: runId }),
  unpause: z.object({ run: runId }),
  /** Ends after the current step and keeps the weights. */
  stop: z.object({ run: runId }),
  /** Ends and marks the run as cancelled. */
  cancel: z.object({ run: runId }),
  runs: nothing,
  run: z.object({ run: runId }),
  plan: z.object({ run: runId }),
  metrics: z.object({ run: runId }),
  epochReconstructions: z.object({ run: runId, epoch: z.int().min(1) }),
  /** Scores the run on its held-out crops beside its baselines; weights that were scored before are not scored again. */
  evaluate: z.object({ run: runId }),
  evaluation: z.object({ run: runId }),
  /** Changes what is said about a run, never what it is; what is left out stays. */
  describe: z.object({
    run: runId,
    name: z.string().min(1).max(200).optional(),
    tags: z.array(tag).max(50).optional(),
    notes: z.string().max(20_000).optional(),
  }),
  /** How a run goes on just now. */
  live: z.object({ run: runId }),
  /** Deletes all but the newest `keep` checkpoints (and the best one) of a run that is not training. */
  prune: z.object({ run: runId, keep: z.int().min(1).max(1000) }),
} as const

export interface TrainingReplies {
  start: JobReference<'train'> & { readonly run: string }
  resume: JobReference<'train'> & { readonly run: string }
  pause: RunSummary
  unpause: RunSummary
  stop: RunSummary
  cancel: RunSummary
  /** Checks a plan and measures a few real steps on this machine; nothing is kept. */
  forecast: Forecast & {
    readonly architecture: Architecture
    readonly description: ArchitectureDescription
  }
  runs: readonly RunSummary[]
  run: RunSummary
  plan: RunPlan
  metrics: { readonly steps: readonly StepMetrics[]; readonly epochs: readonly EpochMetrics[] }
  epochReconstructions: EpochReconstructions
  evaluate: JobReference<'evaluate'>
  /** Null until the run's present weights have been evaluated. */
  evaluation: Evaluation | null
  describe: RunSummary
  /** Null when it is not training. */
  live: RunLive | null
  prune: RunSummary
}
