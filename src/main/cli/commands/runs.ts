import type { RunSummary } from '@shared/domain/run'
import { wholeNumber } from '../numbers'
import { openProject } from '../session'
import { UsageError } from '../usage-error'
import { type AddCommand, JSON_OPTION } from './command'

export const addRuns: AddCommand = (program, run) => {
  program
    .command('runs')
    .description('list the trainings of a project')
    .argument('<project>')
    .option('--where <text>', 'words that must all occur in a run’s name, tags or notes')
    .option(...JSON_OPTION)
    .action((project: string, options: { where?: string; json?: boolean }) =>
      run(async (session) => {
        await openProject(session, project)
        const runs = (await session.api.training.runs()).filter(matching(options.where ?? ''))
        await session.console.result(runs, (found) => found.map(describe))
      }, options),
    )
}

/** Without regard to case. */
function matching(text: string): (run: RunSummary) => boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  return ({ name, tags, notes }) => {
    const searched = [name, ...tags, notes].join('\n').toLowerCase()
    return words.every((word) => searched.includes(word))
  }
}

function describe({ run, name, status, epochs, epochsPlanned, validationMse, tags }: RunSummary): string {
  const error = validationMse === null ? '' : `, validation ${validationMse.toFixed(5)}`
  const tagged = tags.length === 0 ? '' : `\t${tags.map((tag) => `#${tag}`).join(' ')}`
  return `${run}\t${status}\t${epochs} of ${epochsPlanned} epochs${error}\t${name}${tagged}`
}

interface DescribeOptions {
  readonly run: string
  readonly name?: string
  readonly tag?: readonly string[]
  readonly notes?: string
  readonly json?: boolean
}

export const addDescribeRun: AddCommand = (program, run) => {
  program
    .command('describe-run')
    .description('name a run, tag it, write notes; what is left out stays')
    .argument('<project>')
    .requiredOption('--run <run>', 'the run')
    .option('--name <name>', 'its name')
    .option(
      '--tag <word>',
      'its tags, all of them; may be given several times',
      (word: string, before?: string[]) => [...(before ?? []), word],
    )
    .option('--notes <text>', 'notes on it')
    .option(...JSON_OPTION)
    .action((project: string, { json, run: described, name, tag, notes }: DescribeOptions) =>
      run(
        async (session) => {
          if (name === undefined && tag === undefined && notes === undefined)
            throw new UsageError('describe-run needs --name, --tag or --notes')
          await openProject(session, project)
          const summary = await session.api.training.describe({
            run: described,
            ...(name === undefined ? {} : { name }),
            ...(tag === undefined ? {} : { tags: [...tag] }),
            ...(notes === undefined ? {} : { notes }),
          })
          await session.console.result(summary, (found) => [describe(found)])
        },
        { ...(json === undefined ? {} : { json }) },
      ),
    )
}

export const addPrune: AddCommand = (program, run) => {
  program
    .command('prune')
    .description('delete all but the newest checkpoints of a run, and the best one')
    .argument('<project>')
    .requiredOption('--run <run>', 'the run')
    .requiredOption('--keep <n>', 'how many of the newest stay', wholeNumber)
    .option(...JSON_OPTION)
    .action((project: string, options: { run: string; keep: number; json?: boolean }) =>
      run(async (session) => {
        await openProject(session, project)
        const { run: pruned, keep } = options
        const summary = await session.api.training.prune({ run: pruned, keep })
        await session.console.result(summary, ({ checkpoints, checkpointBytes }) => [
          `${pruned} has ${checkpoints} checkpoints of ${(checkpointBytes / 1e6).toFixed(1)} MB`,
        ])
      }, options),
    )
}
