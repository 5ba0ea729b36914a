/** Lists of channels in the catalogue. */
import type Database from 'better-sqlite3'
import type { ChannelAddress, ChannelList } from '@shared/domain/naming'
import { AppError } from '@shared/errors'
import { addressOf } from './name-records'

interface ListRow {
  readonly list: number
  readonly name: string
  readonly createdAt: string
}

/** By name. */
export function readLists(database: Database.Database): readonly ChannelList[] {
  return database
    .prepare<[], ListRow>(
      'SELECT list, name, created_at AS createdAt FROM channel_lists ORDER BY name COLLATE NOCASE, list',
    )
    .all()
    .map((row) => ({ ...row, channels: itemsOf(database, row.list) }))
}

/** @throws AppError naming/list-unknown */
export function readList(database: Database.Database, list: number): ChannelList {
  const row = database
    .prepare<[number], ListRow>(
      'SELECT list, name, created_at AS createdAt FROM channel_lists WHERE list = ?',
    )
    .get(list)
  if (row === undefined) throw AppError.of('naming/list-unknown', { list })
  return { ...row, channels: itemsOf(database, list) }
}

/** @throws AppError naming/list-taken */
export function createList(
  database: Database.Database,
  { name, createdAt }: { readonly name: string; readonly createdAt: string },
): number {
  requireFree(database, name, null)
  const { lastInsertRowid } = database
    .prepare('INSERT INTO channel_lists (name, created_at) VALUES (?, ?)')
    .run(name, createdAt)
  return Number(lastInsertRowid)
}

/** @throws AppError naming/list-unknown, naming/list-taken */
export function renameList(database: Database.Database, list: number, name: string): void {
  readList(database, list)
  requireFree(database, name, list)
  database.prepare('UPDATE channel_lists SET name = ? WHERE list = ?').run(name, list)
}

/** @throws AppError naming/list-unknown */
export function deleteList(database: Database.Database, list: number): void {
  readList(database, list)
  database.prepare('DELETE FROM channel_lists WHERE list = ?').run(list)
}

/** Puts these channels into the list, each once, in this order, in place of what was in it. */
export function writeItems(
  database: Database.Database,
  list: number,
  channels: readonly ChannelAddress[],
): void {
  const insert = database.prepare(
    'INSERT OR IGNORE INTO channel_list_items (list, position, run, layer, channel) VALUES (?, ?, ?, ?, ?)',
  )
  database.transaction(() => {
    database.prepare('DELETE FROM channel_list_items WHERE list = ?').run(list)
    for (const [position, { run, layer, channel }] of channels.entries())
      insert.run(list, position, run, layer, channel)
  })()
}

function itemsOf(database: Database.Database, list: number): ChannelList['channels'] {
  return database
    .prepare<[number], ChannelAddress>(
      'SELECT run, layer, channel FROM channel_list_items WHERE list = ? ORDER BY position',
    )
    .all(list)
    .map((item) => ({ ...item, address: addressOf(item) }))
}

function requireFree(database: Database.Database, name: string, except: number | null): void {
  const taken = database
    .prepare<[string], { list: number }>('SELECT list FROM channel_lists WHERE name = ? COLLATE NOCASE')
    .get(name)
  if (taken !== undefined && taken.list !== except) throw AppError.of('naming/list-taken', { name })
}
