/** The ruler of one page that is looked at: its staff space, and its staves where all can be made out. */
import type { Page, StaffSpace } from '@shared/domain/page'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

export class PageStaves {
  /** Null where no staff can be made out. */
  readonly measured = new Loadable<StaffSpace | null>()
  #drawn = $state(false)
  #of = ''

  constructor(private readonly application: Application) {}

  /** Staves and ruler are drawn over the page. */
  get drawn(): boolean {
    return this.#drawn
  }

  draw(on: boolean): void {
    this.#drawn = on
  }

  /** Asks once for a page, also while its description is changed. */
  show(page: Page | null): void {
    const of = page === null ? '' : `${page.id}/${page.sha256}`
    if (of === this.#of) return
    this.#of = of
    this.measured.reset()
    if (page === null) return
    const { corpus } = this.application.api
    void this.measured.load((signal) => corpus.staffSpace({ page: page.id }, { signal }))
  }
}
