/** Repairing a project: what is wrong, which copies there are, what was chosen, and what became of it. */
import type { CatalogueCopies, CatalogueCopy, RepairReport } from '@shared/domain/repair'
import type { Connection } from '../api'
import { describeFailure, type Failure } from './failure'
import { Loadable } from './loadable.svelte'

/** A copy by name, or what can be read of the catalogue. */
export type RepairChoice = { readonly backup: string } | 'recover'

export class RepairState {
  readonly copies = new Loadable<CatalogueCopies>()
  #folder = $state<string | null>(null)
  #problem = $state<string | null>(null)
  #choice = $state.raw<RepairChoice | null>(null)
  #working = $state<RepairChoice | 'copy' | null>(null)
  #failure = $state.raw<Failure | null>(null)
  #report = $state.raw<RepairReport | null>(null)
  /** Called with the folder when a repaired project is to be opened. */
  onOpen: (folder: string) => void = () => undefined

  constructor(private readonly connection: Connection) {}

  /** The project that is being looked at; null while the dialog is closed. */
  get folder(): string | null {
    return this.#folder
  }

  /** Why the project could not be opened; null where it is open and only its copies are looked at. */
  get problem(): string | null {
    return this.#problem
  }

  /** Newest first. */
  get usable(): readonly CatalogueCopy[] {
    return this.copies.value?.backups.filter((copy) => copy.problem === null) ?? []
  }

  get unusable(): readonly CatalogueCopy[] {
    return this.copies.value?.backups.filter((copy) => copy.problem !== null) ?? []
  }

  /** What is chosen; the newest usable copy until something is. */
  get choice(): RepairChoice | null {
    const [newest] = this.usable
    if (this.#choice !== null) return this.#choice
    if (newest !== undefined) return { backup: newest.name }
    return this.copies.value?.recoverable === true ? 'recover' : null
  }

  /** What is going on: a repair, or a copy being made. */
  get working(): RepairChoice | 'copy' | null {
    return this.#working
  }

  get failure(): Failure | null {
    return this.#failure
  }

  get report(): RepairReport | null {
    return this.#report
  }

  /** `problem` says why the project could not be opened; null for one that is open. */
  show(folder: string, problem: string | null): void {
    this.#folder = folder
    this.#problem = problem
    this.#choice = null
    this.#failure = null
    this.#report = null
    this.copies.reset()
    void this.copies.load((signal) => this.connection.api.project.backups({ folder }, { signal }))
  }

  choose(choice: RepairChoice): void {
    this.#choice = choice
  }

  isChosen(choice: RepairChoice): boolean {
    const { choice: chosen } = this
    if (chosen === null || chosen === 'recover' || choice === 'recover') return chosen === choice
    return chosen.backup === choice.backup
  }

  /** Makes a copy of the open project now. */
  backUp(): Promise<void> {
    return this.work('copy', async () => {
      this.copies.set(await this.connection.api.project.backUp())
    })
  }

  repair(): Promise<void> {
    const { choice: how } = this
    const folder = this.#folder
    if (how === null || folder === null) return Promise.resolve()
    return this.work(how, async () => {
      this.#report = await this.connection.api.project.repair({ folder, how })
    })
  }

  /** Opens what was repaired. */
  open(): void {
    const folder = this.#folder
    this.dismiss()
    if (folder !== null) this.onOpen(folder)
  }

  dismiss(): void {
    if (this.#working === null) this.#folder = null
  }

  private async work(what: RepairChoice | 'copy', verb: () => Promise<void>): Promise<void> {
    if (this.#working !== null) return
    this.#working = what
    this.#failure = null
    try {
      await verb()
    } catch (error) {
      this.#failure = describeFailure(error)
    } finally {
      this.#working = null
    }
  }
}
