/** One channel over whole pages, and over the pages of one piece or two. */
import type { PageActivation, PieceActivation, PlacedTop } from '@shared/domain/feature'
import type { Page, StaffSpace, StyleNode } from '@shared/domain/page'
import type { Application } from './application.svelte'
import { addressOf, type ChannelPlace } from './filters-findings.svelte'
import { Loadable } from './loadable.svelte'

export interface PieceChoice {
  readonly piece: number
  readonly label: string
  readonly composer: string
  readonly name: string
}

/** A page that can be shown, with how it is cited. */
export interface PageChoice {
  readonly page: number
  readonly label: string
}

export class ChannelOnPages {
  readonly page = new Loadable<Page>()
  readonly activation = new Loadable<PageActivation>()
  readonly staffSpace = new Loadable<StaffSpace | null>()
  readonly tree = new Loadable<readonly StyleNode[]>()
  readonly pieces = [new Loadable<PieceActivation>(), new Loadable<PieceActivation>()] as const
  #shown = $state<number | null>(null)
  #chosen = $state.raw<readonly [number | null, number | null]>([null, null])
  #choices = $state.raw<readonly PageChoice[]>([])
  #place: ChannelPlace | null = null

  readonly #pieceChoices: readonly PieceChoice[] = $derived(choicesIn(this.tree.value ?? []))

  constructor(private readonly application: Application) {}

  /** The page on show; null until one is asked for. */
  get shown(): number | null {
    return this.#shown
  }

  /** Pages that keys lead through. */
  get choices(): readonly PageChoice[] {
    return this.#choices
  }

  get pieceChoices(): readonly PieceChoice[] {
    return this.#pieceChoices
  }

  /** The piece looked at, and the one beside it. */
  get chosen(): readonly [number | null, number | null] {
    return this.#chosen
  }

  /** Another channel: the page and the pieces on show stay, and are measured for it. */
  look(place: ChannelPlace): void {
    if (this.#place !== null && addressOf(this.#place) === addressOf(place)) return
    const sameRun = this.#place?.run === place.run
    this.#place = place
    this.activation.reset()
    for (const piece of this.pieces) piece.reset()
    if (!sameRun) {
      this.close()
      return
    }
    if (this.#shown !== null) this.measurePage(this.#shown)
    for (const slot of [0, 1] as const) this.measurePiece(slot)
  }

  /** Offers the pages of a channel's top crops and shows the first. */
  begin(tops: readonly PlacedTop[]): void {
    const labels = new Map(
      tops.map((top) => [top.page, `${top.composer}, ${top.piece}, page ${top.pageNumber}`]),
    )
    this.#choices = [...labels].map(([page, label]) => ({ page, label }))
    const [first] = this.#choices
    if (first !== undefined) this.show(first.page)
  }

  show(page: number): void {
    this.#shown = page
    void this.page.load((signal) => this.application.api.corpus.page({ page }, { signal }))
    void this.staffSpace.load((signal) => this.application.api.corpus.staffSpace({ page }, { signal }))
    this.measurePage(page)
  }

  /** The next page on offer, or with −1 the one before; stops at the ends. */
  step(by: number): void {
    const here = this.#choices.findIndex(({ page }) => page === this.#shown)
    const next = this.#choices[here + by]
    if (next !== undefined) this.show(next.page)
  }

  /** Offers all pages of the piece that the page on show belongs to. */
  offerPieceOf(page: Page): void {
    const found = this.#pieceChoices.find(
      ({ name, composer }) => name === page.piece && composer === page.composer,
    )
    if (found === undefined) return
    const { api, toasts } = this.application
    api.corpus.pages({ piece: found.piece }).then(
      ({ items }) => {
        this.#choices = items.map((one) => ({
          page: one.id,
          label: `${one.composer}, ${one.piece}, page ${one.page}`,
        }))
      },
      (error: unknown) => toasts.fail(error),
    )
  }

  close(): void {
    this.#shown = null
    this.#chosen = [null, null]
    this.#choices = []
    this.page.reset()
    this.activation.reset()
    for (const piece of this.pieces) piece.reset()
  }

  /** The tree of the corpus, to choose pieces from. */
  loadTree(): void {
    if (this.tree.status === 'idle')
      void this.tree.load((signal) => this.application.api.corpus.tree(undefined, { signal }))
  }

  choosePiece(slot: 0 | 1, piece: number | null): void {
    this.#chosen = slot === 0 ? [piece, this.#chosen[1]] : [this.#chosen[0], piece]
    this.measurePiece(slot)
  }

  private measurePage(page: number): void {
    const place = this.#place
    if (place === null) return
    void this.activation.load((signal) =>
      this.application.api.exploration.pageActivation({ ...place, page }, { signal }),
    )
  }

  private measurePiece(slot: 0 | 1): void {
    const [place, piece] = [this.#place, this.#chosen[slot]]
    if (place === null || piece === null) {
      this.pieces[slot].reset()
      return
    }
    void this.pieces[slot].load((signal) =>
      this.application.api.exploration.pieceActivation({ ...place, piece }, { signal }),
    )
  }
}

function choicesIn(styles: readonly StyleNode[]): readonly PieceChoice[] {
  return styles.flatMap((style) =>
    style.composers.flatMap((composer) =>
      composer.pieces.map((piece) => ({
        piece: piece.id,
        label: `${composer.name}: ${piece.name} (${piece.pages})`,
        composer: composer.name,
        name: piece.name,
      })),
    ),
  )
}
