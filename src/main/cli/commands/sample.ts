import type { SampleReport } from '@shared/domain/sample-set'
import { decimalNumber, wholeNumber } from '../numbers'
import { follow, openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

interface SampleOptions {
  readonly seed: number
  readonly perPage?: number
  readonly size?: number
  readonly whiteness?: number
  readonly tries?: number
  readonly name?: string
  readonly json?: boolean
}

export const addSample: AddCommand = (program, run) => {
  program
    .command('sample')
    .description('draw random crops from every page and freeze them as a sample set')
    .argument('<project>')
    .requiredOption('--seed <n>', 'the same pages, settings and seed give the same samples', wholeNumber)
    .option('--per-page <n>', 'samples per page (5)', wholeNumber)
    .option('--size <pixels>', 'side of the square samples (448)', wholeNumber)
    .option('--whiteness <limit>', 'refuse samples whose mean pixel in [0,1] is above (0.9)', decimalNumber)
    .option('--tries <n>', 'draws per page before giving up (500)', wholeNumber)
    .option('--name <name>', 'a name for the set')
    .option(...JSON_OPTION)
    .action((project: string, options: SampleOptions) =>
      run(async (session) => {
        await openProject(session, project)
        const { json: _, tries, ...choices } = options
        const reference = await session.api.sampling.draw({
          ...choices,
          ...(tries === undefined ? {} : { triesPerPage: tries }),
        })
        await session.console.result(await follow(session, reference), describeSamples)
      }, options),
    )
}

export function describeSamples(report: SampleReport): readonly string[] {
  const { sampleSet, samples, pages, refusedDraws, hash, shortages, seconds } = report
  return [
    `Sample set ${sampleSet}: ${samples} samples of ${pages} pages, ${refusedDraws} draws refused, in ${seconds.toFixed(1)} s`,
    `Hash ${hash}`,
    ...shortages.map(({ file, accepted, reason }) => `${file} gave ${accepted}: ${reason}`),
  ]
}
