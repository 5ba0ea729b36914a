/** Asking for a project's folder: with the system's dialog where there is one, else by typing its path. */
import type { FolderPurpose } from '@shared/bridge'
import type { Application } from './application.svelte'

export type FolderVerb = Extract<FolderPurpose, 'new-project' | 'open-project' | 'demo'>

const ENDING = '.scorescope'

export class FolderPrompt {
  #verb = $state<FolderVerb | null>(null)
  #path = $state('')

  constructor(private readonly application: Application) {}

  /** What the typed path is for; null while nothing is asked. */
  get verb(): FolderVerb | null {
    return this.#verb
  }

  get path(): string {
    return this.#path
  }

  /** The folder that the path means: a new project's ending is added where it is missing. */
  get folder(): string {
    const path = this.#path.trim().replace(/[/\\]+$/, '')
    return this.#verb === 'open-project' || path === '' || path.endsWith(ENDING) ? path : path + ENDING
  }

  async ask(verb: FolderVerb): Promise<void> {
    const { chooseFolder } = this.application.connection.host
    if (chooseFolder === null) {
      this.#path = ''
      this.#verb = verb
      return
    }
    const folder = await chooseFolder(verb)
    if (folder !== null) await this.go(verb, folder)
  }

  type(path: string): void {
    this.#path = path
    this.application.project.dismissFailure()
  }

  dismiss(): void {
    this.#verb = null
    this.application.project.dismissFailure()
  }

  /** Goes on with the typed path; stays open with the reason where that does not work. */
  async accept(): Promise<void> {
    if (this.#verb === null || this.folder === '') return
    await this.go(this.#verb, this.folder)
    if (this.application.project.failure === null) this.#verb = null
  }

  private go(verb: FolderVerb, folder: string): Promise<void> {
    const { project } = this.application
    if (verb === 'new-project') return project.create(folder)
    return verb === 'open-project' ? project.open(folder) : project.demo(folder)
  }
}
