/** Where the files of pages are: those that are not where they were, those that changed, and folders that are watched. */
import type { FolderLevel, ListMeaning } from './page'

export type StorageChoice = 'link' | 'copy'

/** A file that may be one that is looked for. */
export interface FileProposal {
  readonly id: number
  /** Absolute. */
  readonly path: string
  /** The very bytes that were imported; else only the name is the same. */
  readonly sameBytes: boolean
  readonly sizeBytes: number
  readonly modifiedMs: number
}

/** A file of one or several pages that is not as it was imported. */
export interface AmissFile {
  /** The first of its pages stands for the file. */
  readonly page: number
  /** As the researcher knows it: below the imported folder. */
  readonly file: string
  /** Absolute; where it should be. */
  readonly path: string
  /** Absolute; the folder of `path`. */
  readonly folder: string
  readonly state: 'missing' | 'changed'
  readonly storage: 'linked' | 'copied'
  readonly pages: number
  readonly sizeBytes: number
  /** Best first: same bytes before same name, and paths that end alike before others. */
  readonly proposals: readonly FileProposal[]
}

/** How the files of a project are kept. */
export interface FilesKept {
  /** What an import does with files unless it says otherwise. */
  readonly storage: StorageChoice
  readonly linked: { readonly files: number; readonly bytes: number }
  readonly copied: { readonly files: number; readonly bytes: number }
  /** Free where the project lies. */
  readonly freeBytes: number
}

export interface FilesOverview extends FilesKept {
  /** Ordered by folder, then by name. */
  readonly amiss: readonly AmissFile[]
}

export interface CheckReport {
  readonly files: number
  readonly pages: number
  /** Files that are not there, and files with other bytes than were imported. */
  readonly missing: number
  readonly changed: number
  readonly seconds: number
}

export interface FindReport {
  readonly folder: string
  /** Files of any kind that were looked at, and how many of them were read. */
  readonly looked: number
  readonly hashed: number
  /** Of the files looked for: found with the same bytes, found by name only, not found. */
  readonly sameBytes: number
  readonly sameName: number
  readonly notFound: number
  readonly seconds: number
}

/** What could not be done with one file, and why. */
export interface LeftFile {
  readonly file: string
  readonly reason: string
}

export interface RelinkReport {
  readonly files: number
  readonly pages: number
  readonly left: readonly LeftFile[]
}

/** Files whose bytes now are taken for what their pages are. */
export interface RenewReport extends RelinkReport {
  readonly seconds: number
}

export interface ConsolidateReport {
  readonly to: StorageChoice
  /** Files that were turned, and what they weigh. */
  readonly files: number
  readonly bytes: number
  readonly pages: number
  readonly left: readonly LeftFile[]
  readonly seconds: number
}

/** What an import of a folder is told beside the folder itself. */
export interface WatchedImport {
  readonly levels?: readonly FolderLevel[] | undefined
  readonly place?:
    | {
        readonly style?: string | undefined
        readonly composer?: string | undefined
        readonly piece?: string | undefined
      }
    | undefined
  readonly storage?: StorageChoice | undefined
  readonly csv?: string | undefined
  readonly columns?: Readonly<Record<string, ListMeaning>> | undefined
  readonly drawnDpi?: number | undefined
}

/** A folder that is imported again by itself when something in it changes. */
export interface WatchedFolder {
  readonly id: number
  /** Absolute. */
  readonly folder: string
  readonly paused: boolean
  /** When it was last imported by itself; null before the first time. */
  readonly importedAt: string | null
  /** Pages that this import added, and files that it refused. */
  readonly added: number
  readonly refused: number
  /** Why it could not be imported, in a sentence. */
  readonly problem: string | null
}
