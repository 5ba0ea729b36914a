/** How samples are to be drawn, until drawing starts: the study's choices at first. */
import { type SamplingRules, STUDY_RULES } from '@shared/domain/sampling-rules'
import type { Application } from './application.svelte'
import { describeFailure, type Failure } from './failure'

export interface SamplingChoices extends Omit<SamplingRules, 'where'> {
  readonly name: string
  /** A search that pages must match; all where it is empty. */
  readonly where: string
}

/** The study leaves the seed to the researcher. */
export const STUDY_CHOICES: SamplingChoices = { ...STUDY_RULES, seed: 1, name: '', where: '' }

export class SamplingForm {
  #choices = $state.raw<SamplingChoices>(STUDY_CHOICES)
  #refused = $state.raw<ReadonlySet<keyof SamplingChoices>>(new Set())
  #starting = $state(false)
  #failure = $state.raw<Failure | null>(null)
  readonly #rules = $derived(rulesOf(this.#choices))
  readonly #isStudy = $derived(
    (Object.keys(STUDY_RULES) as (keyof typeof STUDY_RULES)[]).every(
      (rule) => this.#choices[rule] === STUDY_CHOICES[rule],
    ) && this.#choices.where.trim() === '',
  )

  constructor(private readonly application: Application) {}

  get choices(): SamplingChoices {
    return this.#choices
  }

  /** The choices as a request names them. */
  get rules(): SamplingRules {
    return this.#rules
  }

  /** Nothing but the seed and the name differs from the study. */
  get isStudy(): boolean {
    return this.#isStudy
  }

  get failure(): Failure | null {
    return this.#failure
  }

  get canStart(): boolean {
    return this.#refused.size === 0 && !this.#starting
  }

  choose(change: Partial<SamplingChoices>): void {
    this.#choices = { ...this.#choices, ...change }
    this.#failure = null
  }

  /** The study's rules again; seed and name stay. */
  chooseStudy(): void {
    const { seed, name } = this.#choices
    this.choose({ ...STUDY_CHOICES, seed, name })
    this.#refused = new Set()
  }

  /** Takes over the rules of a set, to draw it again in another way. */
  chooseLike(rules: SamplingRules): void {
    const { seed, perPage, size, whiteness, triesPerPage, minimumInk, margin, background, balance } = rules
    const limits = { whiteness, minimumInk, margin }
    this.choose({
      ...limits,
      seed,
      perPage,
      size,
      triesPerPage,
      background,
      balance,
      where: rules.where ?? '',
    })
    this.#refused = new Set()
  }

  /** What is typed in a field is acceptable, or not. */
  check(field: keyof SamplingChoices, valid: boolean): void {
    const refused = new Set(this.#refused)
    if (valid) refused.delete(field)
    else refused.add(field)
    this.#refused = refused
  }

  async start(): Promise<void> {
    if (!this.canStart) return
    this.#starting = true
    this.#failure = null
    const name = this.#choices.name.trim()
    try {
      await this.application.api.sampling.draw({ ...this.rules, ...(name === '' ? {} : { name }) })
    } catch (error) {
      this.#failure = describeFailure(error)
    } finally {
      this.#starting = false
    }
  }
}

function rulesOf({ name: _, where, ...rules }: SamplingChoices): SamplingRules {
  const search = where.trim()
  return search === '' ? rules : { ...rules, where: search }
}
