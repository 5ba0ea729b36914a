/** The files of pages: looking whether they are there, finding them again, link or copy, watched folders. */
import { z } from 'zod'
import type { FilesOverview, RelinkReport, WatchedFolder } from '../domain/files'
import type { JobReference } from '../domain/job'
import { importChoices } from './corpus'
import { folder, id, nothing } from './shapes'

const ids = z.array(id).min(1).max(1_000_000)
const storage = z.enum(['link', 'copy'])

export const filesRequests = {
  /** What is known of files that are missing or changed, with proposals from the last search; reads no file. */
  overview: nothing,
  /** Looks at every page's file: each file once, and reads only those whose size or time differ. */
  check: nothing,
  /** Looks in a folder for files that are missing or changed, by content and by name. */
  find: z.object({ folder }),
  /** Takes proposals with the same bytes: their pages are there from now on. All in one transaction. */
  relink: z.object({ proposals: ids }),
  /** Takes other bytes for what the pages of a file are from now on: those in its place, or those of a proposal. */
  renew: z.object({
    files: z
      .array(z.object({ page: id, proposal: id.optional() }))
      .min(1)
      .max(1_000_000),
  }),
  /** What an import does with files unless it says otherwise. */
  setStorage: z.object({ storage }),
  /** Turns links into copies inside the project, or copies back into links where the originals are still there. */
  consolidate: z.object({ to: storage }),
  watched: nothing,
  /** Imports a folder again by itself from now on; one that is watched already takes the new choices. */
  watch: z.object({ folder, ...importChoices }),
  pauseWatching: z.object({ id, paused: z.boolean() }),
  unwatch: z.object({ id }),
} as const

export interface FilesReplies {
  overview: FilesOverview
  check: JobReference<'check-files'>
  find: JobReference<'find-files'>
  relink: RelinkReport
  renew: JobReference<'renew-files'>
  setStorage: FilesOverview
  consolidate: JobReference<'consolidate'>
  watched: readonly WatchedFolder[]
  watch: readonly WatchedFolder[]
  pauseWatching: readonly WatchedFolder[]
  unwatch: readonly WatchedFolder[]
}
