/** Takes a catalogue to the newest schema, each step in one transaction. */
import type Database from 'better-sqlite3'
import type { Migration } from '../migrations'

export function schemaOf(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}

/** Runs the steps that are still missing; after a failure the catalogue stands at the last step that worked. */
export function migrate(database: Database.Database, migrations: readonly Migration[]): void {
  // Switching is ignored inside a transaction; steps that rebuild a table need it off.
  database.pragma('foreign_keys = OFF')
  try {
    for (const [index, migration] of migrations.entries()) {
      if (index < schemaOf(database)) continue
      database
        .transaction(() => {
          database.exec(migration.sql)
          const broken = database.pragma('foreign_key_check') as readonly unknown[]
          if (broken.length > 0)
            throw new Error(`Migration ${migration.name} leaves ${String(broken.length)} broken references.`)
          database.pragma(`user_version = ${String(index + 1)}`)
        })
        .immediate()
    }
  } finally {
    database.pragma('foreign_keys = ON')
  }
}
