/** What exploration needs of runs and samples; given by core/parts.ts. */
import type { RunPlan, RunSummary } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'

export interface ExploredRuns {
  /** Newest first. */
  list(): readonly RunSummary[]
  /** @throws AppError training/run-unknown */
  summary(run: string): RunSummary
  /** @throws AppError training/run-unknown, training/plan-damaged */
  plan(run: string): RunPlan
  /** Absolute path of runs/<id>/. */
  folder(run: string): string
  /** @throws AppError training/no-checkpoint */
  requireWeights(run: string): void
}

export interface ExploredSamples {
  /** All samples of a set, in order of their index. */
  samplesOf(sampleSet: number): readonly SampleWithPage[]
  /** Absolute path of the set's pixels. */
  sampleFile(sampleSet: number): string
}
