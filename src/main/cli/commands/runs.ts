import type { RunSummary } from '@shared/domain/run'
import { openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

export const addRuns: AddCommand = (program, run) => {
  program
    .command('runs')
    .description('list the trainings of a project')
    .argument('<project>')
    .option(...JSON_OPTION)
    .action((project: string, options: { json?: boolean }) =>
      run(async (session) => {
        await openProject(session, project)
        await session.console.result(await session.api.training.runs(), (runs) => runs.map(describe))
      }, options),
    )
}

function describe({ run, name, status, epochs, epochsPlanned, validationMse }: RunSummary): string {
  const error = validationMse === null ? '' : `, validation ${validationMse.toFixed(5)}`
  return `${run}\t${status}\t${epochs} of ${epochsPlanned} epochs${error}\t${name}`
}
