/** The corpus screen: the tree, the pages below what is selected, and the page looked at. */
import { untrack } from 'svelte'
import type { Job } from '@shared/domain/job'
import type { ImportReport, Page, PageGroup, PageOrder, StyleNode } from '@shared/domain/page'
import type { SampleSet, SampleWithPage } from '@shared/domain/sample-set'
import type { Application } from './application.svelte'
import type { Places } from './navigation.svelte'
import { Loadable } from './loadable.svelte'
import { type CropCounts, cropCounts } from './crop-counts'
import type { SortField } from './page-order'
import { PageRows } from './page-rows.svelte'

export type CorpusPlace = Places['corpus']

/** A node of the tree as a place: `style:2`, `composer:5`, `piece:11`; `all` for everything. */
export type NodeKey = string

export const EVERYTHING: NodeKey = 'all'

export type CorpusFace = 'pictures' | 'table' | 'health'

export class CorpusState {
  readonly tree = new Loadable<readonly StyleNode[]>()
  readonly list = new Loadable<PageOrder>()
  readonly rows: PageRows
  readonly opened = new Loadable<Page>()
  readonly lastImport = new Loadable<ImportReport | null>()
  readonly sets = new Loadable<readonly SampleSet[]>()
  readonly crops = new Loadable<readonly SampleWithPage[]>()
  /** All crops of the set whose numbers the table of counts shows. */
  readonly counted = new Loadable<readonly SampleWithPage[]>()
  #expanded = $state.raw<ReadonlySet<NodeKey>>(new Set([EVERYTHING]))
  #active = $state(0)
  #face = $state<CorpusFace>('pictures')
  #tileWidth = $state(132)
  /** Degrees clockwise by page, for as long as the window is open. */
  #rotations = $state.raw<ReadonlyMap<number, number>>(new Map())
  #reportOpen = $state(false)
  #returned = $state(false)
  #sortField = $state<SortField>(null)
  readonly #shown = $derived(this.list.value?.pages ?? [])
  /** What `list` and `crops` were last asked for, so that showing the same place again asks nothing. */
  #listed = ''
  #counted: number | null = null
  #cropsOf = ''
  #countedOf: number | null = null
  readonly #cropCounts = $derived(cropCounts(this.counted.value ?? []))
  #cropsOld = false

  constructor(private readonly application: Application) {
    this.rows = new PageRows(application)
  }

  /** Crops of the shown set by style and composer; empty until they are counted, and where there is no set. */
  get cropCounts(): CropCounts {
    return this.#cropCounts
  }

  get place(): CorpusPlace {
    return this.application.navigation.on('corpus')
  }

  /** The listed pages by their ids, in the order in which they are shown. */
  get shown(): readonly number[] {
    return this.#shown
  }

  get sortField(): SortField {
    return this.#sortField
  }

  /** Where each value of the field begins that the pages are sorted by; empty where there are too many. */
  get groups(): readonly PageGroup[] {
    return this.list.value?.groups ?? []
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

  /** Degrees clockwise that a page is turned: as it was left. */
  rotationOf(page: number): number {
    return this.#rotations.get(page) ?? 0
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
    const index = id === undefined ? -1 : this.#shown.indexOf(id)
    return index < 0 ? null : index
  }

  /** Asks for all that may have changed; called when the screen is shown and when a job has ended. */
  load(): void {
    const { api } = this.application
    this.#listed = ''
    this.#countedOf = null
    this.#cropsOld = true
    void this.tree.load((signal) => api.corpus.tree(undefined, { signal }))
    void this.lastImport.load((signal) => api.corpus.lastImport(undefined, { signal }))
    void this.sets
      .load((signal) => api.sampling.sets(undefined, { signal }))
      .then(() => {
        this.showCrops()
        this.countCrops()
      })
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
    // A watched folder is its own subject: nobody asked for its import.
    const refused = job.kind === 'import' && job.status === 'finished' && job.subject === null
    if (refused) this.#reportOpen = true
  }

  /** Follows the place: lists what is selected, opens what is opened. */
  show(): void {
    const { style, composer, piece, query, page } = this.place
    const sortBy = this.#sortField ?? undefined
    this.listPages({ style, composer, piece, query: query === '' ? undefined : query, sortBy })
    if (page === undefined) this.opened.reset()
    else if (this.opened.value?.id !== page) this.openPage(page)
    this.showCrops()
    this.countCrops()
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
      beside: undefined,
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
    const wanted = query === '' ? undefined : query
    this.application.navigation.refine('corpus', { query: wanted, page: undefined, beside: undefined })
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
    const place = { ...this.place, page, beside: undefined, index: undefined, outline: undefined }
    this.application.navigation.go('corpus', place)
  }

  /** Moves to a neighbour of the opened page: 1 for the next, −1 for the one before. */
  step(by: 1 | -1): void {
    const page = this.position === null ? undefined : this.#shown[this.position + by]
    if (page === undefined || this.position === null) return
    this.#active = this.position + by
    this.application.navigation.refine('corpus', { page, index: undefined, outline: undefined })
  }

  /** The neighbour of any page of the list: 1 for the next, −1 for the one before; null where there is none. */
  neighbourOf(id: number, by: 1 | -1): number | null {
    const index = this.#shown.indexOf(id)
    return index < 0 ? null : (this.#shown[index + by] ?? null)
  }

  /** Shows two pages side by side. */
  compare(page: number, beside: number): void {
    const place = { ...this.place, page, beside, index: undefined, outline: undefined }
    this.application.navigation.go('corpus', place)
  }

  /** Back to the grid, where the page that was open is the active tile. */
  closePage(): void {
    if (this.position !== null) this.#active = this.position
    this.#returned = true
    this.application.navigation.refine('corpus', {
      page: undefined,
      beside: undefined,
      index: undefined,
      outline: undefined,
    })
  }

  turn(page: number, degrees: number): void {
    this.#rotations = new Map(this.#rotations).set(page, degrees)
  }

  /** Draws the crops of another sample set over pages; null draws none. */
  chooseSet(sampleSet: number | null): void {
    // 0 is no set: it is remembered that none is wanted.
    this.application.navigation.refine('corpus', { sampleSet: sampleSet ?? 0, index: undefined })
  }

  /** Leads to the sampling studio, with what the rules make of a page. */
  showAcceptance(page: number): void {
    const { navigation } = this.application
    navigation.go('samples', { ...navigation.on('samples'), part: 'new', page })
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

  /** Asks for a list unless it was asked for last. */
  private listPages(request: Parameters<Application['api']['corpus']['order']>[0]): void {
    const listed = JSON.stringify(request)
    if (listed === this.#listed) return
    this.#listed = listed
    void this.list
      .load((signal) => this.application.api.corpus.order(request, { signal }))
      .then((list) => {
        if (list !== null) this.rows.begin(list.pages)
      })
  }

  private openPage(page: number): void {
    const known = untrack(() => this.rows.get(page))
    if (known !== null) this.opened.set(known)
    void this.opened.load((signal) => this.application.api.corpus.page({ page }, { signal }))
  }

  private showCrops(): void {
    const { page } = this.place
    const sampleSet = this.shownSet?.id
    const wanted = page === undefined || sampleSet === undefined ? '' : `${sampleSet}/${page}`
    if (wanted === this.#cropsOf && !this.#cropsOld) return
    // Asked again for the same page, what is drawn stays until the answer.
    if (wanted !== this.#cropsOf) this.crops.reset()
    this.#cropsOf = wanted
    this.#cropsOld = false
    if (page === undefined || sampleSet === undefined) return
    const { api } = this.application
    void this.crops.load(
      async (signal) => (await api.sampling.samples({ sampleSet, page }, { signal })).items,
    )
  }

  /** Only where they are looked at: a set may have many. */
  private countCrops(): void {
    if (this.#face !== 'table') return
    const sampleSet = this.shownSet?.id ?? null
    if (sampleSet === this.#countedOf) return
    this.#countedOf = sampleSet
    this.counted.reset()
    if (sampleSet === null) return
    const { api } = this.application
    void this.counted.load(async (signal) => (await api.sampling.samples({ sampleSet }, { signal })).items)
  }
}
