/** What leaves the training screen as figures and tables, each with its caption. */
import type { ClassificationScores, Estimate, Evaluation } from '@shared/domain/evaluation'
import type { EpochMetrics, RunSummary } from '@shared/domain/run'
import type { SeriesReport } from '@shared/domain/series'
import type { Caption } from '../../exports/caption'
import type { ExportedTable } from '../../exports/table-file'

/** Run, split and seed: what a number of the training screen hangs on. */
export function runCaption(title: string, run: RunSummary, more: Caption['facts'] = []): Caption {
  const { split } = run
  return {
    title,
    facts: [
      ['run', `${run.run} (${run.name})`],
      ['model', `${run.spec} at ${run.inputSize} × ${run.inputSize} pixels`],
      ['sample set', String(run.sampleSet)],
      ['held out', `${split.validation} of ${split.train + split.validation} crops by ${split.by}`],
      ['seed', String(run.seed)],
      ...more,
    ],
  }
}

export function evaluationCaption(title: string, { run, split, interval }: Evaluation): Caption {
  return {
    title,
    facts: [
      ['run', run],
      ['held out', `${split.validation} of ${split.train + split.validation} crops by ${split.by}`],
      ['intervals', `${interval.name}, ${interval.units} pieces, ${interval.resamples} draws`],
    ],
  }
}

export function seriesCaption(title: string, { series, name, kind, points }: SeriesReport): Caption {
  return {
    title,
    facts: [
      ['series', `${series} (${name})`],
      ['kind', kind],
      ['runs', String(points.length)],
    ],
  }
}

/** One row for each epoch. */
export function curveTable(epochs: readonly EpochMetrics[]): ExportedTable {
  return {
    columns: [
      'epoch',
      'step',
      'training MSE',
      'held-out MSE',
      'head accuracy',
      'learning rate',
      'elapsed ms',
    ],
    rows: epochs.map(
      ({ epoch, step, trainMse, validationMse, headAccuracy, learningRate = null, elapsedMs }) => [
        epoch,
        step,
        trainMse,
        validationMse,
        headAccuracy,
        learningRate,
        elapsedMs,
      ],
    ),
  }
}

/** One row for each run and epoch. */
export function overlaidTable(
  curves: readonly { readonly name: string; readonly epochs: readonly EpochMetrics[] }[],
): ExportedTable {
  const [one] = curves.map(({ epochs }) => curveTable(epochs))
  return {
    columns: ['run', ...(one?.columns ?? [])],
    rows: curves.flatMap(({ name, epochs }) => curveTable(epochs).rows.map((row) => [name, ...row])),
  }
}

const withBounds = (name: string): readonly string[] => [name, `${name} low`, `${name} high`]
const bounds = (estimate: Estimate | null): readonly (number | null)[] =>
  estimate === null ? [null, null, null] : [estimate.value, estimate.low, estimate.high]

export function scoreTable({ predictors }: Evaluation): ExportedTable {
  return {
    columns: [
      'what paints',
      'code numbers',
      ...withBounds('MSE'),
      ...withBounds('SSIM'),
      ...withBounds('ink MSE'),
      ...withBounds('MSE over model'),
      'remark',
    ],
    rows: predictors.map(({ name, codeNumbers, mse, ssim, inkMse, mseOverModel, remark }) => [
      name,
      codeNumbers,
      ...bounds(mse),
      ...bounds(ssim),
      ...bounds(inkMse),
      ...bounds(mseOverModel),
      remark,
    ]),
  }
}

/** Rows: what crops are; columns: what the head calls them. */
export function confusionTable({ classes, confusion }: ClassificationScores): ExportedTable {
  return {
    columns: ['is', ...classes.map((name) => `named ${name}`)],
    rows: classes.map((name, truth) => [name, ...(confusion[truth] ?? [])]),
  }
}

export function seriesTable({ points }: SeriesReport): ExportedTable {
  return {
    columns: [
      'run',
      'seed',
      'held out by',
      'bottleneck channels',
      'code numbers',
      ...withBounds('MSE'),
      ...withBounds('SSIM'),
      ...withBounds('ink MSE'),
      ...withBounds('head accuracy'),
    ],
    rows: points.map((point) => [
      point.run,
      point.seed,
      point.split,
      point.codeChannels,
      point.codeNumbers,
      ...bounds(point.mse),
      ...bounds(point.ssim),
      ...bounds(point.inkMse),
      ...bounds(point.headAccuracy),
    ]),
  }
}
