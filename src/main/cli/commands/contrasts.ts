import type { ChannelContrast, Contrasts } from '@shared/domain/findings'
import type { RequestInput } from '@shared/requests'
import { wholeNumber, wordList } from '../numbers'
import { followWithFeatures } from '../computed-first'
import { openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

type ContrastOptions = Omit<RequestInput<'findings', 'contrasts'>, 'seed'> & {
  readonly seed?: number
  readonly json?: boolean
}

/** Channels that are said in words; JSON gives all. */
const SAID = 20

export const addContrasts: AddCommand = (program, run) => {
  program
    .command('contrasts')
    .description('which channels tell styles or composers apart, beside the same with shuffled labels')
    .argument('<project>')
    .requiredOption('--run <run>', 'the trained run')
    .requiredOption('--field <field>', 'style or composer')
    .option('--layer <layer>', 'only this layer, e.g. bottleneck')
    .option('--permutations <n>', 'of the labels of pieces (999)', wholeNumber)
    .option('--shuffle <way>', 'what is shuffled: pieces, within-style or whole-composers (pieces)')
    .option('--without <names>', 'taken out first, e.g. "ink,staff space" or fields of pages', wordList)
    .option('--shuffles <n>', 'tables with shuffled labels, as control (20)', wholeNumber)
    .option('--seed <n>', '(1)', wholeNumber)
    .option(...JSON_OPTION)
    .action((project: string, { json, seed = 1, ...options }: ContrastOptions) =>
      run(
        async (session) => {
          await openProject(session, project)
          const found = await followWithFeatures(session, [options.run], () =>
            session.api.findings.contrasts({ ...options, seed }),
          )
          await session.console.result(found, describeContrasts)
        },
        { ...(json === undefined ? {} : { json }) },
      ),
    )
}

function describeContrasts(found: Contrasts): readonly string[] {
  const { sentence, remarks, channels, pieces, classes, permutations } = found
  return [
    sentence,
    `${pieces} pieces in ${classes.length} classes, ${permutations} permutations; effect: share of differences in rank that classes explain, by chance in brackets`,
    ...channels.slice(0, SAID).map(describeChannel),
    ...(channels.length > SAID ? [`… and ${channels.length - SAID} more: --json gives all.`] : []),
    ...remarks,
  ]
}

function describeChannel({ address, effect, effectByChance, standsOut, p, q }: ChannelContrast): string {
  if (effect === null || standsOut === null) return `${address}\tnever differs`
  const size = `effect ${effect.value.toFixed(2)} (${(effectByChance ?? 0).toFixed(2)})`
  const where = `${standsOut.className}: delta ${standsOut.delta.value.toFixed(2)}`
  return `${address}\t${size}\tp ${p.toFixed(4)}\tq ${q.toFixed(4)}\t${where}`
}
