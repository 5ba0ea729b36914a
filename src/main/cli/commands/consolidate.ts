import type { ConsolidateReport, StorageChoice } from '@shared/domain/files'
import { Option } from 'commander'
import { follow, openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

export const addConsolidate: AddCommand = (program, run) => {
  program
    .command('consolidate')
    .description(
      'turn linked pages into copies inside the project, or copies back into links; later imports too',
    )
    .argument('<project>')
    .addOption(new Option('--to <way>', 'copy or link').choices(['copy', 'link']).makeOptionMandatory())
    .option(...JSON_OPTION)
    .action((project: string, options: { to: StorageChoice; json?: boolean }) =>
      run(async (session) => {
        await openProject(session, project)
        const report = await follow(session, await session.api.files.consolidate({ to: options.to }))
        await session.console.result(report, describe)
      }, options),
    )
}

function describe({ to, files, pages, bytes, left, seconds }: ConsolidateReport): readonly string[] {
  const done = to === 'copy' ? 'copied into the project' : 'linked to their originals'
  return [
    `${files} files of ${pages} pages (${(bytes / 1e6).toFixed(1)} MB) ${done} in ${seconds.toFixed(1)} s`,
    ...left.map(({ file, reason }) => `Left as it was: ${file}: ${reason}`),
  ]
}
