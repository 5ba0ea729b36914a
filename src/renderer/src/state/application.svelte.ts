/**
 * All that the window knows, made once from a connection. Views reach it with `useApplication()`; components never do.
 */
import { createContext, tick } from 'svelte'
import type { RemoteApi } from '@shared/api'
import type { EngineState, HostCommand } from '@shared/bridge'
import type { Job } from '@shared/domain/job'
import type { ProjectSummary } from '@shared/domain/project'
import type { Connection } from '../api'
import { FolderPrompt } from './folder-prompt.svelte'
import { JobsState } from './jobs.svelte'
import { NavigationState } from './navigation.svelte'
import { ProjectState } from './project.svelte'
import { RepairState } from './repair.svelte'
import { ThemeState } from './theme.svelte'
import { Toasts } from './toasts.svelte'

/** Dialogs that the menu can open as well as a button. */
export type Prompt = 'import' | 'help'

export class Application {
  readonly api: RemoteApi
  readonly toasts: Toasts
  readonly theme: ThemeState
  readonly navigation: NavigationState
  readonly jobs: JobsState
  readonly project: ProjectState
  readonly repair: RepairState
  readonly folders: FolderPrompt
  readonly #states = new Map<string, { readonly state: unknown; readonly dispose: () => void }>()
  #generation = $state(0)
  #prompt = $state<Prompt | null>(null)
  #engine = $state.raw<EngineState>({ state: 'starting', sentence: null })

  constructor(
    readonly connection: Connection,
    storage: Storage = localStorage,
  ) {
    this.api = connection.api
    this.toasts = new Toasts()
    this.theme = new ThemeState(storage, (choice) => connection.host.setTheme(choice))
    this.navigation = new NavigationState(storage)
    this.jobs = new JobsState(connection, this.toasts)
    this.project = new ProjectState(connection, storage)
    this.repair = new RepairState(connection)
    this.folders = new FolderPrompt(this)
    this.jobs.onEnded((job) => this.jobEnded(job))
    this.project.onDamaged = (folder, sentence) => this.repair.show(folder, sentence)
    this.repair.onOpen = (folder) => void this.project.open(folder)
    this.project.onChanged = (project, remembered) => this.projectChanged(project, remembered)
  }

  /** Whether the engine can be asked now, and what to do where it cannot. */
  get engine(): EngineState {
    return this.#engine
  }

  /** Counts how often everything on screen became old: another project, another engine. Views are keyed by it. */
  get generation(): number {
    return this.#generation
  }

  /** The dialog that is open. */
  get prompt(): Prompt | null {
    return this.#prompt
  }

  /** Asks the engine for what a window needs first, and listens to what surrounds the page. */
  start(): void {
    const { host } = this.connection
    host.onEngineState((state) => this.engineChanged(state))
    host.onCommand((command) => this.command(command))
    void this.project.start().then(() => {
      if (this.project.current === null) this.navigation.go('start')
    })
  }

  /**
   * A screen's own state: made at the screen's first show, kept while other screens are shown, and made anew for
   * another project. `key` is the screen's name.
   */
  stateOf<State>(key: string, make: (application: Application) => State): State {
    const kept = this.#states.get(key)
    // The key belongs to one class: whoever asks for it made it.
    if (kept !== undefined) return kept.state as State
    // In a root of its own: what is derived in it must outlive the view that happened to ask first.
    let state: State | undefined
    const dispose = $effect.root(() => {
      state = make(this)
    })
    this.#states.set(key, { state, dispose })
    return state as State
  }

  ask(prompt: Prompt): void {
    if (prompt === 'import' && this.navigation.screen !== 'corpus') this.navigation.go('corpus')
    this.#prompt = prompt
  }

  dismissPrompt(): void {
    this.#prompt = null
  }

  private command(command: HostCommand): void {
    switch (command.command) {
      case 'new-project':
      case 'open-project':
        void this.folders.ask(command.command)
        break
      case 'open-folder':
        void this.project.open(command.folder)
        break
      case 'close-project':
        void this.project.close()
        break
      case 'theme':
        this.theme.choose(command.theme)
        break
      default:
        this.ask(command.command)
    }
  }

  private engineChanged(state: EngineState): void {
    const returned = this.#engine.state === 'restarting' && state.state === 'ready'
    this.#engine = state
    // What is on screen may be old after a restart: every screen asks again.
    if (returned) void this.comeBack()
  }

  /** The new engine has no project open and runs nothing: open it again, then let every screen ask. */
  private async comeBack(): Promise<void> {
    await this.project.start()
    this.jobs.reset()
    if (this.project.current !== null) this.jobs.load()
    this.refresh()
  }

  private jobEnded(job: Job): void {
    if (job.kind === 'demo' && job.status === 'finished')
      this.toasts.say('The demo is ready: its pages, samples, model and filters can be looked at.', 'good')
  }

  private refresh(): void {
    const old = [...this.#states.values()]
    this.#states.clear()
    this.#generation += 1
    // The views of before are taken down first: they still read what is let go here.
    void tick().then(() => {
      for (const { dispose } of old) dispose()
    })
  }

  private projectChanged(project: ProjectSummary | null, remembered: boolean): void {
    this.refresh()
    this.jobs.forget()
    if (project !== null) this.jobs.load()
    if (!remembered) this.navigation.forget()
    if (project === null) this.navigation.go('start')
    // Who has gone on to another screen while the project was opened stays there.
    else if (!remembered && !this.project.demonstrating && this.navigation.screen === 'start')
      this.navigation.go('corpus')
  }
}

export const [useApplication, provideApplication] = createContext<Application>()
