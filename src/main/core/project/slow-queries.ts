/** Slowness speaks: statements that take long are named. */
import type Database from 'better-sqlite3'
import type { Clock } from '../ports'

const SLOW_MS = 100

/** Says one line. */
export type Log = (line: string) => void

/** From now on every statement prepared on this database that takes longer than 100 ms is logged. */
export function logSlowQueries(database: Database.Database, clock: Clock, log: Log): void {
  const prepare = database.prepare.bind(database)
  const timed =
    <Arguments extends unknown[], Result>(sql: string, execute: (...values: Arguments) => Result) =>
    (...values: Arguments): Result => {
      const startMs = clock.elapsedMs()
      const result = execute(...values)
      const elapsedMs = clock.elapsedMs() - startMs
      if (elapsedMs > SLOW_MS)
        log(`A query took ${String(Math.round(elapsedMs))} ms: ${sql.replace(/\s+/g, ' ').trim()}`)
      return result
    }
  const prepareTimed = (sql: string): Database.Statement => {
    const statement = prepare(sql)
    statement.run = timed(sql, statement.run.bind(statement))
    statement.get = timed(sql, statement.get.bind(statement))
    statement.all = timed(sql, statement.all.bind(statement))
    return statement
  }
  database.prepare = prepareTimed as typeof database.prepare
}
