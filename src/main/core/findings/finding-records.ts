/** Findings in the catalogue. */
import type Database from 'better-sqlite3'
import type { ContrastField, Contrasts, Recurrence, RecurrenceSummary } from '@shared/domain/findings'
import { AppError } from '@shared/errors'

/** Replaces the stored one of the same run, field and layer. */
export function storeContrasts(database: Database.Database, contrasts: Contrasts): void {
  const { run, field, layer, weightsSha256, finishedAt } = contrasts
  database
    .prepare(
      `INSERT OR REPLACE INTO contrasts (run, field, layer, weights_sha256, finished_at, result)
       VALUES (?, ?, ?, ?, ?, ?)`,
    )
    .run(run, field, layer ?? '', weightsSha256, finishedAt, JSON.stringify(contrasts))
}

/** Null where there are none, or where they are of other weights. */
export function readContrasts(
  database: Database.Database,
  wanted: { readonly run: string; readonly field: ContrastField; readonly layer: string | null },
  weightsSha256: string | null,
): Contrasts | null {
  const row = database
    .prepare<[{ run: string; field: string; layer: string; weights: string | null }], { result: string }>(
      `SELECT result FROM contrasts
       WHERE run = :run AND field = :field AND layer = :layer AND weights_sha256 IS :weights`,
    )
    .get({ run: wanted.run, field: wanted.field, layer: wanted.layer ?? '', weights: weightsSha256 })
  return row === undefined ? null : (JSON.parse(row.result) as Contrasts)
}

/** Keeps a report under the next number. */
export function storeRecurrence(
  database: Database.Database,
  found: Omit<Recurrence, 'recurrence'>,
): Recurrence {
  return database.transaction(() => {
    const { lastInsertRowid } = database
      .prepare("INSERT INTO recurrences (finished_at, summary, report) VALUES (?, '{}', '{}')")
      .run(found.finishedAt)
    const report: Recurrence = { recurrence: Number(lastInsertRowid), ...found }
    database
      .prepare('UPDATE recurrences SET summary = ?, report = ? WHERE recurrence = ?')
      .run(JSON.stringify(summaryOf(report)), JSON.stringify(report), report.recurrence)
    return report
  })()
}

/** Newest first. */
export function listRecurrences(database: Database.Database): readonly RecurrenceSummary[] {
  return database
    .prepare<[], { summary: string }>('SELECT summary FROM recurrences ORDER BY recurrence DESC')
    .all()
    .map(({ summary }) => JSON.parse(summary) as RecurrenceSummary)
}

/** @throws AppError findings/recurrence-unknown */
export function readRecurrence(database: Database.Database, recurrence: number): Recurrence {
  const row = database
    .prepare<[number], { report: string }>('SELECT report FROM recurrences WHERE recurrence = ?')
    .get(recurrence)
  if (row === undefined) throw AppError.of('findings/recurrence-unknown', { recurrence })
  return JSON.parse(row.report) as Recurrence
}

function summaryOf(report: Recurrence): RecurrenceSummary {
  const { recurrence, runs, layer, pattern, threshold, sentence, finishedAt, clusters } = report
  return { recurrence, runs, layer, pattern, threshold, sentence, finishedAt, clusters: clusters.length }
}
