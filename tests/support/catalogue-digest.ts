/** What a catalogue says of its pages, in one hash: all that edits can change. */
import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'

const TABLES = {
  styles: 'name, sort_key',
  composers: 'style, name, sort_key',
  pieces: 'composer, name, sort_key',
  pages: 'piece, number, stated_number, file, sha256, search_text',
  page_fields: 'page, name, value, search_text',
  page_tags: 'page, search_text, tag',
  fields: 'name, type, choices',
}

export function catalogueDigest(database: Database.Database): string {
  const digest = createHash('sha256')
  for (const [table, columns] of Object.entries(TABLES))
    for (const row of database.prepare(`SELECT ${columns} FROM ${table} ORDER BY ${columns}`).raw().iterate())
      digest.update(`${JSON.stringify([table, row])}\n`)
  return digest.digest('hex').slice(0, 16)
}
