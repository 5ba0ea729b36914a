/** What sampling needs of the corpus; given by core/parts.ts. */
import type { PagesToSample, PageToSample } from '../ports'
import type { GreyPage } from './pixel-sums'

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
