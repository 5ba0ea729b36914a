/** Looks whether the files of pages are where they were, and as they were. */
import type { CheckReport } from '@shared/domain/files'
import { Cancelled, throwIfCancelled } from '@shared/errors'
import { inOrder } from '../../ordered-work'
import type { Clock, JobContext, OpenProject } from '../../ports'
import { type LocatedFile, locateFile, noteFile } from '../page-location'
import { forgetSettledProposals, type PagesFile, readFiles } from './file-records'

const AT_ONCE = 8
/** What was seen is written down together, but never held back longer than this. */
const BATCH_FILES = 256

/** A file, and where it is; null where it is nowhere. */
type Seen = readonly [PagesFile, LocatedFile | null]

/** Each file once, however many pages it has; only those whose size or time differ are read. */
export async function checkFiles(
  project: OpenProject,
  { signal, progress }: Pick<JobContext, 'signal' | 'progress'>,
  { clock, onNoticed }: { readonly clock: Clock; readonly onNoticed: () => void },
): Promise<CheckReport> {
  const startMs = clock.elapsedMs()
  const files = readFiles(project.database, 'all')
  const counts = { missing: 0, changed: 0 }
  let [done, noticed] = [0, false]
  let waiting: Seen[] = []
  const write = (): void => {
    const seen = waiting
    waiting = []
    noticed = noteAll(project, seen) || noticed
  }
  const look = async (file: PagesFile): Promise<Seen> => {
    throwIfCancelled(signal)
    return [file, await seen(project, file, signal)]
  }
  try {
    for await (const [file, located] of inOrder(files, look, { concurrency: AT_ONCE })) {
      throwIfCancelled(signal)
      waiting.push([file, located])
      if (waiting.length >= BATCH_FILES) write()
      if (located === null) counts.missing += 1
      else if (!located.asImported) counts.changed += 1
      done += 1
      progress({ label: "Looking for the pages' files", done, total: files.length })
    }
  } finally {
    write()
  }
  forgetSettledProposals(project.database)
  if (noticed) onNoticed()
  const pages = files.reduce((sum, file) => sum + file.pages, 0)
  return { files: files.length, pages, ...counts, seconds: (clock.elapsedMs() - startMs) / 1000 }
}

function noteAll(project: OpenProject, seen: readonly Seen[]): boolean {
  return project.database
    .transaction(() => seen.filter(([file, located]) => noteFile(project, file, located)).length > 0)
    .immediate()
}

/** A file that cannot be reached, for whatever reason, is missing. */
async function seen(project: OpenProject, file: PagesFile, signal: AbortSignal): Promise<LocatedFile | null> {
  try {
    return await locateFile(project, file, signal)
  } catch (error) {
    if (error instanceof Cancelled) throw error
    return null
  }
}
