import type { AblationReport } from '@shared/domain/feature'
import type { RequestInput } from '@shared/requests'
import { wholeNumber } from '../numbers'
import { follow, openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

type AblateOptions = RequestInput<'exploration', 'ablate'> & { readonly json?: boolean }

export const addAblate: AddCommand = (program, run) => {
  program
    .command('ablate')
    .description(
      'rank a layer’s channels by what their absence costs the reconstructions of held-out samples',
    )
    .argument('<project>')
    .requiredOption('--run <run>', 'the trained run')
    .option('--layer <layer>', 'whose channels are switched off one by one (bottleneck)')
    .option('--crops <n>', 'on at most so many held-out samples (256)', wholeNumber)
    .option(...JSON_OPTION)
    .action((project: string, { json, ...request }: AblateOptions) =>
      run(
        async (session) => {
          await openProject(session, project)
          const reference = await session.api.exploration.ablate(request)
          await session.console.result(await follow(session, reference), describe)
        },
        { ...(json === undefined ? {} : { json }) },
      ),
    )
}

function describe(report: AblationReport): readonly string[] {
  const { run, layer, channels, crops, heldOut, pieces, intactMse, interval } = report
  const which = heldOut ? 'held-out samples' : 'training samples (none are held out)'
  return [
    `Run ${run}: mean squared error ${intactMse.toFixed(5)} on ${crops} ${which} of ${pieces} pieces`,
    `It grows without the channel of ${layer} by (${100 * interval.level} % interval over pieces):`,
    ...channels.map(({ channel, increase: { value, low, high } }) => {
      const bounds = low === null || high === null ? '' : ` [${low.toFixed(6)}, ${high.toFixed(6)}]`
      return `  ${layer}/${channel}\t${value.toFixed(6)}${bounds}`
    }),
  ]
}
