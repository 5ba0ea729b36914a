import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { MIGRATIONS, type Migration } from '../../src/main/core/migrations'
import { openCatalogue } from '../../src/main/core/project/catalogue'
import { migrate, schemaOf } from '../../src/main/core/project/migrate'
import { stillClock, temporaryFolder } from '../support/projects'

const options = { clock: stillClock(), log: () => undefined, unclean: false }
const tablesOf = (database: Database.Database): readonly string[] =>
  database
    .prepare<[], { name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .all()
    .map(({ name }) => name)

const sqlOf = (database: Database.Database): readonly unknown[] =>
  database.prepare('SELECT sql FROM sqlite_schema ORDER BY name').all()

/** A catalogue at an earlier schema with something in it. */
function olderCatalogue(schema: number): string {
  const folder = temporaryFolder()
  const database = openCatalogue(folder, { ...options, migrations: MIGRATIONS.slice(0, schema) })
  database.prepare("INSERT INTO facts (name, value) VALUES ('created_by', 'an earlier version')").run()
  database.close()
  return folder
}

describe('migrations', () => {
  it('are numbered without gaps', () => {
    expect(MIGRATIONS.map(({ name }) => Number(name.slice(0, 3)))).toEqual(
      MIGRATIONS.map((_, index) => index + 1),
    )
  })

  it('make only strict tables whose references hold', () => {
    const database = new Database(':memory:')
    migrate(database, MIGRATIONS)
    const loose = database
      .prepare<[], { name: string }>(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict",
      )
      .all()
      .filter(({ name }) => !name.startsWith('sqlite_'))
    expect(loose).toEqual([])
    for (const table of tablesOf(database))
      for (const { table: target } of database.pragma(`foreign_key_list(${table})`) as readonly {
        table: string
      }[])
        expect(tablesOf(database)).toContain(target)
  })

  it.each(MIGRATIONS.map(({ name }, index) => [name, index] as const))(
    '%s takes the schema before it one further, once',
    (_, index) => {
      const database = new Database(':memory:')
      migrate(database, MIGRATIONS.slice(0, index))
      const before = sqlOf(database)
      migrate(database, MIGRATIONS.slice(0, index + 1))
      expect(schemaOf(database)).toBe(index + 1)
      expect(sqlOf(database)).not.toEqual(before)
      migrate(database, MIGRATIONS.slice(0, index + 1))
      expect(schemaOf(database)).toBe(index + 1)
    },
  )

  it.each(MIGRATIONS.slice(1).map((_, index) => index + 1))(
    'keep what a catalogue of schema %i holds and copy it first',
    (schema) => {
      const folder = olderCatalogue(schema)
      const database = openCatalogue(folder, options)
      expect(schemaOf(database)).toBe(MIGRATIONS.length)
      expect(database.prepare('SELECT value FROM facts').pluck().get()).toBe('an earlier version')
      database.close()
      const [copy = ''] = readdirSync(join(folder, 'backups'))
      expect(copy).toMatch(new RegExp(`^project-schema${String(schema)}-`))
      const backup = new Database(join(folder, 'backups', copy), { readonly: true })
      expect(schemaOf(backup)).toBe(schema)
      expect(backup.prepare('SELECT value FROM facts').pluck().get()).toBe('an earlier version')
      backup.close()
    },
  )

  it('make no copy of a catalogue that is new or up to date', () => {
    const folder = temporaryFolder()
    openCatalogue(folder, options).close()
    expect(readdirSync(folder)).not.toContain('backups')
  })

  it('that fail leave the schema before them, whole', () => {
    const database = new Database(':memory:')
    const failing: Migration = { name: '003-failing', sql: 'CREATE TABLE half (a) STRICT; SELECT nonsense;' }
    const list = [...MIGRATIONS.slice(0, 2), failing]
    expect(() => {
      migrate(database, list)
    }).toThrow()
    expect(schemaOf(database)).toBe(2)
    expect(tablesOf(database)).not.toContain('half')
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1)
  })

  it('that leave references to nothing are undone', () => {
    const database = new Database(':memory:')
    const broken: Migration = {
      name: '003-broken',
      sql: "INSERT INTO composers (style, name, sort_key) VALUES (99, 'nobody', 'nobody');",
    }
    expect(() => {
      migrate(database, [...MIGRATIONS.slice(0, 2), broken])
    }).toThrow('003-broken leaves 1 broken references')
    expect(schemaOf(database)).toBe(2)
  })
})
