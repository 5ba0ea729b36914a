import type {
  ClassificationScores,
  Estimate,
  Evaluation,
  LeakReport,
  PredictorScores,
} from '@shared/domain/evaluation'
import type { RequestInput } from '@shared/requests'
import { decimalNumber, wholeNumber } from '../numbers'
import { follow, openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

export const addEvaluate: AddCommand = (program, run) => {
  program
    .command('evaluate')
    .description('score a run on its held-out samples, beside its baselines, with intervals over pieces')
    .argument('<project>')
    .requiredOption('--run <run>', 'the trained run')
    .option(...JSON_OPTION)
    .action((project: string, options: { run: string; json?: boolean }) =>
      run(async (session) => {
        await openProject(session, project)
        const reference = await session.api.training.evaluate({ run: options.run })
        await session.console.result(await follow(session, reference), describeEvaluation)
      }, options),
    )
}

type LeakOptions = Omit<RequestInput<'sampling', 'leaks'>, 'sampleSet'> & {
  readonly sampleSet: number
  readonly json?: boolean
}

export const addLeaks: AddCommand = (program, run) => {
  program
    .command('leaks')
    .description('what held-out samples of a split would share with training samples: page, piece, pixels')
    .argument('<project>')
    .requiredOption('--sample-set <id>', 'the sample set', wholeNumber)
    .requiredOption('--by <unit>', 'hold out whole pieces, pages or crops: piece, page or crop')
    .requiredOption('--seed <n>', 'as for train', wholeNumber)
    .option('--validation <share>', 'held out (0.2)', decimalNumber)
    .option('--stratify <field>', 'hold out within each style or composer: style or composer')
    .option(...JSON_OPTION)
    .action((project: string, { json, ...request }: LeakOptions) =>
      run(
        async (session) => {
          await openProject(session, project)
          await session.console.result(await session.api.sampling.leaks(request), describeLeaks)
        },
        { ...(json === undefined ? {} : { json }) },
      ),
    )
}

function describeEvaluation(evaluation: Evaluation): readonly string[] {
  const { run, split, predictors, classification, interval, remarks, leaks, optimistic } = evaluation
  const within = split.stratify === undefined ? '' : ` within each ${split.stratify}`
  return [
    `Run ${run} on ${split.validation} held-out samples of ${interval.units} pieces, split by ${split.by}${within}`,
    ...(optimistic === null ? [] : [optimistic]),
    `Mean squared error, SSIM and error of ink, each with its ${100 * interval.level} % interval (${interval.name} over pieces):`,
    ...predictors.map(describePredictor),
    ...predictors.flatMap(({ name, remark }) => (remark === null ? [] : [`${name}: ${remark}`])),
    ...(classification === null ? [] : describeClassification(classification)),
    ...describeLeaks(leaks).slice(1),
    ...remarks,
  ]
}

function describePredictor({ name, mse, ssim, inkMse, codeNumbers }: PredictorScores): string {
  const optional = (estimate: Estimate | null): string => (estimate === null ? '–' : describe(estimate))
  return `  ${name}\t${describe(mse)}\t${optional(ssim)}\t${optional(inkMse)}\t${codeNumbers} numbers`
}

function describeClassification(scores: ClassificationScores): readonly string[] {
  const { field, crops, accuracy, chance, majority, pageAccuracy, pageVotes } = scores
  const most = majority === null ? '' : `, always the most frequent ${describe(majority.accuracy)}`
  return [
    `Naming the ${field} of ${crops} samples: ${describe(accuracy)} right; chance ${chance.toFixed(3)}${most}`,
    `By the votes of each page’s samples: ${describe(pageAccuracy)} of ${pageVotes.length} pages right`,
  ]
}

function describeLeaks(report: LeakReport): readonly string[] {
  const { by, train, validation, sharePage, sharePiece, sharePixels, sharedArea, optimistic } = report
  return [
    `Split by ${by}: ${train} training and ${validation} held-out samples`,
    `Held-out samples that share with training: their piece ${sharePiece}, their page ${sharePage}, pixels ${sharePixels} (${(100 * sharedArea).toFixed(1)} % of all held-out area)`,
    ...(optimistic === null ? [] : [optimistic]),
  ]
}

function describe({ value, low, high }: Estimate): string {
  return low === null || high === null
    ? value.toFixed(5)
    : `${value.toFixed(5)} [${low.toFixed(5)}, ${high.toFixed(5)}]`
}
