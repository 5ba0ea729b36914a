import { resolve } from 'node:path'
import type { ImportReport } from '@shared/domain/page'
import { follow, openOrCreateProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

interface ImportOptions {
  readonly copy?: boolean
  readonly csv?: string
  readonly json?: boolean
}

export const addImport: AddCommand = (program, run) => {
  program
    .command('import')
    .description('bring in a folder of page images (style/composer/piece/pages); again adds only what is new')
    .argument('<project>', 'a folder ending in .scorescope, made when there is none')
    .argument('<folder>', 'the folder of page images')
    .option('--copy', 'copy the images into the project instead of linking to them')
    .option('--csv <file>', 'a table of the pages, with columns such as file, style, composer, piece')
    .option(...JSON_OPTION)
    .action((project: string, folder: string, options: ImportOptions) =>
      run(async (session) => {
        await openOrCreateProject(session, project)
        const reference = await session.api.corpus.import({
          folder: resolve(folder),
          storage: options.copy === true ? 'copy' : 'link',
          ...(options.csv === undefined ? {} : { csv: resolve(options.csv) }),
        })
        await session.console.result(await follow(session, reference), describeImport)
      }, options),
    )
}

export function describeImport(report: ImportReport): readonly string[] {
  const { styles, composers, pieces, pages, added, skipped, refused, seconds } = report
  return [
    `${pages} pages of ${pieces} pieces by ${composers} composers in ${styles} styles`,
    `${added} added, ${skipped} already there, ${refused.length} refused, in ${seconds.toFixed(1)} s`,
    ...refused.map(({ file, reason }) => `Refused ${file}: ${reason}`),
  ]
}
