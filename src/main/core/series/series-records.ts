/** The series' rows, and which runs are theirs. */
import type Database from 'better-sqlite3'
import type { SeriesSummary } from '@shared/domain/series'
import type { RunStatus } from '@shared/domain/run'
import { AppError } from '@shared/errors'
import type { SeriesRequest } from './members'

export interface SeriesRecord extends Omit<SeriesSummary, 'runs'> {
  readonly request: SeriesRequest
  readonly remarks: readonly string[]
}

/** The newest run at a place of a series. */
export interface MemberRun {
  readonly place: number
  readonly run: string
  readonly status: RunStatus
}

type SeriesRow = Omit<SeriesRecord, 'request' | 'remarks'> & {
  /** JSON */
  readonly request: string
  /** JSON */
  readonly remarks: string
}

const SELECT = `SELECT series, kind, name, status, request, planned, started_at AS startedAt,
  finished_at AS finishedAt, problem, remarks FROM series`

export function insertSeries(database: Database.Database, record: SeriesRecord): void {
  database
    .prepare(
      `INSERT INTO series (series, kind, name, status, request, planned, started_at, remarks)
       VALUES (:series, :kind, :name, :status, :request, :planned, :startedAt, :remarks)`,
    )
    .run({
      ...record,
      request: JSON.stringify(record.request),
      remarks: JSON.stringify(record.remarks),
    })
}

export function deleteSeries(database: Database.Database, series: string): void {
  database.prepare('DELETE FROM series WHERE series = ?').run(series)
}

export type SeriesState = Pick<SeriesRecord, 'status' | 'finishedAt' | 'problem'>

export function updateSeries(database: Database.Database, series: string, state: SeriesState): void {
  const { status, finishedAt, problem } = state
  database
    .prepare(
      'UPDATE series SET status = :status, finished_at = :finishedAt, problem = :problem WHERE series = :series',
    )
    .run({ series, status, finishedAt, problem })
}

/** Adds a sentence for the record, once. */
export function addRemark(database: Database.Database, series: string, remark: string): void {
  const { remarks } = getSeries(database, series)
  database
    .prepare('UPDATE series SET remarks = ? WHERE series = ?')
    .run(JSON.stringify([...new Set([...remarks, remark])]), series)
}

/** Newest first. */
export function listSeries(database: Database.Database): readonly SeriesRecord[] {
  return database.prepare<[], SeriesRow>(`${SELECT} ORDER BY sequence DESC`).all().map(toRecord)
}

/** @throws AppError series/unknown */
export function getSeries(database: Database.Database, series: string): SeriesRecord {
  const row = database.prepare<[string], SeriesRow>(`${SELECT} WHERE series = ?`).get(series)
  if (row === undefined) throw AppError.of('series/unknown', { series })
  return toRecord(row)
}

/** By place; of several runs at a place, the last one that was begun. */
export function memberRuns(database: Database.Database, series: string): readonly MemberRun[] {
  return database
    .prepare<[string], MemberRun>(
      `SELECT series_place AS place, run, status FROM runs
       WHERE sequence IN (SELECT max(sequence) FROM runs WHERE series = ? GROUP BY series_place)
       ORDER BY series_place`,
    )
    .all(series)
}

/** Marks the series that were going on when an earlier process died. */
export function interruptLeftovers(database: Database.Database, now: string): void {
  for (const { series, status } of listSeries(database)) {
    if (status !== 'running') continue
    const { message } = AppError.of('series/interrupted', { series, reason: 'Scorescope stopped' })
    updateSeries(database, series, { status: 'interrupted', finishedAt: now, problem: message })
  }
}

function toRecord(row: SeriesRow): SeriesRecord {
  return {
    ...row,
    request: JSON.parse(row.request) as SeriesRequest,
    remarks: JSON.parse(row.remarks) as readonly string[],
  }
}
