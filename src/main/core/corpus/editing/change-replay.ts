/** Takes recorded changes of rows back, or makes them again. */
import type Database from 'better-sqlite3'
import { type RowChange, TRACKED_TABLES, type TrackedName } from './change-recorder'

type Row = Readonly<Record<string, string | number | null>>

/** Something else has changed the row since. */
export class RowDiffers extends Error {}

/**
 * Goes from what was after each change to what was before it, last change first.
 * @throws RowDiffers where a row is not as the change left it
 */
export function takeBack(database: Database.Database, changes: readonly RowChange[]): void {
  const replay = new Replay(database)
  for (const { table, before, after } of [...changes].reverse()) replay.turn(table, after, before)
}

/** Makes changes again, first change first. @throws RowDiffers */
export function makeAgain(database: Database.Database, changes: readonly RowChange[]): void {
  const replay = new Replay(database)
  for (const { table, before, after } of changes) replay.turn(table, before, after)
}

class Replay {
  private readonly statements = new Map<string, Database.Statement>()

  constructor(private readonly database: Database.Database) {}

  turn(table: TrackedName, from: string | null, to: string | null): void {
    const { key, columns } = TRACKED_TABLES[table]
    const all: readonly string[] = [...key, ...columns]
    const found = from === null ? null : (JSON.parse(from) as Row)
    const wanted = to === null ? null : (JSON.parse(to) as Row)
    const here = all.map((column) => `${column} IS ?`).join(' AND ')
    const values = (row: Row): readonly (string | number | null)[] => all.map((column) => row[column] ?? null)
    if (found === null && wanted !== null) {
      const marks = all.map(() => '?').join(', ')
      this.run(`INSERT INTO ${table} (${all.join(', ')}) VALUES (${marks})`, values(wanted))
    } else if (found !== null && wanted === null) {
      this.run(`DELETE FROM ${table} WHERE ${here}`, values(found))
    } else if (found !== null && wanted !== null) {
      const sets = all.map((column) => `${column} = ?`).join(', ')
      this.run(`UPDATE ${table} SET ${sets} WHERE ${here}`, [...values(wanted), ...values(found)])
    }
  }

  private run(sql: string, values: readonly (string | number | null)[]): void {
    const statement = this.statements.get(sql) ?? this.database.prepare(sql)
    this.statements.set(sql, statement)
    if (statement.run(...values).changes !== 1) throw new RowDiffers()
  }
}
