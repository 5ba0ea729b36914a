/** What training needs from sampling; given by core/parts.ts. */
import type { SplitUnit, Split, Stratum } from '@shared/domain/run'
import type { SampleSet, SampleWithPage } from '@shared/domain/sample-set'

export interface TrainingSamples {
  /** @throws AppError sampling/none-yet */
  latestSet(): SampleSet
  /** @throws AppError sampling/set-unknown */
  set(sampleSet: number): SampleSet
  /** All samples of a set, in order of their index. */
  samplesOf(sampleSet: number): readonly SampleWithPage[]
  /** Absolute path of the set's pixels. @throws AppError sampling/set-gone */
  sampleFile(sampleSet: number): string
}

/** Holds out whole pieces, pages or single crops. @throws AppError training/too-few-groups */
export type SplitSamples = (request: {
  readonly by: SplitUnit
  readonly fraction: number
  readonly seed: number
  readonly samples: readonly SampleWithPage[]
  readonly stratify?: Stratum | undefined
}) => Split
