/** The corpus: importing page images, listing them, showing them. */
import type { EncodedPicture, LocalApi } from '@shared/api'
import type { ImportReport, Page } from '@shared/domain/page'
import type { PictureAddress } from '@shared/pictures'
import type { GreyPixels } from '@shared/decode-api'
import { GREY_METHOD } from '../../decoding'
import type {
  Clock,
  JobContext,
  Jobs,
  LaunchDecode,
  ProjectAccess,
  PagesToSample,
  PageToSample,
  PageLooks,
} from '../ports'
import { describePages, findPage, listPages, readCounts, readLastImport, readTree } from './catalogue'
import { importable, importFolder, type ImportRequest } from './import'
import { previewImport, previewList } from './import-preview'
import { orderPages } from './page-order'
import { decodePage, measurePage, type PageReading, portrayPage, readPagePicture } from './page-reader'
import { decodeHere, decodeInProcess, type PictureDecoder } from './picture-decoder'
import { staffSpaceOf } from './staff-spaces'
import { readRegions } from './page-regions'
import { registerFolding } from './page-search'
import { findPageToSample, listPagesToSample, readFieldValues } from './pages-to-sample'

export type { GreyPixels, ImportRequest }

export interface Corpus {
  readonly api: LocalApi['corpus']
  /** @throws AppError corpus/page-unknown, corpus/page-unreadable */
  readPicture(address: PictureAddress & { readonly kind: 'thumbnail' | 'page' }): Promise<EncodedPicture>
  /** The import itself, for use inside another job. Errors as `importFolder` in import.ts. */
  importFolder(request: ImportRequest, context: JobContext): Promise<ImportReport>
  /**
   * A page in grey, from the very bytes that were imported.
   * @throws AppError corpus/page-unknown, corpus/page-unreadable, corpus/page-changed
   */
  decodePage(page: number): Promise<GreyPixels>
  /** What health asks of pages, measured where they are decoded. */
  readonly looks: PageLooks
  /** @throws AppError corpus/page-unknown */
  page(page: number): Page
  /** Pages that a search finds, or all. @throws AppError corpus/query-invalid */
  pagesForSampling(where?: string): PagesToSample
  /** @throws AppError corpus/page-unknown */
  pageForSampling(page: number): PageToSample
  /** What a field says of each page that has it. @throws AppError corpus/query-invalid where there is no such field */
  fieldValues(field: string): ReadonlyMap<number, string>
  /** How pages become grey; goes into the hash of a sample set. */
  readonly greyMethod: string
  /** What decodes pages, for the corpus' own folders. */
  readonly decoder: PictureDecoder
  /** Ends what decodes. */
  close(): Promise<void>
}

export function createCorpus(deps: {
  readonly projects: ProjectAccess
  readonly jobs: Jobs
  readonly clock: Clock
  /** Absent: decoded in this process. */
  readonly launchDecode?: LaunchDecode
}): Corpus {
  const { projects, jobs, launchDecode } = deps
  const decoder = launchDecode === undefined ? decodeHere() : decodeInProcess(launchDecode)
  projects.onOpened(({ database }) => {
    registerFolding(database)
  })
  const database = () => projects.required().database
  const reading = (): PageReading => ({
    project: projects.required(),
    decoder,
    onNoticed: () => {
      projects.announceChange()
    },
  })
  const run = (request: ImportRequest, context: JobContext): Promise<ImportReport> =>
    importFolder(request, context, { ...deps, decoder })
  return {
    api: {
      import: (request) => {
        const checked = importable(request)
        return jobs.start('import', { label: 'Importing pages', subject: null }, (context) =>
          run(checked, context),
        )
      },
      preview: (request, { signal }) => previewImport(request, signal),
      listPreview: ({ csv }) => previewList(csv),
      tree: () => readTree(database()),
      counts: () => readCounts(database()),
      pages: (request) => listPages(database(), request),
      order: (request) => orderPages(database(), request),
      describe: ({ pages }) => describePages(database(), pages),
      page: ({ page }) => findPage(database(), page),
      regions: ({ page }) => readRegions(database(), page),
      staffSpace: ({ page }) => staffSpaceOf(reading(), page),
      lastImport: () => readLastImport(database()),
    },
    readPicture: (address) => readPagePicture(reading(), address),
    importFolder: run,
    decodePage: (page) => decodePage(reading(), page),
    looks: {
      measure: (page) => measurePage(reading(), page),
      portray: (page) => portrayPage(reading(), page),
      likeness: (one, other) => decoder.ask('likeness', { one, other }),
    },
    page: (page) => findPage(database(), page),
    pagesForSampling: (where) => listPagesToSample(database(), where),
    pageForSampling: (page) => findPageToSample(database(), page),
    fieldValues: (field) => readFieldValues(database(), field),
    greyMethod: GREY_METHOD,
    decoder,
    close: () => decoder.close(),
  }
}
