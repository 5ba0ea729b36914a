/** Leaks and scores of a made-up run. */
import {
  type ClassificationScores,
  type Estimate,
  type Evaluation,
  type LeakReport,
  optimismOf,
  type PredictorScores,
} from '@shared/domain/evaluation'
import type { RunSummary, SplitUnit } from '@shared/domain/run'

/** A fifth is held out; the finer the unit, the more leaks. */
export function fakeLeaks(
  by: SplitUnit,
  { samples, seed }: { readonly samples: number; readonly seed: number },
): LeakReport {
  const validation = Math.floor(samples / 5)
  const train = samples - validation
  const shares = {
    piece: { sharePage: 0, sharePiece: 0, sharePixels: 0, sharedArea: 0 },
    page: { sharePage: 0, sharePiece: validation - (seed % 7), sharePixels: 0, sharedArea: 0 },
    crop: {
      sharePage: validation - 1 - (seed % 5),
      sharePiece: validation,
      sharePixels: Math.floor(validation / 3),
      sharedArea: 0.087,
    },
  }[by]
  return { by, train, validation, ...shares, worst: [], optimistic: optimismOf({ by, train }) }
}

export function fakeEvaluation(run: RunSummary, change: Partial<Evaluation> = {}): Evaluation {
  const { by, train, validation } = run.split
  const model = run.validationMse ?? 0.0072
  const indices = Array.from({ length: 24 }, (_, place) => place * 5)
  return {
    format: 1,
    run: run.run,
    weightsSha256: run.weightsSha256 ?? '',
    inputSize: run.inputSize,
    split: { by, fraction: 0.2, train, validation },
    optimistic: run.optimistic,
    leaks: fakeLeaks(by, { samples: train + validation, seed: run.seed }),
    interval: {
      name: 'cluster bootstrap, percentile',
      level: 0.95,
      unit: 'piece',
      units: 9,
      resamples: 2000,
      seed: 1,
    },
    predictors: [
      predictor('model', 'this model', { mse: model, codeNumbers: 1024, model }),
      predictor('untrained', 'the same model, untrained', { mse: 0.093, codeNumbers: 1024, model }),
      predictor('pca', 'PCA, 479 components', {
        mse: 0.0181,
        codeNumbers: 479,
        model,
        remark: 'Fewer components than the model’s 1,024 numbers: there are only 480 training crops.',
      }),
      predictor('block2', 'block means 2 × 2', { mse: 0.0124, codeNumbers: 256, model }),
      predictor('block4', 'block means 4 × 4', { mse: 0.031, codeNumbers: 64, model }),
      predictor('block8', 'block means 8 × 8', { mse: 0.052, codeNumbers: 16, model }),
      predictor('constant', 'constant grey', { mse: 0.081, codeNumbers: 0, model }),
    ],
    crops: {
      indices,
      mse: indices.map(() => model),
      ssim: indices.map(() => 0.9),
      inkMse: indices.map(() => 0.03),
    },
    classification: null,
    remarks: ['The held-out crops are of only 9 pieces: intervals from so few are too narrow.'],
    seconds: 41,
    finishedAt: '2025-11-20T10:05:00.000Z',
    ...change,
  }
}

function predictor(
  kind: PredictorScores['predictor'],
  name: string,
  of: {
    readonly mse: number
    readonly codeNumbers: number
    readonly model: number
    readonly remark?: string
  },
): PredictorScores {
  const { mse, codeNumbers, model, remark = null } = of
  return {
    predictor: kind,
    name,
    codeNumbers,
    mse: around(mse, 0.12),
    ssim: around(Math.max(0.05, 0.98 - 9 * mse), 0.03),
    inkMse: around(mse * 4, 0.15),
    mseOverModel: kind === 'model' ? null : around(mse - model, 0.2),
    remark,
  }
}

function around(value: number, share: number): Estimate {
  return { value, low: value * (1 - share), high: value * (1 + share) }
}

export const FAKE_CLASSIFICATION: ClassificationScores = {
  field: 'style',
  classes: ['Baroque', 'Classical', 'Ragtime'],
  crops: 24,
  accuracy: { value: 17 / 24, low: 0.58, high: 0.83 },
  chance: 1 / 3,
  majority: { class: 0, accuracy: { value: 10 / 24, low: 0.3, high: 0.55 } },
  confusion: [
    [8, 2, 0],
    [3, 4, 1],
    [0, 1, 5],
  ],
  cells: [
    { truth: 0, predicted: 0, indices: [0, 5, 10, 15, 20, 25, 30, 35] },
    { truth: 0, predicted: 1, indices: [40, 45] },
    { truth: 1, predicted: 0, indices: [50, 55, 60] },
    { truth: 1, predicted: 1, indices: [65, 70, 75, 80] },
    { truth: 1, predicted: 2, indices: [85] },
    { truth: 2, predicted: 1, indices: [90] },
    { truth: 2, predicted: 2, indices: [95, 100, 105, 110, 115] },
  ],
  pageAccuracy: { value: 0.75, low: 0.5, high: 1 },
  pageVotes: [
    { page: 1, truth: 0, predicted: 0, crops: 5, votes: 4 },
    { page: 47, truth: 1, predicted: 0, crops: 4, votes: 3 },
    { page: 68, truth: 1, predicted: 1, crops: 3, votes: 2 },
    { page: 90, truth: 2, predicted: 2, crops: 5, votes: 5 },
  ],
}
