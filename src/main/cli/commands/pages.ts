import type { Page } from '@shared/domain/page'
import { openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

export const addPages: AddCommand = (program, run) => {
  program
    .command('pages')
    .description('list the pages of a project')
    .argument('<project>')
    .option('--where <query>', 'words that must occur; field:word asks one field')
    .option(...JSON_OPTION)
    .action((project: string, options: { where?: string; json?: boolean }) =>
      run(async (session) => {
        await openProject(session, project)
        const { where } = options
        const { items } = await session.api.corpus.pages(where === undefined ? {} : { query: where }, {
          signal: session.signal,
        })
        await session.console.result(items, (pages) => pages.map(describe))
      }, options),
    )
}

function describe({ id, file, width, height, missing, changed }: Page): string {
  const state = missing ? '\t(missing)' : changed ? '\t(changed)' : ''
  return `${id}\t${width}×${height}\t${file}${state}`
}
