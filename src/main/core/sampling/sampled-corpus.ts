/** What sampling needs of the corpus; given by core/parts.ts. */
import type { PageRegion } from '@shared/domain/page'
import type { GreyPage } from './pixel-sums'

/** A page that can be sampled. */
export interface PageToSample {
  readonly id: number
  readonly file: string
  readonly sha256: string
  readonly width: number
  readonly height: number
  readonly style: string
  readonly composer: string
  readonly piece: string
  /** No crop may touch one. */
  readonly regions: readonly PageRegion[]
}

export interface PagesToSample {
  readonly pages: readonly PageToSample[]
  /** Left out as a whole, and why. */
  readonly excluded: readonly { readonly sha256: string; readonly reason: string }[]
}

export interface SampledCorpus {
  /** In an order that does not depend on ids: it becomes the order of the crops. @throws AppError corpus/query-invalid */
  pagesForSampling(where?: string): PagesToSample
  /** @throws AppError corpus/page-unknown */
  pageForSampling(page: number): PageToSample
  /** What a field says of each page that has it. @throws AppError corpus/query-invalid where there is no such field */
  fieldValues(field: string): ReadonlyMap<number, string>
  /** @throws AppError corpus/page-unreadable, corpus/page-changed */
  decodePage(page: number): Promise<GreyPage>
  /** How pages become grey. */
  readonly greyMethod: string
}
