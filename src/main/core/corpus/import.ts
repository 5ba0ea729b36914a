/** Brings a folder of page images into the catalogue. One bad file is reported and stops nothing. */
import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ImportReport, RefusedFile } from '@shared/domain/page'
import { AppError } from '@shared/errors'
import type { Clock, JobContext, ProjectAccess } from '../ports'
import { readCounts } from './catalogue'
import { type FolderWalk, walkFolder } from './folder-walk'
import { Importer } from './importer'
import { listKey, type PageList, readPageList } from './page-list'

export interface ImportRequest {
  readonly folder: string
  readonly storage: 'link' | 'copy'
  readonly csv?: string | undefined
}

/** The list that an imported folder may bring along. */
const LIST_FILE = 'corpus.csv'
/**
 * The folder to import, made absolute. @throws AppError corpus/folder-missing
 */
export function importableFolder(given: string): string {
  const folder = resolve(given)
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw AppError.of('corpus/folder-missing', { folder: given })
  return folder
}

/**
 * Adds what is new below a folder. What was added before a cancel, a failure or a kill stays.
 * @throws AppError corpus/folder-missing, corpus/folder-empty, corpus/csv-unreadable, project/no-write
 */
export async function importFolder(
  request: ImportRequest,
  context: JobContext,
  deps: { readonly projects: ProjectAccess; readonly clock: Clock },
): Promise<ImportReport> {
  const { projects, clock } = deps
  const project = projects.required()
  const startMs = clock.elapsedMs()
  const folder = importableFolder(request.folder)
  context.progress({ label: 'Looking for page images', done: 0, total: 0 })
  const walk = await walkFolder(folder, context.signal)
  if (walk.found.length === 0 && walk.refused.length === 0)
    throw AppError.of('corpus/folder-empty', { folder: request.folder })
  const refusedLists: RefusedFile[] = []
  const list = await findList(request, folder, refusedLists)
  const importer = new Importer({ project, projects, clock, context, storage: request.storage, list })
  await importer.run(walk.found)
  const report: ImportReport = {
    project: project.folder,
    ...readCounts(project.database),
    added: importer.added,
    skipped: importer.skipped,
    refused: [...refusedLists, ...listedButAbsent(list, walk, request), ...walk.refused, ...importer.refused],
    seconds: (clock.elapsedMs() - startMs) / 1000,
  }
  project.database
    .prepare('INSERT INTO imports (folder, finished_at, report) VALUES (?, ?, ?)')
    .run(folder, clock.now().toISOString(), JSON.stringify(report))
  projects.announceChange()
  return report
}

/** The list asked for must be readable; one that only happens to be there is reported when it is not. */
async function findList(request: ImportRequest, folder: string, refused: RefusedFile[]): Promise<PageList> {
  if (request.csv !== undefined) return await readPageList(resolve(request.csv))
  const path = join(folder, LIST_FILE)
  if (!existsSync(path)) return new Map()
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
  const absent = [...list.keys()].filter((file) => !there.has(file))
  if (absent.length === 0) return []
  return [
    {
      file: csv,
      reason: `it lists ${String(absent.length)} files that are not in the folder, the first is ${absent[0] ?? ''}`,
    },
  ]
}
