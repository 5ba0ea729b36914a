/** What the absence of channels costs, in SQLite. */
import type Database from 'better-sqlite3'
import type { AblationReport } from '@shared/domain/feature'

/** Replaces the layer's earlier measurement. */
export function storeAblation(database: Database.Database, report: AblationReport): void {
  const { run, layer, weightsSha256, crops, finishedAt } = report
  database
    .prepare(
      `INSERT OR REPLACE INTO ablations (run, layer, weights_sha256, crops, finished_at, report)
       VALUES (?, ?, ?, ?, ?, ?)`,
    )
    .run(run, layer, weightsSha256, crops, finishedAt, JSON.stringify(report))
}

/** Null where there is none, or only one of other weights. `weightsSha256` null takes whichever there is. */
export function readAblation(
  database: Database.Database,
  of: { readonly run: string; readonly layer: string; readonly weightsSha256: string | null },
): AblationReport | null {
  const row = database
    .prepare<[string, string], { report: string; weightsSha256: string }>(
      'SELECT report, weights_sha256 AS weightsSha256 FROM ablations WHERE run = ? AND layer = ?',
    )
    .get(of.run, of.layer)
  if (row === undefined) return null
  if (of.weightsSha256 !== null && row.weightsSha256 !== of.weightsSha256) return null
  return JSON.parse(row.report) as AblationReport
}
