/** The corpus screen: the tree, the pages below what is selected, and the page looked at. */
import type { Listing } from '@shared/api'
import type { Job } from '@shared/domain/job'
import type { ImportReport, Page, StyleNode } from '@shared/domain/page'
import type { SampleSet, SampleWithPage } from '@shared/domain/sample-set'
import type { Application } from './application.svelte'
import type { Places } from './navigation.svelte'
import { Loadable } from './loadable.svelte'
import { groupsOf, type PageGroup, type SortField, sortPages } from './page-order'

export type CorpusPlace = Places['corpus']

/** A node of the tree as a place: `style:2`, `composer:5`, `piece:11`; `all` for everything. */
export type NodeKey = string

export const EVERYTHING: NodeKey = 'all'

export type CorpusFace = 'pictures' | 'table' | 'health'

export class CorpusState {
  readonly tree = new Loadable<readonly StyleNode[]>()
  readonly pages = new Loadable<Listing<Page>>()
  readonly opened = new Loadable<Page>()
  readonly lastImport = new Loadable<ImportReport | null>()
  readonly sets = new Loadable<readonly SampleSet[]>()
  readonly crops = new Loadable<readonly SampleWithPage[]>()
  #expanded = $state.raw<ReadonlySet<NodeKey>>(new Set([EVERYTHING]))
  #active = $state(0)
  #face = $state<CorpusFace>('pictures')
  #tileWidth = $state(132)
  #rotation = $state(0)
  #reportOpen = $state(false)
  #returned = $state(false)
  #sortField = $state<SortField>(null)
  readonly #shown = $derived(sortPages(this.pages.value?.items ?? [], this.#sortField))
  readonly #groups = $derived(groupsOf(this.#shown, this.#sortField))
  /** What `pages` and `crops` were last asked for, so that showing the same place again asks nothing. */
  #listed = ''
  #counted: number | null = null
  #cropsOf = ''

  constructor(private readonly application: Application) {}

  get place(): CorpusPlace {
    return this.application.navigation.on('corpus')
  }

  /** The listed pages in the order in which they are shown. */
  get shown(): readonly Page[] {
    return this.#shown
  }

  get sortField(): SortField {
    return this.#sortField
  }

  /** Where each value of the field begins that the pages are sorted by. */
  get groups(): readonly PageGroup[] {
    return this.#groups
  }

  get expanded(): ReadonlySet<NodeKey> {
    return this.#expanded
  }

  /** The tile of the grid that the keyboard is on. */
  get active(): number {
    return this.#active
  }

  get face(): CorpusFace {
    return this.#face
  }

  get tileWidth(): number {
    return this.#tileWidth
  }

  /** Degrees clockwise that the opened page is turned. */
  get rotation(): number {
    return this.#rotation
  }

  /** The grid is shown after a page was closed: it takes the keyboard back. */
  get returned(): boolean {
    return this.#returned
  }

  get reportOpen(): boolean {
    return this.#reportOpen
  }

  get selectedKey(): NodeKey {
    const { style, composer, piece } = this.place
    if (piece !== undefined) return `piece:${piece}`
    if (composer !== undefined) return `composer:${composer}`
    return style === undefined ? EVERYTHING : `style:${style}`
  }

  /** Where the opened page stands in the list; null where it is not in it. */
  get position(): number | null {
    const id = this.place.page
    const index = this.#shown.findIndex((page) => page.id === id)
    return index < 0 ? null : index
  }

  /** Asks for all that may have changed; called when the screen is shown and when a job has ended. */
  load(): void {
    const { api } = this.application
    this.#listed = ''
    this.#cropsOf = ''
    void this.tree.load((signal) => api.corpus.tree(undefined, { signal }))
    void this.lastImport.load((signal) => api.corpus.lastImport(undefined, { signal }))
    void this.sets.load((signal) => api.sampling.sets(undefined, { signal })).then(() => this.showCrops())
    const { page } = this.place
    if (page !== undefined && this.opened.value !== null)
      void this.opened.load((signal) => api.corpus.page({ page }, { signal }))
    this.show()
  }

  /** Asks again when the project has other pages than when last asked, whoever added them. */
  count(pages: number): void {
    if (this.#counted !== null && this.#counted !== pages) this.load()
    this.#counted = pages
  }

  jobEnded(job: Job): void {
    if (job.kind === 'train' || job.kind === 'features') return
    this.load()
    const refused = job.kind === 'import' && job.status === 'finished'
    if (refused) this.#reportOpen = true
  }

  /** Follows the place: lists what is selected, opens what is opened. */
  show(): void {
    const { style, composer, piece, query, page } = this.place
    const selection = { style, composer, piece, query: query === '' ? undefined : query }
    const listed = JSON.stringify(selection)
    if (listed !== this.#listed) {
      this.#listed = listed
      void this.pages.load((signal) => this.application.api.corpus.pages(selection, { signal }))
    }
    if (page === undefined) this.opened.reset()
    else if (this.opened.value?.id !== page) this.openPage(page)
    this.showCrops()
  }

  select(key: NodeKey): void {
    const [level, id] = key.split(':')
    const node = level === undefined || id === undefined ? {} : { [level]: Number(id) }
    const { query, sampleSet } = this.place
    this.#active = 0
    this.#returned = false
    this.application.navigation.refine('corpus', {
      style: undefined,
      composer: undefined,
      piece: undefined,
      page: undefined,
      index: undefined,
      outline: undefined,
      query,
      sampleSet,
      ...node,
    })
  }

  expand(key: NodeKey, open: boolean): void {
    const expanded = new Set(this.#expanded)
    if (open) expanded.add(key)
    else expanded.delete(key)
    this.#expanded = expanded
  }

  search(query: string): void {
    this.#active = 0
    this.#returned = false
    this.application.navigation.refine('corpus', { query: query === '' ? undefined : query, page: undefined })
  }

  sortBy(field: SortField): void {
    this.#active = 0
    this.#sortField = field
  }

  activate(index: number): void {
    this.#active = index
  }

  /** Opens the page at a place of the list. */
  open(index: number): void {
    const page = this.#shown[index]
    if (page === undefined) return
    this.#active = index
    const place = { ...this.place, page: page.id, index: undefined, outline: undefined }
    this.application.navigation.go('corpus', place)
  }

  /** Moves to a neighbour of the opened page: 1 for the next, −1 for the one before. */
  step(by: 1 | -1): void {
    const page = this.position === null ? undefined : this.#shown[this.position + by]
    if (page === undefined || this.position === null) return
    this.#active = this.position + by
    this.#rotation = 0
    this.application.navigation.refine('corpus', { page: page.id, index: undefined, outline: undefined })
  }

  /** Back to the grid, where the page that was open is the active tile. */
  closePage(): void {
    if (this.position !== null) this.#active = this.position
    this.#returned = true
    this.#rotation = 0
    this.application.navigation.refine('corpus', { page: undefined, index: undefined, outline: undefined })
  }

  turn(degrees: number): void {
    this.#rotation = degrees
  }

  /** Draws the crops of another sample set over pages; null draws none. */
  chooseSet(sampleSet: number | null): void {
    // 0 is no set: it is remembered that none is wanted.
    this.application.navigation.refine('corpus', { sampleSet: sampleSet ?? 0, index: undefined })
  }

  pointAt(index: number): void {
    this.application.navigation.refine('corpus', { index, outline: undefined })
  }

  showFace(face: CorpusFace): void {
    this.#face = face
  }

  enlarge(tileWidth: number): void {
    this.#tileWidth = tileWidth
  }

  showReport(open: boolean): void {
    this.#reportOpen = open
  }

  /** The set whose crops are drawn: the chosen one, else the newest. */
  get shownSet(): SampleSet | null {
    const sets = this.sets.value ?? []
    const { sampleSet } = this.place
    return (sampleSet === undefined ? sets[0] : sets.find((set) => set.id === sampleSet)) ?? null
  }

  private openPage(page: number): void {
    const known = this.pages.value?.items.find((listed) => listed.id === page)
    if (known === undefined)
      void this.opened.load((signal) => this.application.api.corpus.page({ page }, { signal }))
    else this.opened.set(known)
  }

  private showCrops(): void {
    const { page } = this.place
    const sampleSet = this.shownSet?.id
    const wanted = page === undefined || sampleSet === undefined ? '' : `${sampleSet}/${page}`
    if (wanted === this.#cropsOf) return
    this.#cropsOf = wanted
    this.crops.reset()
    if (page === undefined || sampleSet === undefined) return
    const { api } = this.application
    void this.crops.load(
      async (signal) => (await api.sampling.samples({ sampleSet, page }, { signal })).items,
    )
  }
}
