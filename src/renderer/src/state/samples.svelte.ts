/** The samples screen: sample sets, the contact sheet of one, and drawing a new one. */
import type { Listing } from '@shared/api'
import type { Job } from '@shared/domain/job'
import type { Page } from '@shared/domain/page'
import type { SampleReport, SampleSet, SampleWithPage } from '@shared/domain/sample-set'
import type { Application } from './application.svelte'
import { DrawForm } from './draw-form.svelte'
import { Loadable } from './loadable.svelte'

export class SamplesState {
  readonly form: DrawForm
  readonly sets = new Loadable<readonly SampleSet[]>()
  readonly report = new Loadable<SampleReport>()
  readonly samples = new Loadable<Listing<SampleWithPage>>()
  /** The page of the active crop. */
  readonly page = new Loadable<Page>()
  #tileWidth = $state(104)
  #shownSet: number | null = null
  #counted: number | null = null

  constructor(private readonly application: Application) {
    this.form = new DrawForm(application)
  }

  /** The set looked at: the chosen one, else the newest. */
  get selected(): SampleSet | null {
    const sets = this.sets.value ?? []
    const { sampleSet } = this.application.navigation.on('samples')
    return sets.find((set) => set.id === sampleSet) ?? sets[0] ?? null
  }

  /** Index of the active crop, within the set. */
  get active(): number {
    return this.application.navigation.on('samples').index ?? 0
  }

  get activeSample(): SampleWithPage | null {
    return this.samples.value?.items[this.active] ?? null
  }

  get tileWidth(): number {
    return this.#tileWidth
  }

  load(): void {
    this.#shownSet = null
    void this.sets
      .load((signal) => this.application.api.sampling.sets(undefined, { signal }))
      .then(() => this.show())
  }

  /** Asks again when the project has other sample sets than when last asked, whoever drew them. */
  count(sampleSets: number): void {
    if (this.#counted !== null && this.#counted !== sampleSets) this.load()
    this.#counted = sampleSets
  }

  jobEnded(job: Job): void {
    if (job.kind !== 'sample' && job.kind !== 'demo') return
    // What was just drawn is what one wants to see.
    if (job.status === 'finished')
      this.application.navigation.refine('samples', { sampleSet: undefined, index: 0 })
    this.load()
  }

  /** Follows the place: asks for the selected set's crops and report, and for the active crop's page. */
  show(): void {
    const set = this.selected
    if (set === null) return
    if (set.id !== this.#shownSet) this.showSet(set)
    this.showPage()
  }

  select(set: SampleSet): void {
    this.application.navigation.refine('samples', { sampleSet: set.id, index: 0 })
  }

  activate(index: number): void {
    this.application.navigation.refine('samples', { index })
  }

  enlarge(tileWidth: number): void {
    this.#tileWidth = tileWidth
  }

  /** Opens the page that a crop was cut from, with the crop outlined. */
  openPage(index: number): void {
    const sample = this.samples.value?.items[index]
    if (sample === undefined || this.selected === null) return
    this.application.navigation.go('corpus', {
      page: sample.page,
      sampleSet: this.selected.id,
      index: sample.index,
    })
  }

  /** Opens a page that gave fewer crops than asked for. */
  openShortPage(page: number): void {
    this.application.navigation.go('corpus', { page, sampleSet: this.selected?.id })
  }

  private showSet({ id: sampleSet }: SampleSet): void {
    const { api } = this.application
    this.#shownSet = sampleSet
    this.samples.reset()
    void this.report.load((signal) => api.sampling.report({ sampleSet }, { signal }))
    void this.samples
      .load((signal) => api.sampling.samples({ sampleSet }, { signal }))
      .then(() => this.showPage())
  }

  private showPage(): void {
    const page = this.activeSample?.page
    if (page === undefined || page === this.page.value?.id) return
    void this.page.load((signal) => this.application.api.corpus.page({ page }, { signal }))
  }
}
