/** Evaluations in the catalogue and beside their runs. */
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import type { Evaluation } from '@shared/domain/evaluation'
import { writeFileAtomically } from '../../storage/atomic-file'
import { refusingFailedWrites } from '../../storage/write-problem'

/**
 * Replaces what was there; runs/<id>/evaluation.json holds the same for whoever reads without SQLite.
 * @throws AppError project/no-write
 */
export function storeEvaluation(
  database: Database.Database,
  runFolder: string,
  evaluation: Evaluation,
): void {
  const { run, weightsSha256, finishedAt } = evaluation
  refusingFailedWrites(runFolder, () => {
    writeFileAtomically(join(runFolder, 'evaluation.json'), `${JSON.stringify(evaluation, null, 1)}\n`)
  })
  database
    .prepare(
      'INSERT OR REPLACE INTO evaluations (run, weights_sha256, finished_at, evaluation) VALUES (?, ?, ?, ?)',
    )
    .run(run, weightsSha256, finishedAt, JSON.stringify(evaluation))
}

/** @param weightsSha256 of the run as it is now; null where that is not known. Null for other weights' scores. */
export function readEvaluation(
  database: Database.Database,
  run: string,
  weightsSha256: string | null,
): Evaluation | null {
  const row = database
    .prepare<[{ run: string; weights: string | null }], { evaluation: string }>(
      'SELECT evaluation FROM evaluations WHERE run = :run AND weights_sha256 = ifnull(:weights, weights_sha256)',
    )
    .get({ run, weights: weightsSha256 })
  return row === undefined ? null : (JSON.parse(row.evaluation) as Evaluation)
}
