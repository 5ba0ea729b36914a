/** Which tables a catalogue has: one of an older schema lacks some. */
import type Database from 'better-sqlite3'

/** In the order in which they were made: what others refer to comes first. */
export function tablesOf(database: Database.Database): readonly string[] {
  return database
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid",
    )
    .pluck()
    .all()
}

export function hasTable(database: Database.Database, name: string): boolean {
  const found = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name)
  return found !== undefined
}
