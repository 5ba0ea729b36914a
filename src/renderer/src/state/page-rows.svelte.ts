/** What is known of the pages of a long list: asked for in blocks, as they come into view. */
import { untrack } from 'svelte'
import { SvelteMap } from 'svelte/reactivity'
import type { Page } from '@shared/domain/page'
import type { Application } from './application.svelte'

/** Several screens full of tiles. */
const BLOCK_PAGES = 100

export class PageRows {
  readonly #known = new SvelteMap<number, Page>()
  #list = $state.raw<readonly number[]>([])
  /** Blocks of the list that were asked for, whether they are here or not. */
  #asked = new Set<number>()

  constructor(private readonly application: Application) {}

  /** Another list, or the same one asked for again: what is in view is asked for anew and stays until it is here. */
  begin(list: readonly number[]): void {
    this.#list = list
    this.#asked = new Set()
  }

  /** Null until it is here; maybe as it was before the last edit until it is in view again. */
  get(page: number): Page | null {
    return this.#known.get(page) ?? null
  }

  /** The page at a place of the list is in view. Called in an effect, it is called again for another list. */
  want(index: number): void {
    const list = this.#list
    const block = Math.floor(index / BLOCK_PAGES)
    if (index >= list.length || this.#asked.has(block)) return
    const asked = this.#asked.add(block)
    const pages = list.slice(block * BLOCK_PAGES, (block + 1) * BLOCK_PAGES)
    const { api, toasts } = this.application
    void api.corpus.describe({ pages }).then(
      (rows) => untrack(() => this.keep(rows)),
      (error: unknown) => {
        asked.delete(block)
        toasts.fail(error)
      },
    )
  }

  private keep(rows: readonly Page[]): void {
    for (const page of rows) this.#known.set(page.id, page)
  }
}
