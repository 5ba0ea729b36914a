/** What lies in a project's folder that its catalogue does not know, as after an older catalogue was put in place. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { hasTable } from './tables'

/** Sample files and runs' folders, relative to the project folder with forward slashes, by name. */
export function unknownFiles(folder: string, database: Database.Database): readonly string[] {
  const sets = new Set(column(database, 'sample_sets', 'id').map((id) => `${String(id)}.u8`))
  const runs = new Set(column(database, 'runs', 'run').map(String))
  return [
    ...namesIn(join(folder, 'samples'))
      .filter((name) => name.endsWith('.u8') && !sets.has(name))
      .map((name) => `samples/${name}`),
    ...namesIn(join(folder, 'runs'))
      .filter((name) => !runs.has(name))
      .map((name) => `runs/${name}`),
  ]
}

/** Nothing where an older schema has no such table. */
function column(database: Database.Database, table: string, name: string): readonly unknown[] {
  return hasTable(database, table) ? database.prepare(`SELECT ${name} FROM ${table}`).pluck().all() : []
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort()
  } catch {
    return []
  }
}
