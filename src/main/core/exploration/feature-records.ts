/** What feature passes found, in SQLite: looking at features asks no compute process. */
import type Database from 'better-sqlite3'
import type { ChannelStatistics, SampledUnit } from '@shared/compute-api'
import type { FeatureReport } from '@shared/domain/feature'
import { FEATURE_VERSION } from '../../storage/feature-tables'

export interface FeatureRecord {
  readonly layer: string
  readonly channel: number
  readonly mean: number
  readonly density: number
  readonly maximum: number
  /** Best first. */
  readonly top: readonly SampledUnit[]
}

export type FeatureDetails = Pick<ChannelStatistics, 'histogram' | 'bands' | 'related' | 'relatedWithin'>

/** A complete pass of the present version. */
export interface FeaturePassRecord extends FeatureReport {
  readonly weightsSha256: string
}

export interface FoundFeatures {
  readonly channels: readonly ChannelStatistics[]
  readonly weightsSha256: string
  readonly finishedAt: string
}

/** Replaces whatever an earlier pass of the run found, in one transaction. */
export function storeFeatures(
  database: Database.Database,
  report: FeatureReport,
  found: FoundFeatures,
): void {
  const { run } = report
  const insertFeature = database.prepare(
    'INSERT INTO features (run, layer, channel, mean, density, maximum, details) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const insertTop = database.prepare(
    `INSERT INTO feature_tops (run, layer, channel, rank, sample, unit_row, unit_column, activation)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  database.transaction(() => {
    database.prepare('DELETE FROM feature_passes WHERE run = ?').run(run)
    database
      .prepare(
        `INSERT INTO feature_passes (run, samples, layers, channels, seconds, finished_at, version, weights_sha256, resumed)
         VALUES (@run, @samples, @layers, @channels, @seconds, @finishedAt, @version, @weightsSha256, @resumed)`,
      )
      .run({ ...report, ...found, channels: report.channels, version: FEATURE_VERSION })
    for (const { layer, channel, mean, density, maximum, top, ...rest } of found.channels) {
      const { histogram, bands, related, relatedWithin } = rest
      const details: FeatureDetails = { histogram, bands, related, relatedWithin }
      insertFeature.run(run, layer, channel, mean, density, maximum, JSON.stringify(details))
      for (const [rank, { index, row, column, activation }] of top.entries())
        insertTop.run(run, layer, channel, rank, index, row, column, activation)
    }
  })()
}

/** Forgets passes of other versions, which would be misread: their runs count as without features. */
export function forgetOutdated(database: Database.Database): void {
  database.prepare('DELETE FROM feature_passes WHERE version <> ?').run(FEATURE_VERSION)
}

export function findPass(database: Database.Database, run: string): FeaturePassRecord | null {
  const record = database
    .prepare<[string, number], FeaturePassRecord>(
      `SELECT run, layers, channels, samples, resumed, seconds, weights_sha256 AS weightsSha256
       FROM feature_passes WHERE run = ? AND version = ?`,
    )
    .get(run, FEATURE_VERSION)
  return record ?? null
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

/** Density, mean and maximum of every channel of a layer, in their order. */
export function readLayer(
  database: Database.Database,
  run: string,
  layer: string,
): readonly Omit<FeatureRecord, 'top' | 'layer'>[] {
  return database
    .prepare<[string, string], Omit<FeatureRecord, 'top' | 'layer'>>(
      'SELECT channel, mean, density, maximum FROM features WHERE run = ? AND layer = ? ORDER BY channel',
    )
    .all(run, layer)
}

export function readDetails(
  database: Database.Database,
  of: { readonly run: string; readonly layer: string; readonly channel: number },
): FeatureDetails | null {
  const text = database
    .prepare<[string, string, number], string>(
      'SELECT details FROM features WHERE run = ? AND layer = ? AND channel = ?',
    )
    .pluck()
    .get(of.run, of.layer, of.channel)
  return text === undefined ? null : (JSON.parse(text) as FeatureDetails)
}

/** Consecutive rows of the same channel become one record. */
function gather(rows: readonly FeatureRow[]): readonly FeatureRecord[] {
  const records: (FeatureRecord & { readonly top: SampledUnit[] })[] = []
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
