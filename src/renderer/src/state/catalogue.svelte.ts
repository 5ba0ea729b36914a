/** Editing the catalogue from the corpus screen: each verb is one step that can be undone. */
import type {
  CatalogueField,
  EditHistory,
  EditResult,
  PagesInCommon,
  SavedSearch,
  TagCount,
} from '@shared/domain/catalogue'
import type { StyleNode } from '@shared/domain/page'
import type { Application } from './application.svelte'
import { type CorpusState, EVERYTHING, type NodeKey } from './corpus.svelte'
import { describeFailure } from './failure'
import { countOf } from './format'
import { Loadable } from './loadable.svelte'
import { PageChoice } from './page-choice.svelte'
import { allNodes, type CatalogueNode, siblingsOf } from './tree-places'

/** Two nodes that could become one. */
export interface MergeOffer {
  readonly node: CatalogueNode
  /** What it can be merged into, the likeliest first. */
  readonly candidates: readonly CatalogueNode[]
  /** Its name is taken: why the question comes. */
  readonly taken: boolean
}

export type CatalogueDialog = 'move' | 'list' | 'field'

export class CatalogueState {
  readonly history = new Loadable<EditHistory>()
  readonly fields = new Loadable<readonly CatalogueField[]>()
  readonly tags = new Loadable<readonly TagCount[]>()
  readonly searches = new Loadable<readonly SavedSearch[]>()
  /** What the edited pages have in common. */
  readonly common = new Loadable<PagesInCommon>()
  readonly choice = new PageChoice()
  #merging = $state.raw<MergeOffer | null>(null)
  #dialog = $state<CatalogueDialog | null>(null)
  #renaming = $state<NodeKey | null>(null)
  #problem = $state<string | null>(null)
  #detailsShown = $state(true)
  /** Edits that were asked for and are not done. */
  #waiting = $state(0)
  readonly #pages = $derived.by(() => this.editedPages())

  constructor(
    private readonly application: Application,
    private readonly corpus: CorpusState,
  ) {}

  /** What an edit would change, by ids: the opened page, else the chosen pages that are listed. */
  get pages(): readonly number[] {
    return this.#pages
  }

  get merging(): MergeOffer | null {
    return this.#merging
  }

  get dialog(): CatalogueDialog | null {
    return this.#dialog
  }

  /** The node whose name is being written. */
  get renaming(): NodeKey | null {
    return this.#renaming
  }

  /** Why the open dialog could not do its work. */
  get problem(): string | null {
    return this.#problem
  }

  /** The panel beside the grid is shown. */
  get detailsShown(): boolean {
    return this.#detailsShown
  }

  /** An edit is being done. */
  get underWay(): boolean {
    return this.#waiting > 0
  }

  showDetails(shown: boolean): void {
    this.#detailsShown = shown
  }

  load(): void {
    const { catalogue } = this.application.api
    void this.history.load((signal) => catalogue.history(undefined, { signal }))
    void this.searches.load((signal) => catalogue.searches(undefined, { signal }))
    this.loadWords()
  }

  /** Follows what is edited: asks what it has in common. */
  compare(): void {
    const { pages } = this
    if (pages.length === 0) this.common.reset()
    else
      void this.common.load((signal) =>
        this.application.api.catalogue.inCommon({ pages: [...pages] }, { signal }),
      )
  }

  open(dialog: CatalogueDialog | null): void {
    this.#problem = null
    this.#dialog = dialog
  }

  setField(name: string, value: string): Promise<boolean> {
    const pages = this.chosenIds()
    return this.edit(() => this.application.api.catalogue.setFields({ pages, fields: { [name]: value } }))
  }

  addTag(tag: string): Promise<boolean> {
    const pages = this.chosenIds()
    return this.edit(() => this.application.api.catalogue.setTags({ pages, add: [tag] }))
  }

  removeTag(tag: string): Promise<boolean> {
    const pages = this.chosenIds()
    return this.edit(() => this.application.api.catalogue.setTags({ pages, remove: [tag] }))
  }

  /** Leaves the pages out of sampling for a reason; null takes them in again. */
  exclude(reason: string | null): Promise<boolean> {
    const pages = this.chosenIds()
    return this.edit(() => this.application.api.catalogue.setExcluded({ pages, reason }))
  }

  /** Shows two chosen pages side by side. */
  showBeside(): void {
    const [first, second] = this.pages
    if (first !== undefined && second !== undefined) this.corpus.compare(first, second)
  }

  /** Every page that is left out, wherever it belongs. */
  listExcluded(): void {
    this.corpus.select(EVERYTHING)
    this.corpus.search('is:excluded')
  }

  numberPage(page: number, number: number | null): Promise<boolean> {
    return this.edit(() => this.application.api.catalogue.numberPage({ page, number }))
  }

  /** Names that are left empty stay as they are for each page. */
  async movePages(place: {
    readonly style: string
    readonly composer: string
    readonly piece: string
  }): Promise<void> {
    const pages = this.chosenIds()
    const to = Object.fromEntries(Object.entries(place).filter(([, name]) => name.trim() !== ''))
    if (await this.inDialog(() => this.application.api.catalogue.movePages({ pages, to }))) this.open(null)
  }

  /** Where the chosen pages were dropped. */
  dropOn(key: NodeKey): void {
    const node = allNodes(this.corpus.tree.value ?? []).find((known) => known.key === key)
    if (node?.level !== 'piece' || this.choice.size === 0) return
    const pages = this.chosenIds()
    void this.edit(() => this.application.api.catalogue.movePages({ pages, to: { pieceId: node.id } }))
  }

  async defineField(field: Pick<CatalogueField, 'name' | 'type' | 'choices'>): Promise<void> {
    const { name, type } = field
    const define = (): Promise<EditResult> =>
      this.application.api.catalogue.defineField({ name, type, choices: [...field.choices] })
    if (await this.inDialog(define)) this.open(null)
  }

  startRenaming(key: NodeKey): void {
    if (key !== EVERYTHING) this.#renaming = key
  }

  stopRenaming(): void {
    this.#renaming = null
  }

  async rename(key: NodeKey, name: string): Promise<void> {
    this.#renaming = null
    const tree = this.corpus.tree.value ?? []
    const node = allNodes(tree).find((known) => known.key === key)
    if (node === undefined || name.trim() === '' || name.trim() === node.name) return
    const { level, id } = node
    try {
      await this.done(await this.counted(() => this.application.api.catalogue.rename({ level, id, name })))
    } catch (error) {
      if (describeFailure(error)?.code !== 'catalogue/name-taken') this.application.toasts.fail(error)
      else {
        const candidates = siblingsOf(tree, key).filter((known) => known.name === name.trim())
        this.#merging = { node, candidates, taken: true }
      }
    }
  }

  askMerge(key: NodeKey): void {
    const tree = this.corpus.tree.value ?? []
    const node = allNodes(tree).find((known) => known.key === key)
    if (node === undefined) return
    const near = siblingsOf(tree, key)
    const others = allNodes(tree).filter((known) => known.level === node.level && known.key !== key)
    const far = others.filter((known) => !near.some((sibling) => sibling.key === known.key))
    this.#problem = null
    this.#merging = { node, candidates: [...near, ...far], taken: false }
  }

  stopMerging(): void {
    this.#merging = null
  }

  async merge(into: CatalogueNode): Promise<void> {
    const node = this.#merging?.node
    if (node === undefined) return
    const { level, id } = node
    const merged = (): Promise<EditResult> =>
      this.application.api.catalogue.merge({ level, id, into: into.id })
    if (!(await this.inDialog(merged))) return
    this.#merging = null
    this.corpus.select(into.key)
  }

  async undo(): Promise<void> {
    if (this.underWay || this.history.value?.undo === null) return
    await this.turn(() => this.application.api.catalogue.undo(), 'Undone')
  }

  async redo(): Promise<void> {
    if (this.underWay || this.history.value?.redo === null) return
    await this.turn(() => this.application.api.catalogue.redo(), 'Done again')
  }

  async saveSearch(name: string): Promise<void> {
    const query = this.corpus.place.query ?? ''
    if (name.trim() === '' || query.trim() === '') return
    try {
      this.searches.set(await this.application.api.catalogue.saveSearch({ name, query }))
    } catch (error) {
      this.application.toasts.fail(error)
    }
  }

  async forgetSearch(id: number): Promise<void> {
    try {
      this.searches.set(await this.application.api.catalogue.forgetSearch({ id }))
    } catch (error) {
      this.application.toasts.fail(error)
    }
  }

  private async done(result: EditResult): Promise<void> {
    this.history.set({ undo: result.undo, redo: result.redo })
    this.loadWords()
    const tree = await this.application.api.corpus.tree()
    const { selectedKey } = this.corpus
    if (selectedKey !== EVERYTHING && !hasNode(tree, selectedKey)) this.corpus.select(EVERYTHING)
    this.corpus.load()
  }

  private editedPages(): readonly number[] {
    const { place, opened, shown } = this.corpus
    if (place.page === undefined)
      return this.choice.size === 0 ? [] : shown.filter((page) => this.choice.has(page))
    return opened.value === null ? [] : [opened.value.id]
  }

  private chosenIds(): number[] {
    return [...this.pages]
  }

  private loadWords(): void {
    const { catalogue } = this.application.api
    void this.fields.load((signal) => catalogue.fields(undefined, { signal }))
    void this.tags.load((signal) => catalogue.tags(undefined, { signal }))
  }

  /** One step. @returns whether it was done; what failed is said in a corner */
  async edit(ask: () => Promise<EditResult>): Promise<boolean> {
    try {
      await this.done(await this.counted(ask))
      return true
    } catch (error) {
      this.application.toasts.fail(error)
      return false
    }
  }

  private async counted(ask: () => Promise<EditResult>): Promise<EditResult> {
    this.#waiting += 1
    try {
      return await ask()
    } finally {
      this.#waiting -= 1
    }
  }

  /** @returns whether it was done; what failed is said in the dialog */
  private async inDialog(ask: () => Promise<EditResult>): Promise<boolean> {
    this.#problem = null
    try {
      await this.done(await this.counted(ask))
      return true
    } catch (error) {
      this.#problem = describeFailure(error)?.message ?? null
      return false
    }
  }

  private async turn(ask: () => Promise<EditResult>, word: string): Promise<void> {
    await this.edit(async () => {
      const result = await ask()
      this.application.toasts.say(`${word}: ${result.done?.label ?? ''}.`)
      return result
    })
  }
}

function hasNode(tree: readonly StyleNode[], key: NodeKey): boolean {
  return allNodes(tree).some((node) => node.key === key)
}

/** What a node is called in a sentence: "composer Bach (34 pages)". */
export function nodeWords({ level, name, pages }: CatalogueNode): string {
  return `${level} ${name} (${countOf(pages, 'page')})`
}
