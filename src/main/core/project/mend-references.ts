/** Makes rows whose partner was lost whole again where that can be done, and drops them where it cannot. */
import type Database from 'better-sqlite3'
import { hasTable, tablesOf } from './tables'

export interface Mended {
  /** Rows that were dropped, by table. */
  readonly dropped: ReadonlyMap<string, number>
  readonly remarks: readonly string[]
}

interface Reference {
  readonly table: string
  readonly parent: string
  readonly pairs: readonly { readonly from: string; readonly to: string }[]
  /** May be empty instead of referring to something. */
  readonly isOptional: boolean
}

/** Foreign keys are off meanwhile; afterwards they all hold. */
export function mendReferences(database: Database.Database): Mended {
  const remarks = placePages(database)
  const dropped = new Map<string, number>()
  const references = referencesOf(database)
  let changed: number
  // What is dropped may have been referred to in turn.
  do {
    changed = 0
    for (const reference of references) {
      const { changes } = database.prepare(mendingSql(reference)).run()
      changed += changes
      if (!reference.isOptional && changes > 0)
        dropped.set(reference.table, (dropped.get(reference.table) ?? 0) + changes)
    }
  } while (changed > 0)
  return { dropped, remarks }
}

function mendingSql({ table, parent, pairs, isOptional }: Reference): string {
  const filled = pairs.map(({ from }) => `${from} IS NOT NULL`).join(' AND ')
  const same = pairs.map(({ from, to }) => `kept.${to} = ${table}.${from}`).join(' AND ')
  const where = `WHERE ${filled} AND NOT EXISTS (SELECT 1 FROM ${parent} AS kept WHERE ${same})`
  const empty = pairs.map(({ from }) => `${from} = NULL`).join(', ')
  return isOptional ? `UPDATE ${table} SET ${empty} ${where}` : `DELETE FROM ${table} ${where}`
}

function referencesOf(database: Database.Database): readonly Reference[] {
  return tablesOf(database).flatMap((table) => {
    const keys = database.pragma(`foreign_key_list(${table})`) as readonly {
      id: number
      table: string
      from: string
      to: string
    }[]
    const columns = database.pragma(`table_info(${table})`) as readonly { name: string; notnull: number }[]
    return [...new Set(keys.map(({ id }) => id))].map((id): Reference => {
      const pairs = keys.filter((key) => key.id === id)
      const parent = pairs[0]?.table ?? table
      const isOptional = pairs.every(({ from }) =>
        columns.some(({ name, notnull }) => name === from && notnull === 0),
      )
      return { table, parent, pairs, isOptional }
    })
  })
}

/** Pages whose piece is lost stay, in pieces that say what happened; the same for pieces and composers. */
function placePages(database: Database.Database): readonly string[] {
  if (!hasTable(database, 'pages')) return []
  const place = "'Recovered ' || lost, 'recovered ' || lost"
  const lost = (table: string, column: string, parent: string): string =>
    `(SELECT DISTINCT ${column} AS lost FROM ${table} WHERE ${column} NOT IN (SELECT id FROM ${parent}))`
  const pieces = database
    .prepare(
      `INSERT INTO pieces (id, composer, name, sort_key) SELECT lost, 0, ${place} FROM ${lost('pages', 'piece', 'pieces')}`,
    )
    .run().changes
  // Composer 0 is no lost one: it takes pieces of which nothing is known but their pages.
  const composers = database
    .prepare(
      `INSERT INTO composers (id, style, name, sort_key) SELECT lost, 0, ${place}
         FROM ${lost('pieces', 'composer', 'composers')} WHERE lost <> 0`,
    )
    .run().changes
  const styles = database
    .prepare(
      `INSERT INTO styles (id, name, sort_key) SELECT lost, ${place} FROM ${lost('composers', 'style', 'styles')} WHERE lost <> 0`,
    )
    .run().changes
  if (pieces + composers > 0) giveRecoveredPlace(database)
  return pieces + composers + styles === 0
    ? []
    : [
        'Some names of styles, composers or pieces are lost: their pages are at places called "Recovered". Rename these.',
      ]
}

/** Composer 0 and style 0 stood for the place "Recovered", which gets a number of its own unless it is there already. */
function giveRecoveredPlace(database: Database.Database): void {
  const styleOf = database.prepare<[], number>("SELECT id FROM styles WHERE sort_key = 'recovered'").pluck()
  database
    .prepare(
      "INSERT INTO styles (name, sort_key) VALUES ('Recovered', 'recovered') ON CONFLICT (sort_key) DO NOTHING",
    )
    .run()
  const style = styleOf.get()
  database.prepare('UPDATE composers SET style = ? WHERE style = 0').run(style)
  database
    .prepare(
      `INSERT INTO composers (style, name, sort_key) VALUES (?, 'Recovered', 'recovered')
         ON CONFLICT (style, sort_key) DO NOTHING`,
    )
    .run(style)
  database
    .prepare(
      "UPDATE pieces SET composer = (SELECT id FROM composers WHERE style = ? AND sort_key = 'recovered') WHERE composer = 0",
    )
    .run(style)
}
