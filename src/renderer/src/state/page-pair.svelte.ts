/** Two pages side by side: the opened one and the one beside it. */
import type { Page } from '@shared/domain/page'
import type { Application } from './application.svelte'
import type { CorpusState } from './corpus.svelte'
import { Loadable } from './loadable.svelte'
import { PageStaves } from './page-staves.svelte'

/** Side by side; one over the other, of which one is seen; or one over the other as their difference. */
export type PairLayout = 'beside' | 'stacked' | 'difference'

export type PairSide = 0 | 1

const SIDES = [0, 1] as const

export class PagePairState {
  readonly beside = new Loadable<Page>()
  readonly staves: readonly [PageStaves, PageStaves]
  #asked: number | undefined
  #layout = $state<PairLayout>('beside')
  #top = $state<PairSide>(0)
  #aligned = $state(false)

  constructor(
    private readonly application: Application,
    private readonly corpus: CorpusState,
  ) {
    this.staves = [new PageStaves(application), new PageStaves(application)]
  }

  get pages(): readonly [Page | null, Page | null] {
    return [this.corpus.opened.value, this.beside.value]
  }

  get layout(): PairLayout {
    return this.#layout
  }

  /** Where one lies over the other: the one that is seen. */
  get top(): PairSide {
    return this.#top
  }

  /** Staff spaces are wanted equally large in both. */
  get aligned(): boolean {
    return this.#aligned
  }

  /** Follows the place; asks nothing twice. */
  show(): void {
    const { beside } = this.corpus.place
    if (beside === undefined) this.beside.reset()
    else if (beside !== this.#asked)
      void this.beside.load((signal) => this.application.api.corpus.page({ page: beside }, { signal }))
    this.#asked = beside
    for (const side of SIDES) this.staves[side].show(this.pages[side])
  }

  /** The neighbour of one of them; null where there is none. */
  neighbour(side: PairSide, by: 1 | -1): number | null {
    const page = this.pages[side]
    return page === null ? null : this.corpus.neighbourOf(page.id, by)
  }

  step(side: PairSide, by: 1 | -1): void {
    const page = this.neighbour(side, by)
    if (page === null) return
    this.application.navigation.refine('corpus', side === 0 ? { page } : { beside: page })
  }

  /** Shows only the other of them. */
  close(side: PairSide): void {
    const { page, beside } = this.corpus.place
    this.application.navigation.refine('corpus', { page: side === 0 ? beside : page, beside: undefined })
  }

  align(on: boolean): void {
    this.#aligned = on
  }

  arrange(layout: PairLayout): void {
    this.#layout = layout
  }

  /** One over the other, and the other of them on top. */
  swap(): void {
    if (this.#layout === 'stacked') this.#top = this.#top === 0 ? 1 : 0
    else this.#layout = 'stacked'
  }
}
