/** One page as the rules see it: where crops may lie, and the square that is looked at. */
import type { Page } from '@shared/domain/page'
import {
  type AcceptanceField,
  type PlaceMeasures,
  type Refusal,
  refusalOf,
  type SamplingRules,
} from '@shared/domain/sampling-rules'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'
import { sortValue } from './page-order'
import { measuresAt, nearest } from '../pictures/place-verdicts'

/** Only pages that have this value in this field; '' stands for pages without one. */
export interface PageGroupChoice {
  readonly field: string
  readonly value: string
  /** Of them only those that give fewer crops than wanted, as the rules are now. */
  readonly short: boolean
}

type FieldChoices = Pick<SamplingRules, 'size' | 'background'>

/** Ids of the pages of a group, by its name, that give fewer crops than wanted. */
type ShortPages = (group: string) => readonly number[]

export interface SquareReading extends PlaceMeasures {
  readonly refusal: Refusal | null
}

export class AcceptanceMap {
  readonly pages = new Loadable<readonly Page[]>()
  readonly field = new Loadable<AcceptanceField>()
  #group = $state.raw<PageGroupChoice | null>(null)
  /** Column and row of the square in the field, as shares of its extent, so that another page keeps it about there. */
  #at = $state.raw({ right: 0.5, down: 0.5 })
  #seconds = $state<number | null>(null)
  /** The search of the listed pages; null before any are listed. */
  #listed: string | undefined | null = null
  #asked = ''
  /** The field of the page that next leads to, so that it is there at once. */
  #ahead: { readonly asked: string; readonly field: AcceptanceField } | null = null
  readonly #choices = $derived.by(() => inGroup(this.pages.value ?? [], this.#group, this.shortPages))
  readonly #page = $derived.by(() => {
    const { page } = this.application.navigation.on('samples')
    return this.pages.value?.find(({ id }) => id === page) ?? this.#choices[0] ?? null
  })
  readonly #current = $derived.by(() => {
    const field = this.field.value
    return field !== null && field.page === this.#page?.id ? field : null
  })

  constructor(
    private readonly application: Application,
    private readonly shortPages: ShortPages,
  ) {}

  /** The page that the screen's place names, else the first. */
  get page(): Page | null {
    return this.#page
  }

  /** The field of the page that is shown; null until it is measured. */
  get shownField(): AcceptanceField | null {
    return this.#current
  }

  /** The pages that next and previous lead through. */
  get choices(): readonly Page[] {
    return this.#choices
  }

  get group(): PageGroupChoice | null {
    return this.#group
  }

  /** Where the shown page stands among `choices`; −1 where it is not among them. */
  get position(): number {
    return this.#choices.findIndex(({ id }) => id === this.#page?.id)
  }

  /** What measuring one page takes on this machine; null until it is known. */
  get seconds(): number | null {
    return this.#seconds
  }

  /** Lists the pages that the rules take in, and measures the one that is shown. */
  follow({ where, size, background }: SamplingRules): void {
    if (where !== this.#listed) this.list(where)
    this.measure({ size, background })
  }

  /** Pages were added or edited. */
  again(rules: SamplingRules): void {
    this.#listed = null
    this.#asked = ''
    this.#ahead = null
    this.follow(rules)
  }

  show(page: number): void {
    this.application.navigation.refine('samples', { page })
  }

  /** Moves to a neighbour among `choices`. */
  step(by: 1 | -1): void {
    const next = this.#choices[this.position + by]
    if (next !== undefined) this.show(next.id)
  }

  /** Leads through the pages of one group only, its first at once; null through all again. */
  choose(group: PageGroupChoice | null): void {
    this.#group = group
    const first = this.#choices[0]
    if (this.position < 0 && first !== undefined) this.show(first.id)
  }

  /** The square under the pointer: as near as the field goes. @param x page pixels of the square's middle */
  point(x: number, y: number): void {
    const field = this.#current
    if (field === null || field.xs.length === 0 || field.ys.length === 0) return
    const column = nearest(field.xs, x - field.size / 2)
    const row = nearest(field.ys, y - field.size / 2)
    this.#at = { right: shareOf(column, field.xs.length), down: shareOf(row, field.ys.length) }
  }

  /** Moves the square by places of the field. */
  move(right: number, down: number): void {
    const field = this.#current
    if (field === null) return
    const column = placeAt(this.#at.right, field.xs.length) + right
    const row = placeAt(this.#at.down, field.ys.length) + down
    this.#at = { right: shareOf(column, field.xs.length), down: shareOf(row, field.ys.length) }
  }

  /** What the rules say of the square that is looked at; null where the page has no place for one. */
  reading(rules: SamplingRules): SquareReading | null {
    const field = this.#current
    if (field === null) return null
    const column = placeAt(this.#at.right, field.xs.length)
    const row = placeAt(this.#at.down, field.ys.length)
    const place = measuresAt(field, column, row)
    return place === null
      ? null
      : { ...place, refusal: refusalOf(place, { ...rules, size: field.size }, field) }
  }

  private list(where: string | undefined): void {
    this.#listed = where
    const { api } = this.application
    void this.pages.load(
      async (signal) =>
        (await api.corpus.pages(where === undefined ? {} : { query: where }, { signal })).items,
    )
  }

  private measure(how: FieldChoices): void {
    const page = this.#page?.id
    if (page === undefined) return
    const asked = JSON.stringify({ page, ...how })
    if (asked === this.#asked) return
    this.#asked = asked
    if (this.#ahead?.asked === asked) {
      this.field.set(this.#ahead.field)
      void this.lookAhead(how)
      return
    }
    void this.field
      .load((signal) => this.application.api.sampling.field({ page, ...how }, { signal }))
      .then((field) => (field === null ? undefined : this.lookAhead(how)))
  }

  /** Its failure is told when the page itself is shown. */
  private async lookAhead({ size, background }: FieldChoices): Promise<void> {
    const page = this.#choices[this.position + 1]?.id
    const asked = JSON.stringify({ page, size, background })
    if (page === undefined || this.position < 0 || this.#ahead?.asked === asked) return
    const begun = performance.now()
    const field = await this.application.api.sampling.field({ page, size, background }).catch(() => null)
    if (field === null) return
    this.#ahead = { asked, field }
    // Not of the first page: that waited for processes to start.
    this.#seconds = (performance.now() - begun) / 1000
  }
}

function inGroup(
  pages: readonly Page[],
  group: PageGroupChoice | null,
  shortPages: ShortPages,
): readonly Page[] {
  if (group === null) return pages
  const short = group.short ? new Set(shortPages(group.value)) : null
  return pages.filter((page) => sortValue(page, group.field) === group.value && short?.has(page.id) !== false)
}

const placeAt = (share: number, places: number): number => Math.round(share * Math.max(0, places - 1))

const shareOf = (place: number, places: number): number =>
  places < 2 ? 0 : Math.min(1, Math.max(0, place / (places - 1)))
