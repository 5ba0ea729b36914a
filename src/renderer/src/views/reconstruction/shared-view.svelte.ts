/** One enlargement for several pictures of the same crop: what is looked at in one is looked at in all. */
export const LARGEST_ZOOM = 16

export interface ViewPoint {
  /** Share of the visible part, from 0 at the left or top to 1. */
  readonly x: number
  readonly y: number
}

export class SharedView {
  #zoom = $state(1)
  /** Top left of the visible part, as shares of the picture. */
  #left = $state(0)
  #top = $state(0)
  #pointer = $state.raw<ViewPoint | null>(null)

  get zoom(): number {
    return this.#zoom
  }

  /** As a CSS transform of a picture that fills its frame, from its top left corner. */
  get transform(): string {
    return `scale(${this.#zoom}) translate(${-this.#left * 100}%, ${-this.#top * 100}%)`
  }

  /** Where the pointer is, in shares of the frame; null while it is over none of the pictures. */
  get pointer(): ViewPoint | null {
    return this.#pointer
  }

  /** Enlarges by a factor; what lies at `point` of the frame stays there. */
  zoomBy(factor: number, point: ViewPoint = { x: 0.5, y: 0.5 }): void {
    const zoom = Math.min(LARGEST_ZOOM, Math.max(1, this.#zoom * factor))
    const x = this.#left + point.x / this.#zoom
    const y = this.#top + point.y / this.#zoom
    this.#zoom = zoom
    this.moveTo(x - point.x / zoom, y - point.y / zoom)
  }

  /** Moves what is seen by shares of the frame. */
  panBy(right: number, down: number): void {
    this.moveTo(this.#left + right / this.#zoom, this.#top + down / this.#zoom)
  }

  fit(): void {
    this.#zoom = 1
    this.moveTo(0, 0)
  }

  point(at: ViewPoint | null): void {
    this.#pointer = at
  }

  private moveTo(left: number, top: number): void {
    const most = 1 - 1 / this.#zoom
    this.#left = Math.min(most, Math.max(0, left))
    this.#top = Math.min(most, Math.max(0, top))
  }
}
