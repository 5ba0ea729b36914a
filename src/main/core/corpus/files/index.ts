/** The files of pages: looking for them, finding them again, taking new versions, link or copy. */
import type { LocalApi } from '@shared/api'
import type { FilesOverview } from '@shared/domain/files'
import { freeDiskBytes } from '../../../storage/free-space'
import { isClosing, ProjectClosing } from '../../interruption'
import type { Clock, Jobs, ProjectAccess } from '../../ports'
import { importableFolder } from '../import'
import type { PictureDecoder } from '../picture-decoder'
import { readStorageChoice, writeStorageChoice } from '../storage-choice'
import { checkFiles } from './check'
import { consolidateFiles } from './consolidate'
import { readAmiss, readKept } from './file-records'
import { findFiles } from './find'
import { relinkFiles } from './relink'
import { renewFiles, requireRenewable } from './renew'

export interface FilesDependencies {
  readonly projects: ProjectAccess
  readonly jobs: Jobs
  readonly clock: Clock
  readonly decoder: PictureDecoder
  /** Looks at all files whenever a project opens, beside everything else. */
  readonly lookWhenOpened: boolean
  readonly log: (line: string) => void
}

type Verbs = 'overview' | 'check' | 'find' | 'relink' | 'renew' | 'setStorage' | 'consolidate'

export function createFiles(deps: FilesDependencies): { readonly api: Pick<LocalApi['files'], Verbs> } {
  const { projects, jobs, clock, decoder } = deps
  const onNoticed = (): void => {
    projects.announceChange()
  }
  if (deps.lookWhenOpened) lookWhenOpened(deps, onNoticed)
  const database = () => projects.required().database
  const overview = (): FilesOverview => {
    const project = projects.required()
    return {
      storage: readStorageChoice(project.database),
      ...readKept(project.database),
      freeBytes: freeDiskBytes(project.folder),
      amiss: readAmiss(project),
    }
  }
  const label = "Looking for the pages' files"
  return {
    api: {
      overview,
      check: () =>
        jobs.start('check-files', { label, subject: null }, (context) =>
          checkFiles(projects.required(), context, { clock, onNoticed }),
        ),
      find: ({ folder: given }) => {
        const folder = importableFolder(given)
        return jobs.start('find-files', { label: 'Looking for moved files', subject: folder }, (context) =>
          findFiles(projects.required(), folder, { context, clock }),
        )
      },
      relink: async ({ proposals }) => {
        jobs.requireFree('check-files')
        const report = await relinkFiles(projects.required(), proposals)
        onNoticed()
        return report
      },
      renew: ({ files }) => {
        for (const file of files) requireRenewable(projects.required(), file)
        return jobs.start('renew-files', { label: 'Taking new versions', subject: null }, async (context) => {
          const report = await renewFiles(files, { project: projects.required(), context, decoder, clock })
          onNoticed()
          return report
        })
      },
      setStorage: ({ storage }) => {
        writeStorageChoice(database(), storage)
        return overview()
      },
      consolidate: ({ to }) => {
        const words = to === 'copy' ? 'Copying pages into the project' : 'Linking to the originals'
        const reference = jobs.start('consolidate', { label: words, subject: null }, (context) =>
          consolidateFiles(to, { project: projects.required(), context, clock, onNoticed }),
        )
        writeStorageChoice(database(), to)
        return reference
      },
    },
  }
}

/** Not a job: nobody asked for it, and nothing waits for it. */
function lookWhenOpened({ projects, clock, log }: FilesDependencies, onNoticed: () => void): void {
  let ending = new AbortController()
  let looking: Promise<unknown> = Promise.resolve()
  projects.onOpened((project) => {
    const { signal } = (ending = new AbortController())
    looking = checkFiles(project, { signal, progress: () => undefined }, { clock, onNoticed }).catch(
      (error: unknown) => {
        if (!isClosing(signal)) log(`Looking for the pages' files met a problem: ${String(error)}`)
      },
    )
  })
  projects.onClosing(async () => {
    ending.abort(new ProjectClosing())
    await looking
  })
}
