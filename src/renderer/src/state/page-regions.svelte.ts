/** The regions of the opened page that no crop may touch: which is chosen, being drawn, moved or described. */
import type { EditHistory, EditResult } from '@shared/domain/catalogue'
import type { Page, PageRegion } from '@shared/domain/page'
import type { Application } from './application.svelte'
import type { CatalogueState } from './catalogue.svelte'
import { Loadable } from './loadable.svelte'

type Place = Pick<PageRegion, 'x' | 'y' | 'width' | 'height'>

/** A place that is not kept yet: of the chosen region, or of a new one. */
interface Draft {
  readonly place: Place
  readonly isNew: boolean
}

/** What is there as the window names it: no two regions of a page have the same place. */
export function regionKey({ x, y, width, height }: Place): string {
  return `region:${x},${y},${width},${height}`
}

/** As they are listed: from top to bottom, then from left to right. */
const fromTop = (one: Place, other: Place): number =>
  one.y - other.y || one.x - other.x || one.height - other.height || one.width - other.width

export class PageRegions {
  readonly kept = new Loadable<readonly PageRegion[]>()
  #page: Page | null = null
  #edits: EditHistory | null = null
  #chosen = $state<string | null>(null)
  #pointed = $state<string | null>(null)
  #drawing = $state(false)
  #draft = $state.raw<Draft | null>(null)
  /** Edits on their way: what is read before the last has ended is already old. */
  #editing = 0
  #order: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly application: Application,
    private readonly catalogue: CatalogueState,
  ) {}

  get regions(): readonly PageRegion[] {
    return this.kept.value ?? []
  }

  /** The chosen one as it is kept. */
  get chosen(): PageRegion | null {
    return this.regions.find((region) => regionKey(region) === this.#chosen) ?? null
  }

  /** Where the chosen one is now, also while it is moved, or where a new one is being drawn. */
  get place(): Place | null {
    return this.#draft?.place ?? this.chosen
  }

  /** The one that was chosen by its name in the list, to be brought into view. */
  get pointed(): string | null {
    return this.#pointed
  }

  /** A new one is being drawn. */
  get drawsNew(): boolean {
    return this.#draft?.isNew ?? false
  }

  get changing(): boolean {
    return this.#draft !== null
  }

  get drawing(): boolean {
    return this.#drawing
  }

  /** Asks for the regions of the opened page; again after every edit of the catalogue. */
  show(page: Page | null, edits: EditHistory | null): void {
    const isOther = page?.id !== this.#page?.id
    this.#page = page
    if (!isOther && edits === this.#edits) return
    this.#edits = edits
    if (isOther) this.forget()
    this.read()
  }

  choose(key: string | null): void {
    this.#draft = null
    this.#chosen = key
    this.#pointed = null
  }

  /** Chooses by name: it is brought into view. */
  point(key: string): void {
    this.choose(key)
    this.#pointed = key
  }

  draw(on: boolean): void {
    this.choose(null)
    this.#drawing = on
  }

  /** A step of drawing, moving or pulling: nothing is kept before `keep`. */
  change(place: Place): void {
    this.#draft = { place, isNew: this.#drawing || this.#chosen === null }
  }

  drop(): void {
    this.#draft = null
  }

  /** Keeps what was drawn, moved or pulled: one edit. */
  async keep(): Promise<void> {
    const draft = this.#draft
    const { chosen } = this
    this.#drawing = false
    if (draft === null) return
    if (draft.isNew) await this.add(draft.place)
    else if (chosen !== null && regionKey(draft.place) !== regionKey(chosen))
      await this.write(this.others(chosen, { ...draft.place, note: chosen.note }), draft.place)
    else this.#draft = null
  }

  /** Chooses the one that has this place already, where one has. */
  async add(place: Place): Promise<void> {
    if (this.regions.some((region) => regionKey(region) === regionKey(place))) this.point(regionKey(place))
    else await this.write([...this.regions, { ...place, note: '' }], place)
  }

  /** @returns whether it was kept */
  async describe(note: string): Promise<boolean> {
    const { chosen } = this
    return chosen === null || (await this.write(this.others(chosen, { ...chosen, note }), chosen))
  }

  async remove(): Promise<void> {
    const { chosen, regions } = this
    if (chosen === null) return
    const at = regions.indexOf(chosen)
    const left = regions.filter((region) => region !== chosen)
    await this.write(left, left[Math.min(at, left.length - 1)] ?? null)
  }

  private forget(): void {
    this.kept.reset()
    this.choose(null)
    this.#drawing = false
  }

  private read(): void {
    const page = this.#page
    if (page === null || this.#editing > 0) return
    const before = this.regions
    const ask = (signal: AbortSignal): Promise<readonly PageRegion[]> =>
      this.application.api.corpus.regions({ page: page.id }, { signal })
    void this.kept.load(ask).then((after) => this.followChosen(before, after))
  }

  /** Where the chosen one is gone and one other has come, as by undoing a move, that one is chosen. */
  private followChosen(before: readonly PageRegion[], after: readonly PageRegion[] | null): void {
    if (after === null || this.#chosen === null || this.chosen !== null) return
    const known = new Set(before.map(regionKey))
    const [come, ...others] = after.map(regionKey).filter((key) => !known.has(key))
    this.choose(others.length === 0 ? (come ?? null) : null)
  }

  private others(chosen: PageRegion, changed: PageRegion): readonly PageRegion[] {
    return this.regions.map((region) => (region === chosen ? changed : region))
  }

  /** Shows what is wanted at once; edits follow each other in order. @returns whether it was kept */
  private async write(regions: readonly PageRegion[], chosen: Place | null): Promise<boolean> {
    const page = this.#page
    if (page === null) return false
    // Two that were moved to one place are one.
    const unique = [...new Map(regions.map((region) => [regionKey(region), region])).values()]
    this.kept.set(unique.toSorted(fromTop))
    this.choose(chosen === null ? null : regionKey(chosen))
    this.#editing += 1
    const written = this.#order.then(() => this.catalogue.edit(() => this.ask(page.id, unique)))
    this.#order = written
    const kept = await written
    // What was refused is not there: read again what is.
    if (!kept) this.read()
    return kept
  }

  private async ask(page: number, regions: readonly PageRegion[]): Promise<EditResult> {
    try {
      return await this.application.api.catalogue.setRegions({ page, regions: [...regions] })
    } finally {
      this.#editing -= 1
    }
  }
}
