import type { ConfoundReport, FieldProbe, ProbeReport } from '@shared/domain/latent'
import { followWithFeatures } from '../computed-first'
import { wordList } from '../numbers'
import { UsageError } from '../usage-error'
import { openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

interface ProbeOptions {
  readonly run: string
  readonly field?: readonly string[]
  readonly without?: readonly string[]
  readonly confounds?: boolean
  readonly json?: boolean
}

export const addProbe: AddCommand = (program, run) => {
  program
    .command('probe')
    .description('how well fields can be read off the codes of pieces that were not seen, beside chance')
    .argument('<project>')
    .requiredOption('--run <run>', 'the trained run')
    .option('--field <fields...>', 'only these, e.g. style composer scan_source; all unless named')
    .option('--without <fields>', 'regress these out of the codes first, e.g. scan_source,dpi', wordList)
    .option('--confounds', 'scan source, font, dpi and paper, and what is left of the music without them')
    .option(...JSON_OPTION)
    .action((project: string, options: ProbeOptions) =>
      run(async (session) => {
        const { field, without, confounds } = options
        if (confounds === true && (field !== undefined || without !== undefined))
          throw new UsageError('--confounds chooses its fields itself: leave --field and --without out.')
        await openProject(session, project)
        if (confounds === true) {
          const report = await followWithFeatures(session, [options.run], () =>
            session.api.latent.confounds({ run: options.run }),
          )
          await session.console.result(report, describeConfounds)
          return
        }
        const request = {
          run: options.run,
          ...(field === undefined ? {} : { fields: [...field] }),
          ...(without === undefined ? {} : { controls: [...without] }),
        }
        const report = await followWithFeatures(session, [options.run], () =>
          session.api.latent.probe(request),
        )
        await session.console.result(report, describeProbe)
      }, options),
    )
}

function describeProbe({ run, fields, method }: ProbeReport): readonly string[] {
  return [`Run ${run}:`, ...fields.map(describeField), ...method]
}

function describeConfounds({
  run,
  sentences,
  confounds,
  remainders,
  method,
}: ConfoundReport): readonly string[] {
  return [
    `Run ${run}:`,
    ...sentences,
    '',
    ...confounds.map(describeField),
    ...remainders.flatMap(({ plain, regressed, held }) => [
      describeField(plain),
      ...(regressed === null ? [] : [`without ${regressed.without.join(', ')}: ${describeField(regressed)}`]),
      ...held.map((probe) => `within ${probe.within.join(', ')}: ${describeField(probe)}`),
    ]),
    ...method,
  ]
}

const describeField = ({ label, sentence }: FieldProbe): string => `${label}\t${sentence}`
