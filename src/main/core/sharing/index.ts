/** Sharing: models out to other programs and back in. */
import type { LocalApi } from '@shared/api'
import type { RunPlan, RunSummary } from '@shared/domain/run'
import type { SampleSet, SampleWithPage } from '@shared/domain/sample-set'
import type { RandomBytes } from '../identifiers'
import type { LaunchCompute } from '../ports'
import { exportModel } from './export-model'
import { importModel } from './import-model'

/** Runs, as sharing needs them; given by core/parts.ts. */
export interface SharedRuns {
  /** @throws AppError training/run-unknown */
  summary(run: string): RunSummary
  /** @throws AppError training/run-unknown, training/plan-damaged */
  plan(run: string): RunPlan
  /** Absolute path of runs/<id>/. */
  folder(run: string): string
  /** @throws AppError training/no-checkpoint */
  requireWeights(run: string): void
  /** Makes the folder of a run whose weights come from elsewhere. @throws AppError project/no-write */
  beginImport(plan: RunPlan): RunBeingImported
}

export interface RunBeingImported {
  /** Absolute path of runs/<id>/. */
  readonly folder: string
  /** Makes the run's row, finished. @throws Cancelled when the project was closed meanwhile */
  record(facts: { readonly weightsSha256: string; readonly remarks: readonly string[] }): void
  /** Removes the folder. */
  discard(): void
}

export interface SharedSamples {
  /** @throws AppError sampling/none-yet */
  latestSet(): SampleSet
  /** @throws AppError sampling/set-unknown */
  set(sampleSet: number): SampleSet
  /** All samples of a set, in order of their index. */
  samplesOf(sampleSet: number): readonly SampleWithPage[]
}

export interface SharingDependencies {
  readonly launchCompute: LaunchCompute
  readonly runs: SharedRuns
  readonly samples: SharedSamples
  readonly randomBytes: RandomBytes
  /** Scorescope's version, for the run's record. */
  readonly version: string
  /** Called when a model has become a run. */
  readonly onImported: (run: string) => void
}

export function createSharing(dependencies: SharingDependencies): { readonly api: LocalApi['sharing'] } {
  return {
    api: {
      exportModel: (choices, { signal }) => exportModel(dependencies, choices, signal),
      importModel: (choices, { signal }) => importModel(dependencies, choices, signal),
    },
  }
}
