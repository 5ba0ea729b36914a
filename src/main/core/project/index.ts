/** Projects: one folder ending in .scorescope, opened by one process at a time. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { LocalApi } from '@shared/api'
import type { ProjectSummary } from '@shared/domain/project'
import type { CatalogueCopies, RepairReport } from '@shared/domain/repair'
import { AppError } from '@shared/errors'
import type { RequestOutput } from '@shared/requests'
import { refusingFailedWrites } from '../../storage/write-problem'
import type { Clock, Emit, OpenProject, ProjectAccess } from '../ports'
import { backUpCatalogue } from './backups'
import { CATALOGUE_FILE, explain, inspectCatalogue, openCatalogue } from './catalogue'
import { CATALOGUE_ENDINGS } from './catalogue-endings'
import { lockProject, type ProjectLock } from './lock'
import { makeProjectFolder, projectFolder, projectName, sweepProject } from './project-folder'
import { readCopies, repairCatalogue } from './repair'
import { createRecentProjects, type RecentProjects } from './recent-projects'
import type { Log } from './slow-queries'
import { readFact, summarize, writeFact } from './summary'

export interface ProjectsDependencies {
  /** Where the list of recent projects is kept. */
  readonly settingsFolder: string
  readonly clock: Clock
  readonly emit: Emit
  /** Of this program; recorded in the projects it makes. */
  readonly version: string
  /** Told about slow queries and things put aside; standard error where it is left out. */
  readonly log?: Log
}

export interface Projects {
  readonly access: ProjectAccess
  readonly api: Omit<LocalApi['project'], 'demo'>
  /** Marks the open project as made from the engraved demo corpus. */
  markSynthetic(): void
  /**
   * A failure as what it means for the open project: a failed write and damage become sentences of their own, and have
   * the catalogue looked over when it is next opened.
   */
  explain(error: unknown): unknown
  /** Closes the open project, if there is one. */
  close(): Promise<void>
}

/** A project that is open, with what it takes to close it. */
interface Session {
  readonly project: OpenProject
  readonly lock: ProjectLock
  /** Reading or writing the catalogue failed: look it over at the next opening, though it was closed in order. */
  doubtful?: boolean
}

type Listener<Result> = (project: OpenProject) => Result

export function createProjects(deps: ProjectsDependencies): Projects {
  const log = deps.log ?? ((line) => console.warn(line))
  const shelf = new ProjectShelf({ ...deps, log }, createRecentProjects(deps.settingsFolder, log))
  const { recent } = shelf
  return {
    access: shelf.access,
    api: {
      create: ({ folder }) => shelf.inTurn(() => shelf.create(folder)),
      open: ({ folder }) => shelf.inTurn(() => shelf.open(folder)),
      close: () => shelf.inTurn(() => shelf.close()).then(() => null),
      current: () => shelf.summary(),
      backups: ({ folder }) => readCopies(projectFolder(folder)),
      backUp: () => shelf.inTurn(() => shelf.backUp()),
      repair: ({ folder, how }) => shelf.inTurn(() => shelf.repair(folder, how)),
      recent: () => recent.list(),
      forget: ({ folder }) => {
        refusingFailedWrites(deps.settingsFolder, () => {
          recent.forget(folder)
        })
        return recent.list()
      },
    },
    markSynthetic: () => {
      writeFact(shelf.access.required().database, 'synthetic', 'true')
      shelf.access.announceChange()
    },
    explain: (error) => shelf.explain(error),
    close: () => shelf.inTurn(() => shelf.close()),
  }
}

/** Holds the one open project. */
class ProjectShelf {
  private session: Session | null = null
  private turn: Promise<unknown> = Promise.resolve()
  private readonly openedListeners: Listener<void>[] = []
  private readonly closingListeners: Listener<Promise<void>>[] = []

  constructor(
    private readonly deps: ProjectsDependencies & { readonly log: Log },
    readonly recent: RecentProjects,
  ) {}

  readonly access: ProjectAccess = {
    required: () => {
      if (this.session === null) throw AppError.of('project/none-open', {})
      return this.session.project
    },
    current: () => this.session?.project ?? null,
    onOpened: (listener) => void this.openedListeners.push(listener),
    onClosing: (listener) => void this.closingListeners.push(listener),
    announceChange: () => {
      this.deps.emit('project/changed', this.summary())
    },
  }

  /** Opening and closing wait for one another. */
  inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(action)
    this.turn = result.catch(() => undefined)
    return result
  }

  summary(): ProjectSummary | null {
    return this.session === null ? null : summarize(this.session.project)
  }

  async create(given: string): Promise<ProjectSummary> {
    const folder = projectFolder(given)
    makeProjectFolder(folder)
    return await this.change(folder, () => {
      try {
        return this.begin(folder)
      } catch (error) {
        // Nothing was in it yet; leaving it would have the next try refused.
        for (const ending of CATALOGUE_ENDINGS)
          rmSync(join(folder, `${CATALOGUE_FILE}${ending}`), { force: true })
        throw error
      }
    })
  }

  async open(given: string): Promise<ProjectSummary> {
    const folder = projectFolder(given)
    if (this.session?.project.folder === folder) return summarize(this.session.project)
    inspectCatalogue(folder)
    return await this.change(folder, () => this.begin(folder))
  }

  async close(): Promise<void> {
    if (this.session === null) return
    await this.end(this.session)
    this.deps.emit('project/changed', null)
  }

  backUp(): Promise<CatalogueCopies> {
    const { folder, database } = this.access.required()
    refusingFailedWrites(folder, () => backUpCatalogue(database, folder, this.deps.clock))
    return Promise.resolve(readCopies(folder))
  }

  /** @throws AppError project/locked, and what repairCatalogue says */
  async repair(given: string, how: RequestOutput<'project', 'repair'>['how']): Promise<RepairReport> {
    const folder = projectFolder(given)
    // Says that there is no project before anything is closed or locked.
    readCopies(folder)
    if (this.session?.project.folder === folder) await this.close()
    const lock = refusingFailedWrites(folder, () => lockProject(folder, this.deps.clock))
    try {
      const report = refusingFailedWrites(folder, () => repairCatalogue(folder, how, this.deps.clock))
      lock.release()
      return report
    } catch (error) {
      lock.releaseUnchecked()
      throw error
    }
  }

  explain(error: unknown): unknown {
    if (this.session === null) return error
    const explained = explain(error, this.session.project.folder)
    if (explained !== error) this.session.doubtful = true
    return explained
  }

  /** The project that was open is closed only once the other one is known to open. */
  private async change(folder: string, begin: () => Session): Promise<ProjectSummary> {
    const next = begin()
    if (this.session !== null) await this.end(this.session)
    this.session = next
    try {
      for (const listener of this.openedListeners) listener(next.project)
    } catch (error) {
      const explained = this.explain(error)
      await this.end(next)
      throw explained
    }
    this.remember(folder)
    const summary = summarize(next.project)
    this.deps.emit('project/changed', summary)
    return summary
  }

  private begin(folder: string): Session {
    const { clock, log, version } = this.deps
    const lock = refusingFailedWrites(folder, () => lockProject(folder, clock))
    try {
      sweepProject(folder)
      const database = openCatalogue(folder, { clock, log, unclean: lock.recovered })
      if (readFact(database, 'created_at') === null) {
        writeFact(database, 'created_at', clock.now().toISOString())
        writeFact(database, 'created_by', `Scorescope ${version}`)
      }
      const path = (...parts: readonly string[]): string => join(folder, ...parts)
      return { lock, project: { folder, name: projectName(folder), database, path } }
    } catch (error) {
      const explained = explain(error, folder)
      if (lock.recovered || explained !== error) lock.releaseUnchecked()
      else lock.release()
      throw explained
    }
  }

  private async end(session: Session): Promise<void> {
    const { project, lock } = session
    const outcomes = await Promise.allSettled(this.closingListeners.map((listener) => listener(project)))
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        this.deps.log(`Closing ${project.name} met a problem: ${describe(outcome.reason)}`)
    this.session = null
    try {
      project.database.close()
    } finally {
      if (session.doubtful === true) lock.releaseUnchecked()
      else lock.release()
    }
  }

  private remember(folder: string): void {
    const openedAt = this.deps.clock.now().toISOString()
    try {
      this.recent.remember({ folder, name: projectName(folder), openedAt })
    } catch (error) {
      // The project is open all the same; only the list on the start screen is older.
      this.deps.log(`The list of recent projects could not be written: ${String(error)}`)
    }
  }
}

function describe(problem: unknown): string {
  return problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)
}
