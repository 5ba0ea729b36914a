/** Two pictures that are zoomed and moved together: what is looked at in one is looked at in the other. */
import type { PairSide } from '../../state/page-pair.svelte'
import type { PictureView } from '../../components/page-viewer/deep-zoom'

/** How the second view follows from the first: lengths are shares of each picture's width. */
export interface ViewLink {
  /** Widths of the second picture for one width of the first, where both are equally enlarged. */
  readonly ratio: number
  readonly x: number
  readonly y: number
}

/** What is told to a view, and what it says. */
export interface LinkedView {
  readonly view: PictureView | null
  look(view: PictureView): void
  fit(): void
}

/** The same share of the width of both. */
export const SAME_WIDTH: ViewLink = { ratio: 1, x: 0, y: 0 }

export function secondView({ x, y, zoom }: PictureView, link: ViewLink): PictureView {
  return { x: x * link.ratio + link.x, y: y * link.ratio + link.y, zoom: zoom / link.ratio }
}

export function firstView({ x, y, zoom }: PictureView, link: ViewLink): PictureView {
  return { x: (x - link.x) / link.ratio, y: (y - link.y) / link.ratio, zoom: zoom * link.ratio }
}

/** The link under which both middles stay where they are. */
export function linkBetween(first: PictureView, second: PictureView, ratio: number): ViewLink {
  return { ratio, x: second.x - first.x * ratio, y: second.y - first.y * ratio }
}

/** A page as a ruler of its own: its staff space as a share of its width. */
interface Ruled {
  readonly width: number
  readonly spacePixels: number
}

/** The ratio under which staff spaces are equally large in both views. */
export function staffRatio(first: Ruled, second: Ruled): number {
  return second.spacePixels / second.width / (first.spacePixels / first.width)
}

export class LinkedViews {
  readonly #views: [LinkedView | null, LinkedView | null] = [null, null]
  /** Moved by hand last: the other follows. */
  #leader: PairSide = 0
  #locked = $state(true)
  #link = SAME_WIDTH

  get locked(): boolean {
    return this.#locked
  }

  /** Another picture was opened: it follows what is looked at in the other. */
  opened(side: PairSide, view: LinkedView): void {
    this.#views[side] = view
    if (this.#locked) this.follow(side === 0 ? 1 : 0)
  }

  /** This one is moved by hand from now on. */
  lead(side: PairSide): void {
    this.#leader = side
  }

  moved(side: PairSide): void {
    if (this.#locked && side === this.#leader) this.follow(side)
  }

  /** Locking keeps what is in the middle of both. */
  lock(on: boolean): void {
    this.#locked = on
    if (on) this.relink(this.#link.ratio)
  }

  /** Another scale of the second picture against the first. */
  scale(ratio: number): void {
    if (ratio !== this.#link.ratio) this.relink(ratio)
  }

  /** Both whole, and both from their upper left corner. */
  fit(): void {
    this.#link = { ratio: this.#link.ratio, x: 0, y: 0 }
    this.#views[this.#leader]?.fit()
    if (this.#locked) this.follow(this.#leader)
    else this.#views[this.#leader === 0 ? 1 : 0]?.fit()
  }

  private relink(ratio: number): void {
    const [first, second] = this.#views.map((known) => known?.view ?? null)
    if (first && second) this.#link = linkBetween(first, second, ratio)
    else this.#link = { ...this.#link, ratio }
    if (this.#locked) this.follow(this.#leader)
  }

  private follow(side: PairSide): void {
    const other = side === 0 ? 1 : 0
    const view = this.#views[side]?.view ?? null
    if (view !== null)
      this.#views[other]?.look(side === 0 ? secondView(view, this.#link) : firstView(view, this.#link))
  }
}
