/** Folders of a project that are imported again by themselves while it is open. */
import { basename } from 'node:path'
import type { LocalApi } from '@shared/api'
import type { ImportReport } from '@shared/domain/page'
import type { Clock, JobContext, Jobs, OpenProject, ProjectAccess } from '../../ports'
import { importableFolder, type ImportRequest } from '../import'
import {
  addWatched,
  noteOutcome,
  pauseWatched,
  readWatched,
  removeWatched,
  watchedFolder,
} from './watched-records'
import { WatchedImport, type WatchKeeper, type WatchTimes } from './watched-import'

const TIMES: WatchTimes = { settleMs: 2_000, scanMs: 60_000 }

export interface WatchingDependencies {
  readonly projects: ProjectAccess
  readonly jobs: Jobs
  readonly clock: Clock
  readonly importFolder: (request: ImportRequest, context: JobContext) => Promise<ImportReport>
  /** The list is kept either way; folders are only watched where somebody stays with the project. */
  readonly enabled: boolean
  readonly times?: WatchTimes
  readonly log: (line: string) => void
}

type Verbs = 'watched' | 'watch' | 'pauseWatching' | 'unwatch'

export function createWatching(deps: WatchingDependencies): { readonly api: Pick<LocalApi['files'], Verbs> } {
  const { projects } = deps
  const tower = new WatchTower(deps)
  if (deps.enabled) {
    projects.onOpened((project) => {
      tower.open(project)
    })
    projects.onClosing(() => tower.close())
  }
  const database = () => projects.required().database
  const watched = () => readWatched(database()).map(watchedFolder)
  const changed = () => {
    tower.follow()
    return watched()
  }
  return {
    api: {
      watched,
      watch: ({ folder, ...choices }) => {
        addWatched(database(), importableFolder(folder), choices)
        return changed()
      },
      pauseWatching: ({ id, paused }) => {
        pauseWatched(database(), id, paused)
        return changed()
      },
      unwatch: ({ id }) => {
        removeWatched(database(), id)
        return changed()
      },
    },
  }
}

/** Watches what the list of the open project says. */
class WatchTower {
  private project: OpenProject | null = null
  private readonly watching = new Map<number, WatchedImport>()

  constructor(private readonly deps: WatchingDependencies) {}

  open(project: OpenProject): void {
    this.project = project
    this.begin(project)
  }

  async close(): Promise<void> {
    this.project = null
    await this.end([...this.watching.values()])
  }

  /** After a change of the list: those that are paused or gone end, those that are new begin. */
  follow(): void {
    const { project } = this
    if (project === null) return
    const wanted = new Set(activeRows(project).map(({ id }) => id))
    // An import that is under way is not waited for: it ends as any other.
    void this.end([...this.watching.values()].filter(({ id }) => !wanted.has(id)))
    this.begin(project)
  }

  private begin(project: OpenProject): void {
    const { times = TIMES } = this.deps
    for (const { id, folder } of activeRows(project)) {
      const known = this.watching.get(id)
      if (known !== undefined) known.stir()
      else this.watching.set(id, new WatchedImport(id, { folder, keeper: this.keeper(project), times }))
    }
  }

  private async end(watched: readonly WatchedImport[]): Promise<void> {
    for (const { id } of watched) this.watching.delete(id)
    await Promise.all(watched.map((one) => one.close()))
  }

  private keeper(project: OpenProject): WatchKeeper {
    const { clock, jobs, log, projects } = this.deps
    const { database } = project
    return {
      row: (id) => readWatched(database).find((row) => row.id === id) ?? null,
      isFree: () => {
        try {
          jobs.requireFree('import')
          return true
        } catch {
          return false
        }
      },
      importFolder: async (row) => {
        const { added, refused } = await this.import(row.folder, { ...row.choices, folder: row.folder })
        return { added, refused: refused.length }
      },
      note: (id, outcome) => {
        if (noteOutcome(database, id, outcome)) projects.announceChange()
      },
      pause: (id) => {
        pauseWatched(database, id, true)
        projects.announceChange()
        this.follow()
      },
      now: () => clock.now(),
      log,
    }
  }

  private async import(folder: string, request: ImportRequest): Promise<ImportReport> {
    const { jobs, importFolder } = this.deps
    const reference = jobs.start(
      'import',
      { label: `Importing ${basename(folder)}`, subject: folder },
      (context) => importFolder({ ...request, byItself: true }, context),
    )
    return await jobs.wait(reference)
  }
}

const activeRows = ({ database }: OpenProject) => readWatched(database).filter(({ paused }) => !paused)
