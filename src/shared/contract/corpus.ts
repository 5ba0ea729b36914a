/** The corpus: pages, where they belong, and how they came in. */
import { z } from 'zod'
import type { JobReference } from '../domain/job'
import type {
  ImportPreview,
  ImportReport,
  ListPreview,
  Page,
  PageOrder,
  PageRegion,
  StaffSpace,
  StyleNode,
} from '../domain/page'
import type { CorpusCounts } from '../domain/project'
import { id, folder, nothing, type Listing, selection } from './shapes'

const path = z.string().min(1).max(4096)
const name = z.string().max(300).optional()

/** What folders mean. */
const placing = {
  /** What each level of folders names, from the top; deeper ones belong to the piece. Absent: style, composer, piece. */
  levels: z
    .array(z.enum(['style', 'composer', 'piece', '-']))
    .max(50)
    .optional(),
  /** Goes before what folders say. */
  place: z.object({ style: name, composer: name, piece: name }).optional(),
}

/** What is imported: a folder with all that is in it, or files and folders one by one; and what their folders mean. */
const source = {
  folder: folder.optional(),
  files: z.array(path).max(100_000).optional(),
  ...placing,
}

/** How pages are imported, wherever they come from. */
export const importChoices = {
  ...placing,
  /** As the project is set unless said. */
  storage: z.enum(['link', 'copy']).optional(),
  csv: path.optional(),
  /** What the list's columns mean where their names do not say it. */
  columns: z
    .record(z.string(), z.enum(['file', 'part', 'style', 'composer', 'piece', 'page', 'field', '-']))
    .optional(),
  /** Pages of PDFs that are not one scan are drawn at this resolution; 300 unless said. */
  drawnDpi: z.int().min(36).max(1200).optional(),
}

export const corpusRequests = {
  import: z.object({ ...source, ...importChoices }),
  /** What an import would find and where pages would go; walks names, opens nothing. */
  preview: z.object(source),
  listPreview: z.object({ csv: path }),
  tree: nothing,
  counts: nothing,
  pages: z.object({
    ...selection,
    offset: z.int().min(0).default(0),
    limit: z.int().min(1).max(100_000).default(100_000),
  }),
  /** The ids of a list, all at once: small enough for every page of a large corpus. */
  order: z.object({
    ...selection,
    /** A column of SORT_COLUMNS or a field; absent: as the catalogue has them. */
    sortBy: z.string().min(1).max(100).optional(),
  }),
  /** These pages in this order; ids that are no page are left out. */
  describe: z.object({ pages: z.array(id).max(1000) }),
  page: z.object({ page: id }),
  /** What of a page sampling leaves alone. */
  regions: z.object({ page: id }),
  /** Measured when first asked for, kept while the page's bytes stay the same. */
  staffSpace: z.object({ page: id }),
  lastImport: nothing,
} as const

export interface CorpusReplies {
  import: JobReference<'import'>
  preview: ImportPreview
  listPreview: ListPreview
  tree: readonly StyleNode[]
  counts: CorpusCounts
  pages: Listing<Page>
  order: PageOrder
  describe: readonly Page[]
  page: Page
  regions: readonly PageRegion[]
  /** Null where no staff can be made out. */
  staffSpace: StaffSpace | null
  lastImport: ImportReport | null
}
