/** Reads what can still be read of a damaged catalogue into a fresh one of the newest schema. */
import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { RecoveredTable } from '@shared/domain/repair'
import { AppError } from '@shared/errors'
import type { Migration } from '../migrations'
import { APPLICATION_ID, CATALOGUE_FILE, inspectCatalogue, refuseDamaged } from './catalogue'
import { CATALOGUE_ENDINGS } from './catalogue-endings'
import { migrate, schemaOf } from './migrate'
import { mendReferences } from './mend-references'
import { rescueRows, shapeOf } from './row-rescue'
import { hasTable, tablesOf } from './tables'

export interface Recovery {
  readonly tables: readonly RecoveredTable[]
  readonly remarks: readonly string[]
}

/** Tables that say how to take edits back: with a part of them, an edit would be taken back by half. */
const HISTORY: ReadonlySet<string> = new Set(
  'edits edit_changes styles composers pieces pages page_fields page_tags fields'.split(' '),
)

/**
 * Writes the fresh catalogue to `draft`, checked. The damaged one is only read: what SQLite has to write to open it goes
 * to a copy.
 * @throws AppError project/not-recoverable, project/damaged, project/too-new
 */
export function recoverCatalogue(folder: string, draft: string, migrations: readonly Migration[]): Recovery {
  inspectCatalogue(folder, migrations.length)
  const working = `${draft}-working`
  try {
    for (const ending of CATALOGUE_ENDINGS) {
      const from = join(folder, `${CATALOGUE_FILE}${ending}`)
      // The index of the write-ahead log is made anew.
      if (ending !== '-shm' && existsSync(from)) copyFileSync(from, `${working}${ending}`)
    }
    return readInto(draft, openDamaged(folder, working), { folder, migrations })
  } finally {
    for (const ending of CATALOGUE_ENDINGS) rmSync(`${working}${ending}`, { force: true })
  }
}

function openDamaged(folder: string, path: string): Database.Database {
  const damaged = new Database(path, { fileMustExist: true })
  try {
    damaged.pragma('trusted_schema = OFF')
    // Else a file that was cut off is refused as a whole; it is a copy, and nothing is written to it.
    damaged.unsafeMode(true)
    damaged.pragma('writable_schema = ON')
    damaged.pragma('cell_size_check = ON')
    damaged.prepare('SELECT count(*) FROM sqlite_schema').get()
    return damaged
  } catch (error) {
    damaged.close()
    const problem = error instanceof Error ? error.message : String(error)
    throw AppError.of('project/not-recoverable', { folder, problem }, { cause: error })
  }
}

function readInto(
  draft: string,
  damaged: Database.Database,
  { folder, migrations }: { readonly folder: string; readonly migrations: readonly Migration[] },
): Recovery {
  const fresh = new Database(draft)
  try {
    const schema = schemaOf(damaged)
    fresh.pragma(`application_id = ${String(APPLICATION_ID)}`)
    migrate(fresh, migrations.slice(0, schema))
    fresh.pragma('foreign_keys = OFF')
    const tables = tablesOf(fresh).map((name) => readTable(damaged, fresh, name))
    if (!tables.some(({ saved }) => saved > 0))
      throw AppError.of('project/not-recoverable', { folder, problem: 'no row of it can be read' })
    const mended = mendReferences(fresh)
    const remarks = [...mended.remarks, ...closeHistory(fresh, tables), ...thinnedSets(fresh)]
    migrate(fresh, migrations)
    refuseDamaged(folder, fresh)
    return { tables: tables.map((table) => less(table, mended.dropped)).filter(isNoted), remarks }
  } finally {
    fresh.close()
    damaged.close()
  }
}

function readTable(damaged: Database.Database, fresh: Database.Database, name: string): RecoveredTable {
  const shape = shapeOf(fresh, name)
  const { parent, columns } = shape
  const parentKeys =
    parent === null
      ? []
      : fresh.prepare<[], string | number>(`SELECT ${parent.column} FROM ${parent.table}`).pluck().all()
  const insert = fresh.prepare(
    `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  )
  let saved = 0
  let refused = 0
  const there = fresh.transaction(() =>
    rescueRows(damaged, shape, {
      parentKeys,
      take: (row) => {
        try {
          insert.run(...row)
          saved += 1
        } catch (error) {
          // Garbage that the schema refuses, or a second row of one key.
          if (!isRefused(error)) throw error
          refused += 1
        }
      },
    }),
  )()
  return { table: name, saved, lost: there === null ? null : Math.max(there - saved, refused) }
}

function isRefused(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_CONSTRAINT')
}

function less({ table, saved, lost }: RecoveredTable, dropped: ReadonlyMap<string, number>): RecoveredTable {
  const rows = dropped.get(table) ?? 0
  return { table, saved: saved - rows, lost: lost === null ? null : lost + rows }
}

const isNoted = ({ saved, lost }: RecoveredTable): boolean => saved > 0 || lost !== 0

/** An edit of which a part is lost must not be taken back by half. */
function closeHistory(fresh: Database.Database, tables: readonly RecoveredTable[]): readonly string[] {
  if (!tables.some(({ table, lost }) => HISTORY.has(table) && lost !== 0)) return []
  const { changes } = fresh.prepare("UPDATE edits SET state = 'left' WHERE state <> 'left'").run()
  if (changes === 0) return []
  return ['Edits made before cannot be undone any more, because parts of what they changed are lost.']
}

/** Sample sets that have fewer crops than they were drawn with. */
function thinnedSets(fresh: Database.Database): readonly string[] {
  if (!hasTable(fresh, 'samples')) return []
  const names = fresh
    .prepare<[], string>(
      `SELECT name FROM sample_sets
         WHERE samples <> (SELECT count(*) FROM samples WHERE sample_set = sample_sets.id) ORDER BY id`,
    )
    .pluck()
    .all()
  if (names.length === 0) return []
  return [
    `Where the crops of ${names.join(', ')} come from is not known for all of them any more: draw these samples again before training on them.`,
  ]
}
