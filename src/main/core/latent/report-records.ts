/** The last probe and the last confound probe of each run. */
import type Database from 'better-sqlite3'
import type { ConfoundReport, LatentReports, ProbeReport } from '@shared/domain/latent'

export type ReportKind = keyof LatentReports

export function storeReport(
  database: Database.Database,
  kind: ReportKind,
  of: {
    readonly report: ProbeReport | ConfoundReport
    readonly weightsSha256: string
    readonly finishedAt: string
  },
): void {
  database
    .prepare(
      'INSERT OR REPLACE INTO latent_reports (run, kind, weights_sha256, finished_at, report) VALUES (?, ?, ?, ?, ?)',
    )
    .run(of.report.run, kind, of.weightsSha256, of.finishedAt, JSON.stringify(of.report))
}

/** Null for what was not probed, or with other weights. */
export function readReports(database: Database.Database, run: string, weightsSha256: string): LatentReports {
  const read = (kind: ReportKind): unknown => {
    const row = database
      .prepare<[string, string, string], { report: string }>(
        'SELECT report FROM latent_reports WHERE run = ? AND kind = ? AND weights_sha256 = ?',
      )
      .get(run, kind, weightsSha256)
    return row === undefined ? null : JSON.parse(row.report)
  }
  return { probe: read('probe') as ProbeReport | null, confounds: read('confounds') as ConfoundReport | null }
}
