import type { SampleSetComparison } from '@shared/domain/sampling-rules'
import type { SampleReport } from '@shared/domain/sample-set'
import { describeRefusals } from '@shared/domain/refusal-words'
import { wholeNumber } from '../numbers'
import { follow, openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'
import { addRuleOptions, type RuleOptions, rulesFrom } from './sampling-rules'

interface SampleOptions extends RuleOptions {
  readonly name?: string
  readonly json?: boolean
}

export const addSample: AddCommand = (program, run) => {
  addRuleOptions(
    program
      .command('sample')
      .description('draw random crops from every page and freeze them as a sample set')
      .argument('<project>'),
  )
    .option('--name <name>', 'a name for the set')
    .option(...JSON_OPTION)
    .action((project: string, options: SampleOptions) =>
      run(async (session) => {
        await openProject(session, project)
        const { json: _, name, ...rules } = options
        const reference = await session.api.sampling.draw({ ...rulesFrom(rules), name })
        await session.console.result(await follow(session, reference), describeSamples)
      }, options),
    )
}

export function describeSamples(report: SampleReport): readonly string[] {
  const { sampleSet, samples, pages, refusedDraws, refusals, excludedPages, hash, shortages, seconds } =
    report
  const reasons = describeRefusals(refusals)
  const refused = `${refusedDraws} draws refused${reasons === '' ? '' : ` (${reasons})`}`
  return [
    `Sample set ${sampleSet}: ${samples} samples of ${pages} pages, ${refused}, in ${seconds.toFixed(1)} s`,
    `Hash ${hash}`,
    ...(excludedPages === 0 ? [] : [`${excludedPages} pages are left out by hand`]),
    ...shortages.map(({ file, accepted, reason }) => `${file} gave ${accepted}: ${reason}`),
  ]
}

export const addCompareSamples: AddCommand = (program, run) => {
  program
    .command('compare-samples')
    .description('what two sample sets were drawn by, and what they share')
    .argument('<project>')
    .argument('<one>', 'a sample set', wholeNumber)
    .argument('<other>', 'another one', wholeNumber)
    .option(...JSON_OPTION)
    .action((project: string, one: number, other: number, options: { json?: boolean }) =>
      run(async (session) => {
        await openProject(session, project)
        await session.console.result(await session.api.sampling.compare({ one, other }), describeComparison)
      }, options),
    )
}

function describeComparison(comparison: SampleSetComparison): readonly string[] {
  const { differences, crops, pages, changedPages, composers, whiteness } = comparison
  return [
    ...(differences.length === 0 ? ['The rules are the same'] : []),
    ...differences.map(({ rule, one, other }) => `${rule}: ${one}, ${other}`),
    `Samples: ${crops.one}, ${crops.other}; ${crops.shared} are the same`,
    `Pages: ${pages.one}, ${pages.other}; ${pages.shared} are in both, ${changedPages} of them with other bytes`,
    `Mean whiteness: ${whiteness.one.toFixed(3)}, ${whiteness.other.toFixed(3)}`,
    ...composers.map(
      ({ style, composer, one, other, shared }) =>
        `${style} / ${composer}: ${one}, ${other}; ${shared} are the same`,
    ),
  ]
}
