import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { StorageChoice } from '@shared/domain/files'
import type { FolderLevel, ImportReport } from '@shared/domain/page'
import { InvalidArgumentError } from 'commander'
import { wholeNumber } from '../numbers'
import { follow, openOrCreateProject } from '../session'
import { UsageError } from '../usage-error'
import { type AddCommand, JSON_OPTION } from './command'

interface ImportOptions {
  readonly copy?: boolean
  readonly link?: boolean
  readonly csv?: string
  readonly levels?: readonly FolderLevel[]
  readonly style?: string
  readonly composer?: string
  readonly piece?: string
  readonly dpi?: number
  readonly json?: boolean
}

const LEVELS: readonly string[] = ['style', 'composer', 'piece', '-']

export const addImport: AddCommand = (program, run) => {
  program
    .command('import')
    .description(
      'bring in a folder of page images and PDFs (style/composer/piece/pages), or files one by one; again adds only what is new',
    )
    .argument('<project>', 'a folder ending in .scorescope, made when there is none')
    .argument('<folder-or-files...>', 'the folder of page images; or files and folders')
    .option('--copy', 'copy the images into the project instead of linking to them')
    .option('--link', 'link to the images; without either, as the project is set')
    .option('--csv <file>', 'a table of the pages, with columns such as file, style, composer, piece')
    .option('--levels <list>', 'what folders name from the top, e.g. style,-,composer,piece', levelsOf)
    .option('--style <name>', 'the style of all pages, whatever the folders say')
    .option('--composer <name>', 'the composer of all pages')
    .option('--piece <name>', 'the piece of all pages')
    .option('--dpi <number>', 'resolution of PDF pages that are drawn, not scanned (300)', wholeNumber)
    .option(...JSON_OPTION)
    .action((project: string, sources: readonly string[], options: ImportOptions) =>
      run(async (session) => {
        await openOrCreateProject(session, project)
        const { levels, style, composer, piece, dpi } = options
        const place = { style, composer, piece }
        const reference = await session.api.corpus.import({
          ...sourceOf(sources.map((source) => resolve(source))),
          ...storageOf(options),
          ...(options.csv === undefined ? {} : { csv: resolve(options.csv) }),
          ...(levels === undefined ? {} : { levels: [...levels] }),
          ...(Object.values(place).every((name) => name === undefined) ? {} : { place }),
          ...(dpi === undefined ? {} : { drawnDpi: dpi }),
        })
        await session.console.result(await follow(session, reference), describeImport)
      }, options),
    )
}

/** One path that is no file is a folder, or is said not to be one. */
function sourceOf(paths: readonly string[]): { folder: string } | { files: string[] } {
  const [only] = paths
  const isFile = only !== undefined && (statSync(only, { throwIfNoEntry: false })?.isFile() ?? false)
  return only !== undefined && paths.length === 1 && !isFile ? { folder: only } : { files: [...paths] }
}

function storageOf({ copy, link }: ImportOptions): { storage?: StorageChoice } {
  if (copy === true && link === true)
    throw new UsageError('--copy and --link exclude each other: choose one, or leave both out.')
  if (copy === true) return { storage: 'copy' }
  return link === true ? { storage: 'link' } : {}
}

function levelsOf(text: string): readonly FolderLevel[] {
  const levels = text.split(',').map((level) => level.trim())
  const isLevel = (level: string): level is FolderLevel => LEVELS.includes(level)
  if (!levels.every(isLevel))
    throw new InvalidArgumentError(`Expected a list of style, composer, piece and -, received "${text}".`)
  return levels
}

export function describeImport(report: ImportReport): readonly string[] {
  const { styles, composers, pieces, pages, added, skipped, refused, seconds } = report
  return [
    `${pages} pages of ${pieces} pieces by ${composers} composers in ${styles} styles`,
    `${added} added, ${skipped} already there, ${refused.length} refused, in ${seconds.toFixed(1)} s`,
    ...refused.map(({ file, reason }) => `Refused ${file}: ${reason}`),
  ]
}
