/** Where pages belong: names of styles, composers and pieces, merging and splitting them, moving pages. */
import type Database from 'better-sqlite3'
import type { CatalogueLevel } from '@shared/domain/catalogue'
import { AppError } from '@shared/errors'
import { naturalKey } from '../natural-order'
import { tidy, type PagePlace } from '../page-place'

/** Each level with the column that says to which node above it belongs. */
export const LEVELS = {
  style: { table: 'styles', above: null },
  composer: { table: 'composers', above: 'style' },
  piece: { table: 'pieces', above: 'composer' },
} as const satisfies Readonly<Record<CatalogueLevel, { table: string; above: CatalogueLevel | null }>>

export interface Node {
  readonly id: number
  readonly name: string
  /** The node above; null for a style. */
  readonly above: number | null
}

/** @throws AppError catalogue/node-unknown */
export function requireNode(database: Database.Database, level: CatalogueLevel, id: number): Node {
  const { table, above } = LEVELS[level]
  const node = database
    .prepare<[number], Node>(`SELECT id, name, ${above ?? 'NULL'} AS above FROM ${table} WHERE id = ?`)
    .get(id)
  if (node === undefined) throw AppError.of('catalogue/node-unknown', { level, id })
  return node
}

/** The node of a name below another; null where there is none. */
export function findNode(
  database: Database.Database,
  level: CatalogueLevel,
  { name, above }: Pick<Node, 'name' | 'above'>,
): number | null {
  const { table, above: column } = LEVELS[level]
  const [where, values] = column === null ? ['', []] : [` AND ${column} = ?`, [above]]
  const found = database
    .prepare<unknown[], { id: number }>(`SELECT id FROM ${table} WHERE sort_key = ?${where}`)
    .get(naturalKey(name), ...values)
  return found?.id ?? null
}

/** Finds or makes the node of a name below another. */
function nodeAt(
  database: Database.Database,
  level: CatalogueLevel,
  wanted: Pick<Node, 'name' | 'above'>,
): number {
  const found = findNode(database, level, wanted)
  if (found !== null) return found
  const { table, above: column } = LEVELS[level]
  const { name, above } = wanted
  const insert =
    column === null
      ? database.prepare(`INSERT INTO ${table} (name, sort_key) VALUES (?, ?)`)
      : database.prepare(`INSERT INTO ${table} (name, sort_key, ${column}) VALUES (?, ?, ?)`)
  const values = column === null ? [name, naturalKey(name)] : [name, naturalKey(name), above]
  return Number(insert.run(...values).lastInsertRowid)
}

/** The piece of these names; all three come to be where they are not there yet. */
export function pieceAt(database: Database.Database, place: PagePlace): number {
  const style = nodeAt(database, 'style', { name: tidy(place.style), above: null })
  const composer = nodeAt(database, 'composer', { name: tidy(place.composer), above: style })
  return nodeAt(database, 'piece', { name: tidy(place.piece), above: composer })
}

/** Pages below a node, in their order. */
export function pagesBelow(
  database: Database.Database,
  level: CatalogueLevel,
  id: number,
): readonly number[] {
  return database
    .prepare<[number], { id: number }>(
      `SELECT pages.id FROM composers CROSS JOIN pieces ON pieces.composer = composers.id
         CROSS JOIN pages ON pages.piece = pieces.id
       WHERE ${{ style: 'composers.style', composer: 'composers.id', piece: 'pieces.id' }[level]} = ?
       ORDER BY composers.sort_key, pieces.sort_key, pages.number, pages.sort_key`,
    )
    .all(id)
    .map((row) => row.id)
}

/** Gives a node another name, which must be free. */
export function renameNode(database: Database.Database, level: CatalogueLevel, node: Node): void {
  database
    .prepare(`UPDATE ${LEVELS[level].table} SET name = ?, sort_key = ? WHERE id = ?`)
    .run(node.name, naturalKey(node.name), node.id)
}

/** Everything below one node goes to another; what has the same name there becomes one. */
export function mergeNodes(
  database: Database.Database,
  level: CatalogueLevel,
  from: number,
  into: number,
): void {
  if (level === 'piece') {
    movePages(database, pagesBelow(database, 'piece', from), () => into)
    return
  }
  const below = level === 'style' ? 'composer' : 'piece'
  const { table, above } = LEVELS[below]
  const children = database
    .prepare<[number], { id: number; name: string }>(
      `SELECT id, name FROM ${table} WHERE ${above} = ? ORDER BY sort_key`,
    )
    .all(from)
  for (const { id, name } of children) {
    const same = findNode(database, below, { name, above: into })
    if (same === null) database.prepare(`UPDATE ${table} SET ${above} = ? WHERE id = ?`).run(into, id)
    else mergeNodes(database, below, id, same)
  }
  removeEmptyNodes(database)
}

/**
 * Moves pages to pieces, in the order given. They follow the pages that are there; in a piece that was empty they are
 * in the order of their file names. `pieceOf` is given the piece where a page is.
 */
export function movePages(
  database: Database.Database,
  pages: readonly number[],
  pieceOf: (page: number, from: number) => number,
): void {
  const here = database.prepare<[number], { piece: number }>('SELECT piece FROM pages WHERE id = ?')
  const last = database.prepare<[number], { last: number | null }>(
    'SELECT max(number) AS last FROM pages WHERE piece = ?',
  )
  const move = database.prepare('UPDATE pages SET piece = ?, stated_number = ?, number = ? WHERE id = ?')
  const touched = new Set<number>()
  const settle = database.prepare(
    'UPDATE pages SET stated_number = number WHERE piece = ? AND stated_number IS NULL',
  )
  const ends = new Map<number, number | null>()
  for (const page of pages) {
    const from = here.get(page)?.piece
    if (from === undefined) continue
    const to = pieceOf(page, from)
    if (from === to) continue
    if (!ends.has(to)) {
      ends.set(to, last.get(to)?.last ?? null)
      // Pages that are there keep their numbers, whatever the names of the files that join them.
      settle.run(to)
    }
    const end = ends.get(to) ?? null
    if (end !== null) ends.set(to, end + 1)
    move.run(to, end === null ? null : end + 1, end === null ? 1 : end + 1, page)
    touched.add(from).add(to)
  }
  renumberPieces(database, [...touched])
  removeEmptyNodes(database)
}

/** Pages without a stated number are numbered by the order of their file names. */
export function renumberPieces(database: Database.Database, pieces: readonly number[]): void {
  const renumber = database.prepare(
    `UPDATE pages SET number = coalesce(pages.stated_number, ranked.position)
     FROM (SELECT id, row_number() OVER (ORDER BY sort_key) AS position FROM pages WHERE piece = ?) AS ranked
     WHERE pages.id = ranked.id AND pages.number <> coalesce(pages.stated_number, ranked.position)`,
  )
  for (const piece of pieces) renumber.run(piece)
}

/** Pieces without pages, composers without pieces, styles without composers. */
function removeEmptyNodes(database: Database.Database): void {
  database.exec(`DELETE FROM pieces WHERE NOT EXISTS (SELECT 1 FROM pages WHERE pages.piece = pieces.id);
    DELETE FROM composers WHERE NOT EXISTS (SELECT 1 FROM pieces WHERE pieces.composer = composers.id);
    DELETE FROM styles WHERE NOT EXISTS (SELECT 1 FROM composers WHERE composers.style = styles.id)`)
}
