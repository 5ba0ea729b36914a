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
  // Of a page only the first and the last piece is known: the last may come to be after it.
  database.pragma('defer_foreign_keys = ON')
  for (const { table, before, after } of [...changes].reverse()) replay.turn(table, after, before)
}

/** Makes changes again, first change first. @throws RowDiffers */
export function makeAgain(database: Database.Database, changes: readonly RowChange[]): void {
  const replay = new Replay(database)
  database.pragma('defer_foreign_keys = ON')
  for (const { table, before, after } of changes) replay.turn(table, before, after)
}

interface Statements {
  readonly columns: readonly string[]
  readonly insert: Database.Statement
  readonly update: Database.Statement
  readonly remove: Database.Statement
}

class Replay {
  private readonly statements = new Map<TrackedName, Statements>()

  constructor(private readonly database: Database.Database) {}

  turn(table: TrackedName, from: string | null, to: string | null): void {
    const { columns, insert, update, remove } = this.statementsOf(table)
    const values = (text: string): readonly (string | number | null)[] => {
      const row = JSON.parse(text) as Row
      return columns.map((column) => row[column] ?? null)
    }
    if (from === null && to !== null) run(insert, values(to))
    else if (from !== null && to === null) run(remove, values(from))
    else if (from !== null && to !== null) run(update, [...values(to), ...values(from)])
  }

  private statementsOf(table: TrackedName): Statements {
    const known = this.statements.get(table)
    if (known !== undefined) return known
    const { key, columns: others } = TRACKED_TABLES[table]
    const columns: readonly string[] = [...key, ...others]
    const here = columns.map((column) => `${column} IS ?`).join(' AND ')
    const marks = columns.map(() => '?').join(', ')
    const sets = columns.map((column) => `${column} = ?`).join(', ')
    const made = {
      columns,
      insert: this.database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`),
      update: this.database.prepare(`UPDATE ${table} SET ${sets} WHERE ${here}`),
      remove: this.database.prepare(`DELETE FROM ${table} WHERE ${here}`),
    }
    this.statements.set(table, made)
    return made
  }
}

/** @throws RowDiffers */
function run(statement: Database.Statement, values: readonly (string | number | null)[]): void {
  if (statement.run(...values).changes !== 1) throw new RowDiffers()
}
