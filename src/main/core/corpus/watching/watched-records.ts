/** Watched folders as rows. */
import type Database from 'better-sqlite3'
import type { WatchedFolder, WatchedImport } from '@shared/domain/files'
import { AppError } from '@shared/errors'

/** A watched folder with what its imports need. */
export interface WatchedRow extends WatchedFolder {
  readonly choices: WatchedImport
  /** Of all that was in it at its last import; null before the first. */
  readonly signature: string | null
}

type Row = Omit<WatchedRow, 'paused' | 'choices'> & { readonly paused: number; readonly choices: string }

const COLUMNS = 'id, folder, choices, paused, signature, imported_at AS importedAt, added, refused, problem'

export function readWatched(database: Database.Database): readonly WatchedRow[] {
  return database
    .prepare<[], Row>(`SELECT ${COLUMNS} FROM watched_folders ORDER BY folder`)
    .all()
    .map(({ paused, choices, ...row }) => ({
      ...row,
      paused: paused === 1,
      choices: JSON.parse(choices) as WatchedImport,
    }))
}

export function watchedFolder({
  choices: _choices,
  signature: _signature,
  ...row
}: WatchedRow): WatchedFolder {
  return row
}

/** One that is watched already takes the new choices, and is imported with them. */
export function addWatched(database: Database.Database, folder: string, choices: WatchedImport): void {
  database
    .prepare(
      `INSERT INTO watched_folders (folder, choices) VALUES (?, ?)
       ON CONFLICT (folder) DO UPDATE SET choices = excluded.choices, paused = 0, signature = NULL, problem = NULL`,
    )
    .run(folder, JSON.stringify(choices))
}

/** @throws AppError files/watch-unknown */
export function pauseWatched(database: Database.Database, id: number, paused: boolean): void {
  const { changes } = database
    .prepare('UPDATE watched_folders SET paused = ?, problem = NULL WHERE id = ?')
    .run(paused ? 1 : 0, id)
  if (changes === 0) throw AppError.of('files/watch-unknown', { id })
}

/** @throws AppError files/watch-unknown */
export function removeWatched(database: Database.Database, id: number): void {
  const { changes } = database.prepare('DELETE FROM watched_folders WHERE id = ?').run(id)
  if (changes === 0) throw AppError.of('files/watch-unknown', { id })
}

/** What became of a folder's last look: an import, or why there was none. */
export type Outcome =
  | {
      readonly signature: string
      readonly importedAt: string
      readonly added: number
      readonly refused: number
    }
  /** With a signature, the same state of the folder is not tried again. */
  | { readonly problem: string; readonly signature?: string }
  /** Nothing is wrong with it (any more). */
  | { readonly problem: null }

/** @returns whether anything differs from what was known */
export function noteOutcome(database: Database.Database, id: number, outcome: Outcome): boolean {
  if ('importedAt' in outcome)
    return (
      database
        .prepare(
          `UPDATE watched_folders SET signature = @signature, imported_at = @importedAt, added = @added,
             refused = @refused, problem = NULL WHERE id = @id`,
        )
        .run({ ...outcome, id }).changes > 0
    )
  const { problem } = outcome
  const signature = 'signature' in outcome ? (outcome.signature ?? null) : null
  return (
    database
      .prepare(
        `UPDATE watched_folders SET problem = @problem, signature = coalesce(@signature, signature)
         WHERE id = @id AND (problem IS NOT @problem OR @signature IS NOT NULL)`,
      )
      .run({ problem, signature, id }).changes > 0
  )
}
