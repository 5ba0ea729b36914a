/** A project in a few numbers. */
import type Database from 'better-sqlite3'
import type { CorpusCounts, ProjectSummary } from '@shared/domain/project'
import type { OpenProject } from '../ports'

interface Counts extends CorpusCounts {
  readonly sampleSets: number
  readonly runs: number
}

export function summarize(project: OpenProject): ProjectSummary {
  const synthetic = readFact(project.database, 'synthetic') === 'true'
  const { folder, name, database } = project
  const counts = database
    .prepare<[], Counts>(
      `SELECT (SELECT count(*) FROM styles) AS styles, (SELECT count(*) FROM composers) AS composers,
         (SELECT count(*) FROM pieces) AS pieces, (SELECT count(*) FROM pages) AS pages,
         (SELECT count(*) FROM sample_sets) AS sampleSets, (SELECT count(*) FROM runs) AS runs`,
    )
    .get()
  return { folder, name, synthetic, counts: counts ?? EMPTY }
}

const EMPTY: Counts = { styles: 0, composers: 0, pieces: 0, pages: 0, sampleSets: 0, runs: 0 }

type FactName = 'created_at' | 'created_by' | 'synthetic'

export function readFact(database: Database.Database, name: FactName): string | null {
  return (
    database.prepare<[string], { value: string }>('SELECT value FROM facts WHERE name = ?').get(name)
      ?.value ?? null
  )
}

export function writeFact(database: Database.Database, name: FactName, value: string): void {
  database
    .prepare(
      'INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    )
    .run(name, value)
}
