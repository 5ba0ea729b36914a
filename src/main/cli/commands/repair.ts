import type { CatalogueCopies, CatalogueCopy, CopyCounts, RepairReport } from '@shared/domain/repair'
import { openProject, projectFolder, type Session } from '../session'
import { UsageError } from '../usage-error'
import { type AddCommand, JSON_OPTION } from './command'

interface Options {
  readonly backup?: string
  readonly recover?: boolean
  readonly json?: boolean
}

export const addRepair: AddCommand = (program, run) => {
  program
    .command('repair')
    .description('repair a damaged project; without options: list the copies of its catalogue')
    .argument('<project>')
    .option('--backup <name>', "put this copy in the catalogue's place")
    .option('--recover', 'read what can still be read of the damaged catalogue')
    .option(...JSON_OPTION)
    .action((project: string, options: Options) =>
      run((session) => repair(session, project, options), options),
    )
}

export const addBackup: AddCommand = (program, run) => {
  program
    .command('backup')
    .description('make a checked copy of the catalogue now')
    .argument('<project>')
    .option(...JSON_OPTION)
    .action((project: string, options: { readonly json?: boolean }) =>
      run(async (session) => {
        await openProject(session, project)
        await session.console.result(await session.api.project.backUp(), describeCopies)
      }, options),
    )
}

async function repair({ api, console }: Session, project: string, options: Options): Promise<void> {
  const { backup, recover } = options
  const folder = projectFolder(project)
  if (backup !== undefined && recover === true) throw new UsageError('Give --backup or --recover, not both.')
  if (backup === undefined && recover !== true)
    await console.result(await api.project.backups({ folder }), describeCopies)
  else {
    const how = backup === undefined ? ('recover' as const) : { backup }
    await console.result(await api.project.repair({ folder, how }), describeReport)
  }
}

function describeCopies({ problem, backups }: CatalogueCopies): readonly string[] {
  return [
    ...(problem === null ? [] : [`The catalogue cannot be opened: ${problem}`]),
    ...(backups.length === 0 ? ['There are no copies of the catalogue.'] : backups.map(describeCopy)),
  ]
}

function describeCopy({ name, madeAt, counts, problem }: CatalogueCopy): string {
  return `${name}\t${madeAt}\t${counts === null ? (problem ?? '') : describeCounts(counts)}`
}

function describeCounts({ pages, pieces, sampleSets, runs, edits }: CopyCounts): string {
  return `pages: ${pages}, pieces: ${pieces}, sample sets: ${sampleSets}, runs: ${runs}, edits: ${edits}`
}

function describeReport({
  backup,
  aside,
  counts,
  tables,
  unknown,
  remarks,
}: RepairReport): readonly string[] {
  return [
    backup === null ? 'What can be read was recovered.' : `${backup} was restored.`,
    `The catalogue holds ${describeCounts(counts)}.`,
    ...tables
      .filter(({ lost }) => lost !== 0)
      .map(
        ({ table, saved, lost }) =>
          `${table}: ${saved} rows saved, ${lost === null ? 'nobody knows how many' : lost} lost`,
      ),
    ...remarks,
    ...(aside === null ? [] : [`The files of before are in ${aside}.`]),
    ...unknown.map((path) => `Kept, though the catalogue does not know it: ${path}`),
  ]
}
