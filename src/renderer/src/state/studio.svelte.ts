/** The sampling studio: rules, a page as they see it, and what drawing by them would give. */
import type { CatalogueField } from '@shared/domain/catalogue'
import type { Job } from '@shared/domain/job'
import { AcceptanceForecast } from './acceptance-forecast.svelte'
import { AcceptanceMap } from './acceptance-map.svelte'
import { AcceptanceSurvey } from './acceptance-survey.svelte'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'
import { SamplingForm } from './sampling-form.svelte'

/** Fields of which every corpus has reason to ask, filled in or not. */
const ALWAYS = 'scan source'

export class Studio {
  readonly form: SamplingForm
  readonly map: AcceptanceMap
  readonly survey: AcceptanceSurvey
  readonly acceptance: AcceptanceForecast
  readonly fields = new Loadable<readonly CatalogueField[]>()
  readonly #groupings = $derived([
    'composer',
    'style',
    'piece',
    ALWAYS,
    ...(this.fields.value ?? [])
      .filter(({ name, pages }) => pages > 0 && name !== ALWAYS)
      .map(({ name }) => name),
  ])
  #counted: number | null = null

  constructor(private readonly application: Application) {
    this.form = new SamplingForm(application)
    this.survey = new AcceptanceSurvey(application)
    this.acceptance = new AcceptanceForecast(application)
    this.map = new AcceptanceMap(application, (group) => this.acceptance.shortPagesOf(group))
  }

  /** What acceptance can be shown by. */
  get groupings(): readonly string[] {
    return this.#groupings
  }

  /** The screen is shown: pages may have been edited meanwhile. */
  load(): void {
    const { api } = this.application
    void this.fields.load((signal) => api.catalogue.fields(undefined, { signal }))
    this.acceptance.forget()
    this.survey.again(this.form.rules)
    this.map.again(this.form.rules)
  }

  /** Asks again when the project has other pages than when last asked. */
  count(pages: number): void {
    if (this.#counted !== null && this.#counted !== pages) this.load()
    this.#counted = pages
  }

  /** Follows the rules and the page: asks for what they newly need. */
  follow(): void {
    const { rules } = this.form
    this.map.follow(rules)
    this.survey.follow(rules)
    if (this.map.seconds !== null) this.survey.timed(this.map.seconds)
    if ((this.survey.state.value?.surveyed ?? 0) > 0) this.acceptance.follow(rules)
  }

  jobEnded(job: Job): void {
    if (job.kind !== 'survey') return
    this.acceptance.forget()
    this.survey.again(this.form.rules)
  }
}
