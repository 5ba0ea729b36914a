/** The corpus: pages, where they belong, and how they came in. */
import { z } from 'zod'
import type { JobReference } from '../domain/job'
import type { ImportReport, Page, StaffSpace, StyleNode } from '../domain/page'
import type { CorpusCounts } from '../domain/project'
import { id, folder, nothing, type Listing, selection } from './shapes'

export const corpusRequests = {
  import: z.object({
    folder,
    storage: z.enum(['link', 'copy']).default('link'),
    csv: z.string().max(4096).optional(),
  }),
  tree: nothing,
  counts: nothing,
  pages: z.object({
    ...selection,
    offset: z.int().min(0).default(0),
    limit: z.int().min(1).max(100_000).default(100_000),
  }),
  page: z.object({ page: id }),
  /** Measured when first asked for, kept while the page's bytes stay the same. */
  staffSpace: z.object({ page: id }),
  lastImport: nothing,
} as const

export interface CorpusReplies {
  import: JobReference<'import'>
  tree: readonly StyleNode[]
  counts: CorpusCounts
  pages: Listing<Page>
  page: Page
  /** Null where no staff can be made out. */
  staffSpace: StaffSpace | null
  lastImport: ImportReport | null
}
