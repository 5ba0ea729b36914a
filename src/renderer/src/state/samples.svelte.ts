/** The samples screen: sample sets, what one holds, how it splits and how it differs; and the studio for a new one. */
import type { Listing } from '@shared/api'
import type { Job } from '@shared/domain/job'
import type { Page } from '@shared/domain/page'
import type { SampleReport, SampleSet, SampleWithPage } from '@shared/domain/sample-set'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'
import { orderSamples, type SampleGroup, sampleGroups, type SampleOrder } from './sample-order'
import { SetComparison } from './set-comparison.svelte'
import { SetSplit } from './set-split.svelte'
import { Studio } from './studio.svelte'

/** What of a set is shown. */
export type SetFace = 'crops' | 'split' | 'versions'

export class SamplesState {
  readonly studio: Studio
  readonly split: SetSplit
  readonly versions: SetComparison
  readonly sets = new Loadable<readonly SampleSet[]>()
  readonly report = new Loadable<SampleReport>()
  readonly samples = new Loadable<Listing<SampleWithPage>>()
  /** The page of the active crop. */
  readonly page = new Loadable<Page>()
  #tileWidth = $state(104)
  #order = $state<SampleOrder>('drawn')
  readonly #shown = $derived(orderSamples(this.samples.value?.items ?? [], this.#order))
  readonly #groups = $derived(sampleGroups(this.#shown, this.#order))
  #shownSet: number | null = null
  #counted: number | null = null

  constructor(private readonly application: Application) {
    this.studio = new Studio(application)
    this.split = new SetSplit(application)
    this.versions = new SetComparison(application)
  }

  /** The set looked at: the chosen one, else the newest. */
  get selected(): SampleSet | null {
    const sets = this.sets.value ?? []
    const { sampleSet } = this.application.navigation.on('samples')
    return sets.find((set) => set.id === sampleSet) ?? sets[0] ?? null
  }

  /** The studio is shown, not the sets. */
  get inStudio(): boolean {
    return this.application.navigation.on('samples').part === 'new'
  }

  get face(): SetFace {
    return this.application.navigation.on('samples').face ?? 'crops'
  }

  /** The set that the selected one is compared with: the chosen one, else the next older, else the next newer. */
  get other(): SampleSet | null {
    const sets = this.sets.value ?? []
    const { selected } = this
    const rest = sets.filter(({ id }) => id !== selected?.id)
    const { other } = this.application.navigation.on('samples')
    const older = rest.find(({ id }) => id < (selected?.id ?? 0))
    return rest.find(({ id }) => id === other) ?? older ?? rest.at(-1) ?? null
  }

  /** The crops of the set in the order in which they are shown. */
  get shown(): readonly SampleWithPage[] {
    return this.#shown
  }

  get order(): SampleOrder {
    return this.#order
  }

  /** Where each name begins that the crops are ordered by. */
  get groups(): readonly SampleGroup[] {
    return this.#groups
  }

  /** Place of the active crop among those shown. */
  get active(): number {
    const { index = 0 } = this.application.navigation.on('samples')
    if (this.#order === 'drawn') return index
    return Math.max(
      0,
      this.#shown.findIndex((sample) => sample.index === index),
    )
  }

  get activeSample(): SampleWithPage | null {
    return this.#shown[this.active] ?? null
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
    this.studio.jobEnded(job)
    if (job.kind !== 'sample' && job.kind !== 'demo') return
    // What was just drawn is what one wants to see.
    if (job.status === 'finished')
      this.application.navigation.refine('samples', {
        sampleSet: undefined,
        index: 0,
        part: undefined,
        face: undefined,
      })
    this.load()
  }

  /** Follows the place: asks for the selected set's crops and report, and for the active crop's page. */
  show(): void {
    const set = this.selected
    if (set === null) return
    if (set.id !== this.#shownSet) this.showSet(set)
    this.showPage()
    if (this.face === 'split') this.split.follow(set.id)
    if (this.face === 'versions' && this.other !== null) this.versions.follow(set, this.other)
  }

  showStudio(shown: boolean): void {
    this.application.navigation.refine('samples', { part: shown ? 'new' : undefined })
  }

  showFace(face: SetFace): void {
    this.application.navigation.refine('samples', { face: face === 'crops' ? undefined : face })
  }

  compareWith(set: SampleSet): void {
    this.application.navigation.refine('samples', { other: set.id })
  }

  /** Opens the studio with the rules of a set, to draw it in another way. */
  drawLike(set: SampleSet): void {
    this.studio.form.chooseLike(set)
    this.showStudio(true)
  }

  orderBy(order: SampleOrder): void {
    this.#order = order
  }

  select(set: SampleSet): void {
    this.application.navigation.refine('samples', { sampleSet: set.id, index: 0 })
  }

  /** @param place among the crops that are shown */
  activate(place: number): void {
    const index = this.#shown[place]?.index
    if (index !== undefined) this.application.navigation.refine('samples', { index })
  }

  enlarge(tileWidth: number): void {
    this.#tileWidth = tileWidth
  }

  /** Opens the page that a crop was cut from, with the crop outlined. */
  openPage(place: number): void {
    const sample = this.#shown[place]
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
