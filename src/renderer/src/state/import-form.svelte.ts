/** What to import and how, until it is started. */
import type { Application } from './application.svelte'
import { describeFailure, type Failure } from './failure'

export type StorageChoice = 'link' | 'copy'

export class ImportForm {
  #folder = $state('')
  #list = $state('')
  #storage = $state<StorageChoice>('link')
  #starting = $state(false)
  #failure = $state.raw<Failure | null>(null)

  constructor(private readonly application: Application) {}

  get folder(): string {
    return this.#folder
  }

  /** Path of a CSV that describes the pages; empty for the corpus.csv in the folder, if there is one. */
  get list(): string {
    return this.#list
  }

  get storage(): StorageChoice {
    return this.#storage
  }

  get starting(): boolean {
    return this.#starting
  }

  get failure(): Failure | null {
    return this.#failure
  }

  get canStart(): boolean {
    return this.#folder.trim() !== '' && !this.#starting
  }

  /** The system's folder dialog can be shown; where not, the path is typed. */
  get canChoose(): boolean {
    return this.application.connection.host.chooseFolder !== null
  }

  setFolder(folder: string): void {
    this.#folder = folder
    this.#failure = null
  }

  setList(list: string): void {
    this.#list = list
  }

  setStorage(storage: StorageChoice): void {
    this.#storage = storage
  }

  async chooseFolder(): Promise<void> {
    const folder = await this.application.connection.host.chooseFolder?.('import')
    if (typeof folder === 'string') this.setFolder(folder)
  }

  /** Starts the import; the dialog closes, the job goes on in the bar at the bottom. */
  async start(): Promise<void> {
    if (!this.canStart) return
    this.#starting = true
    this.#failure = null
    const csv = this.#list.trim()
    try {
      await this.application.api.corpus.import({
        folder: this.#folder.trim(),
        storage: this.#storage,
        ...(csv === '' ? {} : { csv }),
      })
      this.application.dismissPrompt()
      this.#folder = ''
    } catch (error) {
      this.#failure = describeFailure(error)
    } finally {
      this.#starting = false
    }
  }
}
