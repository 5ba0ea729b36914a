/** The open project, the recent ones, and what this machine can do. */
import type { ProjectSummary, RecentProject } from '@shared/domain/project'
import type { DoctorReport } from '@shared/domain/system'
import { AppError } from '@shared/errors'
import type { Connection } from '../api'
import { describeFailure, type Failure } from './failure'
import { Loadable } from './loadable.svelte'

const KEY = 'scorescope.project'

export type ProjectStatus = 'starting' | 'closed' | 'opening' | 'open'

export class ProjectState {
  readonly recent = new Loadable<readonly RecentProject[]>()
  readonly doctor = new Loadable<DoctorReport>()
  #status = $state<ProjectStatus>('starting')
  #current = $state.raw<ProjectSummary | null>(null)
  #failure = $state.raw<Failure | null>(null)
  #demonstrating = $state(false)
  /** Called when another project is open, or none; `remembered` when it is the one that was open last. */
  onChanged: (project: ProjectSummary | null, remembered: boolean) => void = () => undefined
  /** Called when a project cannot be opened because it is damaged, with its folder and the sentence that says so. */
  onDamaged: (folder: string, sentence: string) => void = () => undefined

  constructor(
    private readonly connection: Connection,
    private readonly storage: Storage,
  ) {
    connection.on('project/changed', (project) => this.show(project))
  }

  get status(): ProjectStatus {
    return this.#status
  }

  get current(): ProjectSummary | null {
    return this.#current
  }

  /** Why opening, creating or the demo did not work; null once something else is tried. */
  get failure(): Failure | null {
    return this.#failure
  }

  /** The demo was asked for and its project is being made. */
  get demonstrating(): boolean {
    return this.#demonstrating
  }

  /** At the window's start: what the engine has open, else what was open last. */
  async start(): Promise<void> {
    void this.doctor.load((signal) => this.connection.api.system.doctor(undefined, { signal }))
    const recent = await this.recent.load((signal) =>
      this.connection.api.project.recent(undefined, { signal }),
    )
    await this.attempt('starting', async () => {
      const open = await this.connection.api.project.current()
      const last = this.storage.getItem(KEY)
      if (open !== null || last === null) return open
      const there = recent?.some((project) => project.folder === last && project.exists) ?? false
      return there ? await this.connection.api.project.open({ folder: last }) : null
    })
  }

  open(folder: string): Promise<void> {
    return this.attempt('opening', () => this.connection.api.project.open({ folder }))
  }

  create(folder: string): Promise<void> {
    return this.attempt('opening', () => this.connection.api.project.create({ folder }))
  }

  /** Engraves the demo corpus into a new project; how far it is shows among the running jobs. */
  async demo(folder: string): Promise<void> {
    this.#demonstrating = true
    await this.attempt('opening', async () => {
      await this.connection.api.project.demo({ folder })
      return await this.connection.api.project.current()
    })
    this.#demonstrating = false
  }

  close(): Promise<void> {
    return this.attempt('opening', () => this.connection.api.project.close())
  }

  forget(folder: string): void {
    void this.recent.load((signal) => this.connection.api.project.forget({ folder }, { signal }))
  }

  dismissFailure(): void {
    this.#failure = null
  }

  private async attempt(status: ProjectStatus, verb: () => Promise<ProjectSummary | null>): Promise<void> {
    this.#failure = null
    this.#status = status
    try {
      this.show(await verb())
      void this.recent.load((signal) => this.connection.api.project.recent(undefined, { signal }))
    } catch (error) {
      const damaged = damagedFolder(error)
      if (damaged === null) this.#failure = describeFailure(error)
      else this.onDamaged(damaged, describeFailure(error)?.message ?? '')
      this.#status = this.#current === null ? 'closed' : 'open'
    }
  }

  private show(project: ProjectSummary | null): void {
    const another = project?.folder !== this.#current?.folder
    const remembered = this.storage.getItem(KEY) === (project?.folder ?? null)
    this.#current = project
    this.#status = project === null ? 'closed' : 'open'
    if (project === null) this.storage.removeItem(KEY)
    else this.storage.setItem(KEY, project.folder)
    if (another) this.onChanged(project, remembered)
  }
}

/** The project that a failure says is damaged. */
function damagedFolder(error: unknown): string | null {
  if (!(error instanceof AppError) || error.code !== 'project/damaged') return null
  const { folder } = error.details
  return typeof folder === 'string' ? folder : null
}
