/** A crop that was opened on its whole page. */
import type { PlacedTop } from '@shared/domain/feature'
import type { Page, StaffSpace } from '@shared/domain/page'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

export class OpenedCrop {
  /** The whole page behind it. */
  readonly page = new Loadable<Page>()
  /** Of that page; null where no staff can be made out. */
  readonly staffSpace = new Loadable<StaffSpace | null>()
  #top = $state.raw<PlacedTop | null>(null)

  constructor(private readonly application: Application) {}

  get top(): PlacedTop | null {
    return this.#top
  }

  open(top: PlacedTop): void {
    this.#top = top
    const { page } = top
    const { corpus } = this.application.api
    void this.page.load((signal) => corpus.page({ page }, { signal }))
    void this.staffSpace.load((signal) => corpus.staffSpace({ page }, { signal }))
  }

  close(): void {
    this.#top = null
    this.page.reset()
    this.staffSpace.reset()
  }
}
