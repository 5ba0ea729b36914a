/** Every edit of the catalogue: one transaction, one entry that says what it changed and how to take it back. */
import Database from 'better-sqlite3'
import type { EditHistory, EditResult, EditSummary } from '@shared/domain/catalogue'
import { AppError } from '@shared/errors'
import { recordChanges, type RowChange } from './change-recorder'
import { makeAgain, RowDiffers, takeBack } from './change-replay'

const SUMMARY = 'id AS edit, label, made_at AS madeAt'

/** Does `work` as one edit; one that changes nothing leaves no entry. What it throws leaves everything as it was. */
export function performEdit(
  database: Database.Database,
  { label, madeAt, work }: { readonly label: string; readonly madeAt: string; readonly work: () => void },
): EditResult {
  return database
    .transaction(() => {
      const changes = recordChanges(database, work)
      if (changes.length === 0) return { done: null, ...readHistory(database) }
      database.prepare("UPDATE edits SET state = 'left' WHERE state = 'undone'").run()
      const { lastInsertRowid } = database
        .prepare("INSERT INTO edits (label, made_at, state) VALUES (?, ?, 'done')")
        .run(label, madeAt)
      const edit = Number(lastInsertRowid)
      const insert = database.prepare(
        'INSERT INTO edit_changes (edit, position, table_name, before, after) VALUES (?, ?, ?, ?, ?)',
      )
      for (const [position, { table, before, after }] of changes.entries())
        insert.run(edit, position, table, before, after)
      return { done: { edit, label, madeAt }, ...readHistory(database) }
    })
    .immediate()
}

export function readHistory(database: Database.Database): EditHistory {
  const newest = database
    .prepare<[], EditSummary>(`SELECT ${SUMMARY} FROM edits WHERE state = 'done' ORDER BY id DESC LIMIT 1`)
    .get()
  // Taken back last, to be done again first: the oldest of those taken back.
  const next = database
    .prepare<[], EditSummary>(`SELECT ${SUMMARY} FROM edits WHERE state = 'undone' ORDER BY id LIMIT 1`)
    .get()
  return { undo: newest ?? null, redo: next ?? null }
}

export function listEdits(
  database: Database.Database,
  limit: number,
): readonly (EditSummary & { readonly undone: boolean })[] {
  return database
    .prepare<[number], EditSummary & { state: string }>(
      `SELECT ${SUMMARY}, state FROM edits ORDER BY id DESC LIMIT ?`,
    )
    .all(limit)
    .map(({ state, ...summary }) => ({ ...summary, undone: state !== 'done' }))
}

/** @throws AppError catalogue/nothing-to-undo, catalogue/changed-since */
export function undoEdit(database: Database.Database): EditResult {
  return turn(database, 'undo')
}

/** @throws AppError catalogue/nothing-to-redo, catalogue/changed-since */
export function redoEdit(database: Database.Database): EditResult {
  return turn(database, 'redo')
}

function turn(database: Database.Database, way: 'undo' | 'redo'): EditResult {
  const edit = readHistory(database)[way]
  if (edit === null)
    throw way === 'undo'
      ? AppError.of('catalogue/nothing-to-undo', {})
      : AppError.of('catalogue/nothing-to-redo', {})
  const replay = way === 'undo' ? takeBack : makeAgain
  const work = database.transaction(() => {
    replay(database, changesOf(database, edit.edit))
    const state = way === 'undo' ? 'undone' : 'done'
    database.prepare('UPDATE edits SET state = ? WHERE id = ?').run(state, edit.edit)
  })
  try {
    work.immediate()
  } catch (error) {
    // A row that an import has changed or added since, seen by us or by a constraint.
    if (error instanceof RowDiffers || isConstraint(error))
      throw AppError.of('catalogue/changed-since', { label: edit.label }, { cause: error })
    throw error
  }
  return { done: edit, ...readHistory(database) }
}

function isConstraint(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_CONSTRAINT')
}

function changesOf(database: Database.Database, edit: number): readonly RowChange[] {
  return database
    .prepare<[number], RowChange>(
      'SELECT table_name AS "table", before, after FROM edit_changes WHERE edit = ? ORDER BY position',
    )
    .all(edit)
}
