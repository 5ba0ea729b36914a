import type { Estimate } from '@shared/domain/evaluation'
import type { FeatureCluster, PairRecurrence, Recurrence } from '@shared/domain/findings'
import type { RequestInput } from '@shared/requests'
import { followWithFeatures } from '../computed-first'
import { decimalNumber, wholeNumber } from '../numbers'
import { openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

type RecurOptions = Omit<RequestInput<'findings', 'recurrence'>, 'runs' | 'seed'> & {
  readonly runs: string
  readonly seed?: number
  readonly json?: boolean
}

/** Clusters that are said in words; JSON gives all. */
const SAID = 20

export const addRecur: AddCommand = (program, run) => {
  program
    .command('recur')
    .description('channels that recur across layers, seeds and runs, beside networks that were never trained')
    .argument('<project>')
    .requiredOption('--runs <a,b,…>', 'runs of one sample set')
    .option('--layer <layer>', 'only this layer')
    .option(
      '--threshold <similarity>',
      'from here on two channels are alike (from the control)',
      decimalNumber,
    )
    .option('--pattern <which>', 'of a channel on a sample: mean or maximum (mean)')
    .option('--correlation <kind>', 'pearson or spearman (pearson)')
    .option('--seed <n>', 'of the resamples (1)', wholeNumber)
    .option(...JSON_OPTION)
    .action((project: string, { json, runs: named, seed = 1, ...options }: RecurOptions) =>
      run(
        async (session) => {
          await openProject(session, project)
          const runs = named.split(',').map((each) => each.trim())
          const found = await followWithFeatures(session, runs, () =>
            session.api.findings.recurrence({ ...options, runs, seed }),
          )
          await session.console.result(found, describeRecurrence)
        },
        { ...(json === undefined ? {} : { json }) },
      ),
    )
}

function describeRecurrence(found: Recurrence): readonly string[] {
  const { sentence, threshold, thresholdFrom, interval, pairs, clusters, duplicateKernels, remarks } = found
  return [
    sentence,
    `Alike from a similarity of ${threshold.toFixed(3)} on (${thresholdFrom}); bounds: ${interval.name}`,
    ...pairs.map(describePair),
    ...clusters.slice(0, SAID).map(describeCluster),
    ...(clusters.length > SAID ? [`… and ${clusters.length - SAID} more clusters: --json gives all.`] : []),
    ...duplicateKernels.map(
      ({ one, other, similarity }) => `same kernel\t${one}\t${other}\t${similarity.toFixed(3)}`,
    ),
    ...remarks,
  ]
}

function describePair({ run, other, share, untrained, channels, recurring }: PairRecurrence): string {
  return `${run} in ${other}\t${recurring} of ${channels} channels\t${percent(share)}\tuntrained ${percent(untrained)}`
}

function describeCluster({ cluster, members, runs, meanSimilarity }: FeatureCluster): string {
  const names = members.map(({ address }) => address).join(' ')
  return `cluster ${cluster}\t${members.length} channels of ${runs} run(s)\t${meanSimilarity.toFixed(3)}\t${names}`
}

function percent({ value, low, high }: Estimate): string {
  const bounds =
    low === null || high === null ? '' : ` [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`
  return `${(100 * value).toFixed(1)} %${bounds}`
}
