/** Which pages are chosen in the grid, one or many: by clicks with Ctrl and Shift, or by the keyboard. */

/** `only` this one; `toggle` it; `extend` to it from the one chosen before; `all` there are. */
export type ChoiceStep = 'only' | 'toggle' | 'extend' | 'all'

export class PageChoice {
  #chosen = $state.raw<ReadonlySet<number>>(new Set())
  /** Where an extension begins. */
  #anchor: number | null = null

  get chosen(): ReadonlySet<number> {
    return this.#chosen
  }

  get size(): number {
    return this.#chosen.size
  }

  has(page: number): boolean {
    return this.#chosen.has(page)
  }

  /** `pages` are the ids of a list. */
  step(pages: readonly number[], index: number, step: ChoiceStep): void {
    const id = pages[index]
    if (step === 'all') this.#chosen = new Set(pages)
    else if (id === undefined) return
    else if (step === 'extend') this.#chosen = new Set(this.span(pages, index))
    else {
      this.#anchor = id
      const others = [...this.#chosen].filter((page) => page !== id)
      if (step === 'only') this.#chosen = new Set([id])
      else this.#chosen = new Set(this.#chosen.has(id) ? others : [...others, id])
    }
  }

  clear(): void {
    this.#anchor = null
    if (this.#chosen.size > 0) this.#chosen = new Set()
  }

  private span(pages: readonly number[], index: number): readonly number[] {
    const begun = this.#anchor === null ? -1 : pages.indexOf(this.#anchor)
    const from = begun < 0 ? index : begun
    return pages.slice(Math.min(from, index), Math.max(from, index) + 1)
  }
}
