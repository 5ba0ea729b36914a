/** How samples are to be drawn, until drawing starts: the study's choices at first. */
import type { Application } from './application.svelte'
import { describeFailure, type Failure } from './failure'

export interface DrawChoices {
  readonly name: string
  readonly perPage: number
  readonly size: number
  readonly whiteness: number
  readonly triesPerPage: number
  readonly seed: number
}

/** Five crops of 448 pixels per page, none whiter than .9 (the study, §3). */
export const STUDY_CHOICES: DrawChoices = {
  name: '',
  perPage: 5,
  size: 448,
  whiteness: 0.9,
  triesPerPage: 500,
  seed: 1,
}

export class DrawForm {
  #choices = $state.raw<DrawChoices>(STUDY_CHOICES)
  #refused = $state.raw<ReadonlySet<keyof DrawChoices>>(new Set())
  #open = $state(false)
  #starting = $state(false)
  #failure = $state.raw<Failure | null>(null)

  constructor(private readonly application: Application) {}

  get choices(): DrawChoices {
    return this.#choices
  }

  get open(): boolean {
    return this.#open
  }

  get failure(): Failure | null {
    return this.#failure
  }

  get canStart(): boolean {
    return this.#refused.size === 0 && !this.#starting
  }

  /** How many crops the choices give at most. */
  get expected(): number {
    return this.#choices.perPage * (this.application.project.current?.counts.pages ?? 0)
  }

  show(): void {
    this.#failure = null
    this.#refused = new Set()
    this.#open = true
  }

  close(): void {
    this.#open = false
  }

  choose(change: Partial<DrawChoices>): void {
    this.#choices = { ...this.#choices, ...change }
    this.#failure = null
  }

  /** What is typed in a field is acceptable, or not. */
  check(field: keyof DrawChoices, valid: boolean): void {
    const refused = new Set(this.#refused)
    if (valid) refused.delete(field)
    else refused.add(field)
    this.#refused = refused
  }

  async start(): Promise<void> {
    if (!this.canStart) return
    this.#starting = true
    const { name, ...choices } = this.#choices
    const named = name.trim() === '' ? {} : { name: name.trim() }
    try {
      await this.application.api.sampling.draw({ ...choices, ...named })
      this.#open = false
    } catch (error) {
      this.#failure = describeFailure(error)
    } finally {
      this.#starting = false
    }
  }
}
