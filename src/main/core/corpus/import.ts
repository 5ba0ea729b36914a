/** Brings a folder of page images into the catalogue. One bad file is reported and stops nothing. */
import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { StorageChoice } from '@shared/domain/files'
import type { ImportReport, ListMeaning, RefusedFile } from '@shared/domain/page'
import { AppError } from '@shared/errors'
import type Database from 'better-sqlite3'
import type { Clock, JobContext, ProjectAccess } from '../ports'
import { readCounts } from './catalogue'
import { type FolderWalk, walkFolder, walkGiven } from './folder-walk'
import { Importer } from './importer'
import { listedFile, listKey, type PageList, readPageList } from './page-list'
import type { Placing } from './page-place'
import type { PictureDecoder } from './picture-decoder'
import { readStorageChoice } from './storage-choice'

export interface ImportRequest extends Placing {
  /** A folder with all that is in it; or files and folders one by one. */
  readonly folder?: string | undefined
  readonly files?: readonly string[] | undefined
  /** As the project is set unless said. */
  readonly storage?: StorageChoice | undefined
  readonly csv?: string | undefined
  /** What the list's columns mean where their names do not say it. */
  readonly columns?: Readonly<Record<string, ListMeaning>> | undefined
  /** For pages of PDFs that are no scans; 300 unless said. */
  readonly drawnDpi?: number | undefined
  /** Nobody asked for it: what it did is kept as the last import only where it added pages. */
  readonly byItself?: boolean
}

/** Where nothing else is said of pages of PDFs that are no scans. */
export const DRAWN_DPI = 300

/** The list that an imported folder may bring along. */
export const LIST_FILE = 'corpus.csv'
/**
 * The folder to import, made absolute. @throws AppError corpus/folder-missing
 */
export function importableFolder(given: string): string {
  const folder = resolve(given)
  if (!isFolder(folder)) throw AppError.of('corpus/folder-missing', { folder: given })
  return folder
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** What is to be imported, made absolute. @throws AppError corpus/folder-missing, corpus/nothing-given */
export function importable<Request extends Pick<ImportRequest, 'folder' | 'files'>>(
  request: Request,
): Request {
  const files = request.files?.map((file) => resolve(file)) ?? []
  if (request.folder !== undefined)
    return { ...request, folder: importableFolder(request.folder), files: undefined }
  const [only] = files
  if (only === undefined) throw AppError.of('corpus/nothing-given', {})
  // One folder is meant whole; among others, its name is the first level.
  if (files.length === 1 && isFolder(only)) return { ...request, folder: only, files: undefined }
  return { ...request, files }
}

/**
 * Adds what is new of a folder, or of the files given. What was added before a cancel, a failure or a kill stays.
 * @throws AppError corpus/folder-missing, corpus/folder-empty, corpus/csv-unreadable, project/no-write
 */
export async function importFolder(
  request: ImportRequest,
  context: JobContext,
  deps: { readonly projects: ProjectAccess; readonly clock: Clock; readonly decoder: PictureDecoder },
): Promise<ImportReport> {
  const { projects, clock, decoder } = deps
  const project = projects.required()
  const startMs = clock.elapsedMs()
  const { folder, files = [], levels, place } = importable(request)
  const storage = request.storage ?? readStorageChoice(project.database)
  const [source = '.'] = folder === undefined ? files.map(dirname) : [folder]
  context.progress({ label: 'Looking for page images', done: 0, total: 0 })
  const walk = await (folder === undefined
    ? walkGiven(files, context.signal)
    : walkFolder(folder, context.signal))
  if (walk.found.length === 0 && walk.refused.length === 0)
    throw AppError.of('corpus/folder-empty', { folder: request.folder ?? source })
  const refusedLists: RefusedFile[] = []
  const list = await findList(request, source, refusedLists)
  const drawnDpi = request.drawnDpi ?? DRAWN_DPI
  const options = { project, projects, clock, context, storage, list, decoder, drawnDpi }
  const importer = new Importer({ ...options, placing: { levels, place } })
  await importer.run(walk.found)
  const report: ImportReport = {
    project: project.folder,
    ...readCounts(project.database),
    added: importer.added,
    skipped: importer.skipped,
    refused: [...refusedLists, ...listedButAbsent(list, walk, request), ...walk.refused, ...importer.refused],
    seconds: (clock.elapsedMs() - startMs) / 1000,
  }
  if (request.byItself !== true || report.added > 0) keepReport(project.database, { source, report, clock })
  projects.announceChange()
  return report
}

function keepReport(
  database: Database.Database,
  {
    source,
    report,
    clock,
  }: { readonly source: string; readonly report: ImportReport; readonly clock: Clock },
): void {
  database
    .prepare('INSERT INTO imports (folder, finished_at, report) VALUES (?, ?, ?)')
    .run(source, clock.now().toISOString(), JSON.stringify(report))
}

/** The list asked for must be readable; one that only happens to be there is reported when it is not. */
async function findList(request: ImportRequest, folder: string, refused: RefusedFile[]): Promise<PageList> {
  if (request.csv !== undefined) return await readPageList(resolve(request.csv), request.columns)
  const path = join(folder, LIST_FILE)
  if (request.folder === undefined || !existsSync(path)) return new Map()
  try {
    return await readPageList(path)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    refused.push({
      file: LIST_FILE,
      reason: `it cannot be used as a list of pages: ${String(error.details['problem'])}`,
    })
    return new Map()
  }
}

function listedButAbsent(
  list: PageList,
  walk: FolderWalk,
  { csv = LIST_FILE }: ImportRequest,
): readonly RefusedFile[] {
  const there = new Set([...walk.found, ...walk.refused].map(({ file }) => listKey(file)))
  const absent = [...new Set([...list.keys()].map(listedFile))].filter((file) => !there.has(file))
  if (absent.length === 0) return []
  return [
    {
      file: csv,
      reason: `it lists ${String(absent.length)} files that are not in the folder, the first is ${absent[0] ?? ''}`,
    },
  ]
}
