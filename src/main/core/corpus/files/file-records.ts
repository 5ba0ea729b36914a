/** Files of pages as rows: a file is what pages with the same location and the same whole bytes share. */
import type Database from 'better-sqlite3'
import { basename, dirname } from 'node:path'
import type { AmissFile, FileProposal, FilesKept } from '@shared/domain/files'
import type { OpenProject } from '../../ports'
import type { ImageFormat } from '../image-format'
import { compareKeys, naturalKey } from '../natural-order'
import { pathOf } from '../page-files'
import type { KnownFile } from '../page-location'

/** A file with all pages that are in it. */
export interface PagesFile extends KnownFile {
  /** The first of its pages. */
  readonly page: number
  readonly file: string
  readonly format: ImageFormat
  readonly pages: number
  readonly missing: boolean
  readonly changed: boolean
}

type FileRow = Omit<PagesFile, 'missing' | 'changed'> & { readonly missing: number; readonly changed: number }

const BY_FILE = 'GROUP BY storage, location, coalesce(file_sha256, sha256)'

/** With min(id), SQLite takes the other columns of a group from the row of that id. */
const FILE_COLUMNS = `min(id) AS page, file, location, origin, storage, format, coalesce(file_sha256, sha256) AS fileSha256,
  size_bytes AS sizeBytes, modified_ms AS modifiedMs, count(*) AS pages, missing, changed`

/** All files, or those that are not as they were imported, or those kept in one way. */
export function readFiles(
  database: Database.Database,
  only: 'all' | 'amiss' | 'linked' | 'copied',
): readonly PagesFile[] {
  const conditions = {
    all: 'true',
    amiss: '(missing = 1 OR changed = 1)',
    linked: "storage = 'linked'",
    copied: "storage = 'copied'",
  } as const
  return database
    .prepare<[], FileRow>(
      `SELECT ${FILE_COLUMNS} FROM pages WHERE ${conditions[only]} ${BY_FILE} ORDER BY page`,
    )
    .all()
    .map(fileFrom)
}

/** Undefined where the page's file is as it was imported. Read through the index of locations, whatever is amiss. */
export function findAmissFile(database: Database.Database, page: number): PagesFile | undefined {
  const row = database
    .prepare<[{ readonly page: number }], FileRow>(
      `SELECT ${FILE_COLUMNS} FROM pages
       WHERE location = (SELECT location FROM pages WHERE id = @page)
         AND coalesce(file_sha256, sha256) = (SELECT coalesce(file_sha256, sha256) FROM pages WHERE id = @page)
         AND missing + changed > 0 ${BY_FILE}`,
    )
    .get({ page })
  return row === undefined ? undefined : fileFrom(row)
}

function fileFrom({ missing, changed, ...row }: FileRow): PagesFile {
  return { ...row, missing: missing === 1, changed: changed === 1 }
}

export function readKept(database: Database.Database): Pick<FilesKept, 'linked' | 'copied'> {
  const rows = database
    .prepare<[], { storage: string; files: number; bytes: number }>(
      `SELECT storage, count(*) AS files, sum(size) AS bytes
       FROM (SELECT storage, max(size_bytes) AS size FROM pages ${BY_FILE}) GROUP BY storage`,
    )
    .all()
  const of = (storage: string): { readonly files: number; readonly bytes: number } => {
    const row = rows.find((kept) => kept.storage === storage)
    return { files: row?.files ?? 0, bytes: row?.bytes ?? 0 }
  }
  return { linked: of('linked'), copied: of('copied') }
}

/** In natural order of folder and name. */
export function readAmiss(project: OpenProject): readonly AmissFile[] {
  const proposals = Map.groupBy(readProposals(project.database), ({ page }) => page)
  return readFiles(project.database, 'amiss')
    .map((file): AmissFile => {
      const path = pathOf(project, file.location)
      return {
        page: file.page,
        file: file.file,
        path,
        folder: dirname(path),
        state: file.missing ? 'missing' : 'changed',
        storage: file.storage,
        pages: file.pages,
        sizeBytes: file.sizeBytes,
        proposals: (proposals.get(file.page) ?? []).map(({ proposal }) => proposal),
      }
    })
    .map((file) => ({ file, key: `${naturalKey(file.folder)}\u0001${naturalKey(basename(file.file))}` }))
    .sort((one, other) => compareKeys(one.key, other.key))
    .map(({ file }) => file)
}

interface ProposalRow extends Omit<FileProposal, 'sameBytes'> {
  readonly page: number
  readonly sha256: string | null
}

/** A proposal, and the file that it is for. */
export interface KnownProposal {
  readonly page: number
  readonly proposal: FileProposal
}

const PROPOSAL_COLUMNS = 'id, page, path, size_bytes AS sizeBytes, modified_ms AS modifiedMs, sha256'

function readProposals(database: Database.Database): readonly KnownProposal[] {
  return database
    .prepare<[], ProposalRow>(`SELECT ${PROPOSAL_COLUMNS} FROM file_proposals ORDER BY page, rank`)
    .all()
    .map(proposalFrom)
}

export function findProposal(database: Database.Database, id: number): KnownProposal | undefined {
  const row = database
    .prepare<[number], ProposalRow>(`SELECT ${PROPOSAL_COLUMNS} FROM file_proposals WHERE id = ?`)
    .get(id)
  return row === undefined ? undefined : proposalFrom(row)
}

function proposalFrom({ page, sha256, ...proposal }: ProposalRow): KnownProposal {
  return { page, proposal: { ...proposal, sameBytes: sha256 !== null } }
}

export interface NewProposal extends Pick<FileProposal, 'path' | 'sizeBytes' | 'modifiedMs'> {
  /** Null: only its name is the same. */
  readonly sha256: string | null
}

/** What a search found goes before what earlier ones found for the same files. */
export function replaceProposals(
  database: Database.Database,
  found: ReadonlyMap<number, readonly NewProposal[]>,
): void {
  const forget = database.prepare('DELETE FROM file_proposals WHERE page = ?')
  const insert = database.prepare(
    `INSERT INTO file_proposals (page, path, size_bytes, modified_ms, sha256, rank)
     VALUES (@page, @path, @sizeBytes, @modifiedMs, @sha256, @rank)`,
  )
  database
    .transaction(() => {
      for (const [page, proposals] of found) {
        forget.run(page)
        for (const [at, proposal] of proposals.entries()) insert.run({ ...proposal, page, rank: at + 1 })
      }
    })
    .immediate()
}

/** Files that are as they should be need no proposals. */
export function forgetSettledProposals(database: Database.Database): void {
  database
    .prepare(
      'DELETE FROM file_proposals WHERE page NOT IN (SELECT id FROM pages WHERE missing = 1 OR changed = 1)',
    )
    .run()
}
