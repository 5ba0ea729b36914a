/** A catalogue with rows enough to fill many pages of its file, and ways to break single pages of it. */
import { readFileSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'

export const PIECES = 400
export const PAGES = 1200
const EDITS = 20

/** Rows as an import and its edits leave them; every page has a field and a tag, every edit changes 60 pages. */
export function putCatalogue(database: Database.Database): void {
  database
    .transaction(() => {
      database.exec(`
        INSERT INTO styles (id, name, sort_key) VALUES (1, 'Baroque', 'baroque');
        INSERT INTO composers (id, style, name, sort_key) VALUES (1, 1, 'Anonymous', 'anonymous');`)
      const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)`
      const long = `'${'long enough to fill pages '.repeat(3)}'`
      database
        .prepare(
          `${numbers} INSERT INTO pieces (id, composer, name, sort_key)
             SELECT i, 1, 'Piece ' || i || ${long}, 'piece ' || i FROM n`,
        )
        .run(PIECES)
      database
        .prepare(
          `${numbers} INSERT INTO pages (id, piece, number, file, sort_key, storage, location, origin, format, width,
             height, orientation, size_bytes, modified_ms, sha256, search_text)
           SELECT i, 1 + i % ${String(PIECES)}, 1, i || '.png', i || '.png', 'linked', '../' || i || '.png', '/' || i,
             'png', 100, 100, 1, 1000, 0, printf('%064x', i), ${long} FROM n`,
        )
        .run(PAGES)
      database
        .prepare(
          `${numbers} INSERT INTO page_fields (page, name, value, search_text) SELECT i, 'key', ${long} || i, 'x' FROM n`,
        )
        .run(PAGES)
      database
        .prepare(`${numbers} INSERT INTO page_tags (page, search_text, tag) SELECT i, 'seen', 'seen' FROM n`)
        .run(PAGES)
      database
        .prepare(
          `${numbers} INSERT INTO edits (label, made_at, state) SELECT 'edit ' || i, '', 'done' FROM n`,
        )
        .run(EDITS)
      database
        .prepare(
          `${numbers} INSERT INTO edit_changes (edit, position, table_name, before, after)
             SELECT 1 + (i - 1) / 60, i, 'pages', NULL, json_array(${long}) FROM n`,
        )
        .run(EDITS * 60)
    })
    .immediate()
}

/** Overwrites pages of a table's own tree, counted in the order of the tree; 0 is its root. */
export function wipePagesOf(
  path: string,
  table: string,
  { from, count }: { readonly from: number; readonly count: number },
): void {
  const database = new Database(path)
  database.pragma('wal_checkpoint(TRUNCATE)')
  const size = Number(database.pragma('page_size', { simple: true }))
  const pages = treeOf(database, table)
  database.close()
  if (pages.length < from + count) throw new Error(`${table} has only ${String(pages.length)} pages.`)
  const bytes = readFileSync(path)
  for (const page of pages.slice(from, from + count)) bytes.fill(0xa5, (page - 1) * size, page * size)
  writeFileSync(path, bytes)
}

/** Root, then children in order. Only two levels are followed: tables here are no deeper. */
function treeOf(database: Database.Database, table: string): readonly number[] {
  const root = Number(
    database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table),
  )
  const bytes = readFileSync(database.name)
  const size = Number(database.pragma('page_size', { simple: true }))
  const at = (root - 1) * size
  const kind = bytes.readUInt8(at)
  // 2 and 5 are inner pages of trees; others are leaves.
  if (kind !== 2 && kind !== 5) return [root]
  const cells = bytes.readUInt16BE(at + 3)
  const children = Array.from({ length: cells }, (_, cell) =>
    bytes.readUInt32BE(at + bytes.readUInt16BE(at + 12 + 2 * cell)),
  )
  return [root, ...children, bytes.readUInt32BE(at + 8)]
}
