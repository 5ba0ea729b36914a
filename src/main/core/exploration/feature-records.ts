/** What feature passes found, in SQLite: looking at features asks no compute process. */
import type Database from 'better-sqlite3'
import type { ChannelStatistics } from '@shared/compute-api'
import type { FeatureReport } from '@shared/domain/feature'

/** A channel's strongest unit on one sample. */
export interface TopUnit {
  readonly index: number
  readonly row: number
  readonly column: number
  readonly activation: number
}

export interface FeatureRecord {
  readonly layer: string
  readonly channel: number
  readonly mean: number
  readonly density: number
  readonly maximum: number
  /** Best first. */
  readonly top: readonly TopUnit[]
}

/** Replaces whatever an earlier pass of the run found, in one transaction. */
export function storeFeatures(
  database: Database.Database,
  report: FeatureReport,
  found: { readonly channels: readonly ChannelStatistics[]; readonly finishedAt: string },
): void {
  const { run, samples, layers, channels, seconds } = report
  const insertFeature = database.prepare(
    'INSERT INTO features (run, layer, channel, mean, density, maximum) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const insertTop = database.prepare(
    `INSERT INTO feature_tops (run, layer, channel, rank, sample, unit_row, unit_column, activation)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  database.transaction(() => {
    database.prepare('DELETE FROM feature_passes WHERE run = ?').run(run)
    database
      .prepare(
        `INSERT INTO feature_passes (run, samples, layers, channels, seconds, finished_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(run, samples, layers, channels, seconds, found.finishedAt)
    for (const { layer, channel, mean, density, maximum, top } of found.channels) {
      insertFeature.run(run, layer, channel, mean, density, maximum)
      for (const [rank, { index, row, column, activation }] of top.entries())
        insertTop.run(run, layer, channel, rank, index, row, column, activation)
    }
  })()
}

export function findReport(database: Database.Database, run: string): FeatureReport | null {
  const report = database
    .prepare<[string], FeatureReport>(
      'SELECT run, layers, channels, samples, seconds FROM feature_passes WHERE run = ?',
    )
    .get(run)
  return report ?? null
}

interface FeatureRow extends Omit<FeatureRecord, 'top'> {
  readonly index: number | null
  readonly row: number
  readonly column: number
  readonly activation: number
}

/** Features of a run, of one layer or one channel where these are named, in no particular order of layers. */
export function readFeatures(
  database: Database.Database,
  run: string,
  only: { readonly layer?: string | undefined; readonly channel?: number | undefined },
): readonly FeatureRecord[] {
  const rows = database
    .prepare<[{ run: string; layer: string | null; channel: number | null }], FeatureRow>(
      `SELECT f.layer, f.channel, f.mean, f.density, f.maximum,
         t.sample AS "index", t.unit_row AS row, t.unit_column AS column, t.activation
       FROM features f LEFT JOIN feature_tops t USING (run, layer, channel)
       WHERE f.run = :run AND (:layer IS NULL OR f.layer = :layer) AND (:channel IS NULL OR f.channel = :channel)
       ORDER BY f.layer, f.channel, t.rank`,
    )
    .all({ run, layer: only.layer ?? null, channel: only.channel ?? null })
  return gather(rows)
}

/** Consecutive rows of the same channel become one record. */
function gather(rows: readonly FeatureRow[]): readonly FeatureRecord[] {
  const records: (FeatureRecord & { readonly top: TopUnit[] })[] = []
  for (const { layer, channel, mean, density, maximum, index, row, column, activation } of rows) {
    let record = records.at(-1)
    if (record?.layer !== layer || record.channel !== channel) {
      record = { layer, channel, mean, density, maximum, top: [] }
      records.push(record)
    }
    if (index !== null) record.top.push({ index, row, column, activation })
  }
  return records
}
