import { resolve } from 'node:path'
import type { AmissFile, CheckReport, FindReport, RelinkReport } from '@shared/domain/files'
import { follow, openProject, type Session } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

interface Options {
  readonly lookIn?: string
  readonly relink?: boolean
  readonly json?: boolean
}

/** What one call did and what is still amiss after it. */
interface FilesAnswer {
  readonly check: CheckReport
  readonly find: FindReport | null
  readonly relink: RelinkReport | null
  readonly amiss: readonly AmissFile[]
}

export const addFiles: AddCommand = (program, run) => {
  program
    .command('files')
    .description(
      "say which pages' files are missing or changed, look for them elsewhere, and link to them anew",
    )
    .argument('<project>')
    .option('--look-in <folder>', 'look there for files with the same bytes, else with the same name')
    .option('--relink', 'link to every file that was found with the same bytes')
    .option(...JSON_OPTION)
    .action((project: string, options: Options) =>
      run(async (session) => {
        await openProject(session, project)
        await session.console.result(await look(session, options), describe)
      }, options),
    )
}

async function look(session: Session, { lookIn, relink }: Options): Promise<FilesAnswer> {
  const { files } = session.api
  const check = await follow(session, await files.check())
  const find =
    lookIn === undefined ? null : await follow(session, await files.find({ folder: resolve(lookIn) }))
  const { amiss } = await files.overview()
  const same = amiss.flatMap(({ proposals }) => proposals.slice(0, 1)).filter(({ sameBytes }) => sameBytes)
  if (relink !== true || same.length === 0) return { check, find, relink: null, amiss }
  const relinked = await files.relink({ proposals: same.map(({ id }) => id) })
  return { check, find, relink: relinked, amiss: (await files.overview()).amiss }
}

function describe({ check, find, relink, amiss }: FilesAnswer): readonly string[] {
  const { files, pages, missing, changed, seconds } = check
  return [
    `${files} files of ${pages} pages: ${missing} missing, ${changed} changed, looked at in ${seconds.toFixed(1)} s`,
    ...(find === null
      ? []
      : [
          `Looked at ${find.looked} files in ${find.folder}: ${find.sameBytes} found by their bytes, ${find.sameName} by name only, ${find.notFound} not found`,
        ]),
    ...(relink === null
      ? []
      : [
          `${relink.files} files of ${relink.pages} pages are linked anew`,
          ...relink.left.map(({ file, reason }) => `Left: ${file}: ${reason}`),
        ]),
    ...amiss.flatMap(({ state, path, proposals }) => [
      `${state}\t${path}`,
      ...proposals.map((found) => `\t${found.sameBytes ? 'same bytes' : 'same name'}\t${found.path}`),
    ]),
  ]
}
