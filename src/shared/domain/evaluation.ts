/** Scores of a run on its held-out crops, with what is needed to believe them. Definitions: docs/decisions/0011-scores.md. */
import type { Split, SplitUnit } from './run'

/** A number with its 95 % interval; bounds are null where fewer than two pieces are held out. */
export interface Estimate {
  readonly value: number
  readonly low: number | null
  readonly high: number | null
}

/** How the bounds of every estimate were found: whole pieces are drawn again and again, with replacement. */
export interface IntervalMethod {
  readonly name: 'cluster bootstrap, percentile'
  readonly level: number
  readonly unit: 'piece'
  /** Held-out pieces. */
  readonly units: number
  readonly resamples: number
  readonly seed: number
}

export const PREDICTORS = ['model', 'untrained', 'pca', 'block2', 'block4', 'block8', 'constant'] as const
export type Predictor = (typeof PREDICTORS)[number]

/** What one predictor makes of the held-out crops. Pixels are numbers in [0,1]. */
export interface PredictorScores {
  readonly predictor: Predictor
  /** In words, e.g. "PCA, 799 components". */
  readonly name: string
  /** Numbers from which it paints one crop; 0 for the constant. */
  readonly codeNumbers: number
  readonly mse: Estimate
  /** Structural similarity, 1 for identical crops; null where crops are smaller than its window of 11 × 11. */
  readonly ssim: Estimate | null
  /** Squared error of a pixel of ink: weighted by the original's darkness. Null where no crop has any ink. */
  readonly inkMse: Estimate | null
  /** Its error less the model's, on the same crops and resamples: above 0 the model is better. Null for the model. */
  readonly mseOverModel: Estimate | null
  /** What is to be said beside it, e.g. that its code is smaller than the model's. */
  readonly remark: string | null
}

/** The model's scores of each held-out crop, in the order of `indices`. */
export interface CropScores {
  readonly indices: readonly number[]
  readonly mse: readonly number[]
  readonly ssim: readonly number[] | null
  /** Null for a crop without ink. */
  readonly inkMse: readonly (number | null)[]
}

/** A cell of the confusion matrix and the crops in it. */
export interface ConfusionCell {
  /** Places in `classes`. */
  readonly truth: number
  readonly predicted: number
  readonly indices: readonly number[]
}

/** A page's class by the votes of its held-out crops; of equally many votes the class that comes first counts. */
export interface PageVote {
  /** Page id. */
  readonly page: number
  readonly truth: number
  readonly predicted: number
  readonly crops: number
  readonly votes: number
}

export interface ClassificationScores {
  readonly field: 'style' | 'composer'
  readonly classes: readonly string[]
  /** Labelled held-out crops; the others are left out. */
  readonly crops: number
  readonly accuracy: Estimate
  /** 1 / classes */
  readonly chance: number
  /** Always the class that most training crops have; null where it is not known what was trained on. */
  readonly majority: { readonly class: number; readonly accuracy: Estimate } | null
  /** [truth][predicted], crops. */
  readonly confusion: readonly (readonly number[])[]
  /** Those that hold a crop, row by row. */
  readonly cells: readonly ConfusionCell[]
  readonly pageAccuracy: Estimate
  readonly pageVotes: readonly PageVote[]
}

/** A held-out crop that training has seen part of. */
export interface LeakingCrop {
  readonly index: number
  /** Page id. */
  readonly page: number
  /** Share of its area that lies in training crops, in [0,1]. */
  readonly sharedArea: number
}

/** What held-out crops share with training crops. */
export interface LeakReport {
  readonly by: SplitUnit
  readonly train: number
  readonly validation: number
  /** Held-out crops with a training crop on the same page, or on one with the same bytes. */
  readonly sharePage: number
  /** … of the same piece. */
  readonly sharePiece: number
  /** … that overlap with one. */
  readonly sharePixels: number
  /** Area of held-out crops that lies in training crops, over all their area, in [0,1]. */
  readonly sharedArea: number
  /** Those that share most of their area, at most 24. */
  readonly worst: readonly LeakingCrop[]
  /** See `optimismOf`. */
  readonly optimistic: string | null
}

export interface Evaluation {
  readonly format: 1
  readonly run: string
  /** Of the weights that were scored. */
  readonly weightsSha256: string
  readonly inputSize: number
  readonly split: Pick<Split, 'by' | 'fraction' | 'stratify' | 'trainOnly'> & {
    readonly train: number
    readonly validation: number
  }
  /** Why these scores are better than they would be on new pieces; null where they need no such label. */
  readonly optimistic: string | null
  readonly leaks: LeakReport
  readonly interval: IntervalMethod
  /** The model first, then its baselines from strong to weak. */
  readonly predictors: readonly PredictorScores[]
  readonly crops: CropScores
  /** Null without a classification head, or without a labelled held-out crop. */
  readonly classification: ClassificationScores | null
  /** Plain sentences that belong beside the numbers. */
  readonly remarks: readonly string[]
  readonly seconds: number
  readonly finishedAt: string
}

const OPTIMISM: Readonly<Record<SplitUnit, string | null>> = {
  piece: null,
  page: 'Optimistic: held-out pages are of pieces that were also trained on, so these scores do not tell how well new pieces do.',
  crop: 'Optimistic: held-out crops are from pages that were also trained on and may overlap with training crops, so these scores do not tell how well new pages or pieces do.',
}

/**
 * The sentence to be shown with every held-out score of such a split; null for whole pieces.
 * @param train how many crops were trained on; 0 where that is not known, as for an imported model
 */
export function optimismOf({ by, train }: { readonly by: SplitUnit; readonly train: number }): string | null {
  if (train > 0) return OPTIMISM[by]
  return 'Perhaps optimistic: these weights came from elsewhere, and these pages may have been among those that they were trained on.'
}
