/** Crops that were picked out, kept under a name with their sample set. */
import type Database from 'better-sqlite3'
import type { LatentSelection } from '@shared/domain/latent'
import { AppError } from '@shared/errors'

interface SelectionRow extends Omit<LatentSelection, 'indices'> {
  readonly indices: string
}

const COLUMNS = 'id, sample_set AS sampleSet, name, note, indices, created_at AS createdAt'

/** Newest first. */
export function listSelections(database: Database.Database, sampleSet: number): readonly LatentSelection[] {
  return database
    .prepare<[number], SelectionRow>(
      `SELECT ${COLUMNS} FROM latent_selections WHERE sample_set = ? ORDER BY created_at DESC, id DESC`,
    )
    .all(sampleSet)
    .map(selectionFrom)
}

/** Replaces the selection of that name, if there is one. */
export function saveSelection(
  database: Database.Database,
  selection: Omit<LatentSelection, 'id'>,
): LatentSelection {
  const indices = [...new Set(selection.indices)].sort((a, b) => a - b)
  const row = database
    .prepare<[object], SelectionRow>(
      `INSERT INTO latent_selections (sample_set, name, note, indices, created_at)
       VALUES (@sampleSet, @name, @note, @indices, @createdAt)
       ON CONFLICT (sample_set, name) DO UPDATE
         SET note = excluded.note, indices = excluded.indices, created_at = excluded.created_at
       RETURNING ${COLUMNS}`,
    )
    .get({ ...selection, indices: JSON.stringify(indices) })
  if (row === undefined) throw new Error('A selection that was saved is not there.')
  return selectionFrom(row)
}

/** @throws AppError latent/selection-unknown */
export function removeSelection(database: Database.Database, id: number): void {
  const { changes } = database.prepare('DELETE FROM latent_selections WHERE id = ?').run(id)
  if (changes === 0) throw AppError.of('latent/selection-unknown', { id })
}

function selectionFrom({ indices, ...row }: SelectionRow): LatentSelection {
  return { ...row, indices: JSON.parse(indices) as readonly number[] }
}
