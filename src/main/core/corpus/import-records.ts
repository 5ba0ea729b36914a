/** What an import knows of the catalogue and how it adds to it. */
import type Database from 'better-sqlite3'
import type { Page } from '@shared/domain/page'
import { type EditedByHand, readEditedByHand } from './editing/edited-by-hand'
import { refreshSearchText } from './editing/page-descriptions'
import { fold, naturalKey } from './natural-order'
import type { ListedPage } from './page-list'
import type { PagePlace } from './page-place'

/** A page that the catalogue has already, as an import recognises it. */
export interface KnownPage {
  readonly id: number
  readonly file: string
  readonly origin: string
  readonly location: string
  readonly storage: Page['storage']
  readonly sizeBytes: number
  readonly modifiedMs: number
  /** Stands for the page's content; see contentHash in page-files.ts. */
  readonly sha256: string
  /** Of the whole file. */
  readonly fileSha256: string
  readonly part: number
  readonly parts: number
  readonly missing: boolean
  readonly changed: boolean
  readonly place: PagePlace
}

/** Everything the catalogue keeps of one page. */
export interface PageRecord extends Omit<KnownPage, 'id' | 'missing' | 'changed'> {
  readonly format: Page['format']
  readonly width: number
  readonly height: number
  readonly orientation: number
  readonly dpi: number | null
  readonly drawnDpi: number | null
  readonly listed: ListedPage | undefined
}

interface KnownRow extends Omit<KnownPage, 'missing' | 'changed' | 'place'>, PagePlace {
  readonly missing: number
  readonly changed: number
}

export function readKnownPages(database: Database.Database): readonly KnownPage[] {
  return database
    .prepare<[], KnownRow>(
      `SELECT pages.id, pages.file, pages.origin, pages.location, pages.storage, pages.size_bytes AS sizeBytes,
         pages.modified_ms AS modifiedMs, pages.sha256, coalesce(pages.file_sha256, pages.sha256) AS fileSha256,
         pages.part, pages.parts, pages.missing, pages.changed,
         styles.name AS style, composers.name AS composer, pieces.name AS piece
       FROM pages JOIN pieces ON pieces.id = pages.piece JOIN composers ON composers.id = pieces.composer
         JOIN styles ON styles.id = composers.style
       ORDER BY pages.id`,
    )
    .all()
    .map(({ missing, changed, style, composer, piece, ...row }) => ({
      ...row,
      missing: missing === 1,
      changed: changed === 1,
      place: { style, composer, piece },
    }))
}

/** A page changed in one of these ways, or is new. */
export type Change =
  | { readonly kind: 'add'; readonly record: PageRecord }
  /** The same page with new bytes. */
  | { readonly kind: 'renew'; readonly id: number; readonly record: PageRecord }
  /** The same bytes, found again: maybe elsewhere, maybe with another time. */
  | {
      readonly kind: 'relink'
      readonly id: number
      readonly found: Pick<KnownPage, 'file' | 'location' | 'origin' | 'sizeBytes' | 'modifiedMs'>
      readonly listed: ListedPage | undefined
    }
  /** Only what a list says of it may be new. */
  | { readonly kind: 'describe'; readonly id: number; readonly listed: ListedPage }

/** Writes changes in one transaction each time; what was written is acknowledged by returning. */
export class ImportWriter {
  private readonly touchedPieces = new Set<number>()
  private byHand: EditedByHand | null = null

  constructor(private readonly database: Database.Database) {}

  /** @returns the ids of the pages, in the order of the changes */
  write(changes: readonly Change[]): readonly number[] {
    return this.database
      .transaction(() => {
        const ids = changes.map((change) => this.apply(change))
        for (const piece of this.touchedPieces) this.renumber(piece)
        this.touchedPieces.clear()
        return ids
      })
      .immediate()
  }

  private apply(change: Change): number {
    if (change.kind === 'add') return this.add(change.record)
    if (change.kind === 'renew') this.renew(change.id, change.record)
    else if (change.kind === 'relink') this.relink(change.id, change.found)
    if (change.kind !== 'renew' && change.listed !== undefined) this.describe(change.id, change.listed)
    return change.id
  }

  private add(record: PageRecord): number {
    const piece = this.pieceAt(record.place)
    const { lastInsertRowid } = this.database
      .prepare(
        `INSERT INTO pages (piece, number, stated_number, file, sort_key, storage, location, origin, format, width,
           height, orientation, dpi, size_bytes, modified_ms, sha256, part, parts, file_sha256, drawn_dpi, search_text)
         VALUES (@piece, 1, @statedNumber, @file, @sortKey, @storage, @location, @origin, @format, @width,
           @height, @orientation, @dpi, @sizeBytes, @modifiedMs, @sha256, @part, @parts, @ownFileSha256, @drawnDpi,
           @searchText)`,
      )
      .run({ ...columnsOf(record), piece })
    this.touchedPieces.add(piece)
    const id = Number(lastInsertRowid)
    this.writeFields(id, record.listed)
    return id
  }

  private renew(id: number, record: PageRecord): void {
    this.database
      .prepare(
        `UPDATE pages SET file = @file, sort_key = @sortKey, storage = @storage, location = @location, origin = @origin,
           format = @format, width = @width, height = @height, orientation = @orientation, dpi = @dpi,
           size_bytes = @sizeBytes, modified_ms = @modifiedMs, sha256 = @sha256, parts = @parts,
           file_sha256 = @ownFileSha256, drawn_dpi = @drawnDpi, missing = 0, changed = 0
         WHERE id = @id`,
      )
      .run({ ...columnsOf(record), id })
    if (record.listed !== undefined) this.describe(id, record.listed)
  }

  private relink(id: number, found: (Change & { kind: 'relink' })['found']): void {
    this.database
      .prepare(
        `UPDATE pages SET file = @file, sort_key = @sortKey, location = @location, origin = @origin,
           size_bytes = @sizeBytes, modified_ms = @modifiedMs, missing = 0, changed = 0 WHERE id = @id`,
      )
      .run({ ...found, sortKey: pageKey(found.file, this.partOf(id)), id })
    this.touchedPieces.add(this.pieceOf(id))
    refreshSearchText(this.database, [id])
  }

  /** What a list says now, but for what was written by hand since. */
  private describe(id: number, listed: ListedPage): void {
    this.byHand ??= readEditedByHand(this.database)
    const { hasField, hasNumber } = this.byHand
    const stated = this.database
      .prepare<[number], { number: number | null }>('SELECT stated_number AS number FROM pages WHERE id = ?')
      .get(id)
    const fields = this.database
      .prepare<[number], { name: string; value: string }>(
        'SELECT name, value FROM page_fields WHERE page = ?',
      )
      .all(id)
      .filter(({ name }) => !hasField(id, name))
    const said = Object.entries(listed.fields).filter(([name]) => !hasField(id, name))
    const isNumbered = hasNumber(id) || stated?.number === listed.number
    const isDescribed =
      fields.length === said.length && fields.every(({ name, value }) => listed.fields[name] === value)
    if (isNumbered && isDescribed) return
    if (!isNumbered) {
      this.database.prepare('UPDATE pages SET stated_number = ? WHERE id = ?').run(listed.number, id)
      this.touchedPieces.add(this.pieceOf(id))
    }
    const remove = this.database.prepare('DELETE FROM page_fields WHERE page = ? AND name = ?')
    for (const { name } of fields) remove.run(id, name)
    this.writeFields(id, { ...listed, fields: Object.fromEntries(said) })
    refreshSearchText(this.database, [id])
  }

  private writeFields(page: number, listed: ListedPage | undefined): void {
    const insert = this.database.prepare(
      'INSERT INTO page_fields (page, name, value, search_text) VALUES (?, ?, ?, ?)',
    )
    for (const [name, value] of Object.entries(listed?.fields ?? {}))
      insert.run(page, name, value, fold(value))
  }

  /** The piece's id; style, composer and piece come to be with their first page. */
  private pieceAt(place: PagePlace): number {
    const style = this.nodeAt('styles', null, place.style)
    const composer = this.nodeAt('composers', { column: 'style', id: style }, place.composer)
    return this.nodeAt('pieces', { column: 'composer', id: composer }, place.piece)
  }

  private nodeAt(
    table: 'styles' | 'composers' | 'pieces',
    parent: { readonly column: 'style' | 'composer'; readonly id: number } | null,
    name: string,
  ): number {
    const key = naturalKey(name)
    const [where, values] = parent === null ? ['', []] : [` AND ${parent.column} = ?`, [parent.id]]
    const found = this.database
      .prepare<unknown[], { id: number }>(`SELECT id FROM ${table} WHERE sort_key = ?${where}`)
      .get(key, ...values)
    if (found !== undefined) return found.id
    const columns = parent === null ? 'name, sort_key' : `name, sort_key, ${parent.column}`
    const marks = parent === null ? '?, ?' : '?, ?, ?'
    const insert = this.database.prepare(`INSERT INTO ${table} (${columns}) VALUES (${marks})`)
    return Number(insert.run(name, key, ...values).lastInsertRowid)
  }

  private pieceOf(page: number): number {
    const row = this.database
      .prepare<[number], { piece: number }>('SELECT piece FROM pages WHERE id = ?')
      .get(page)
    if (row === undefined) throw new Error(`Page ${String(page)} went away during the import.`)
    return row.piece
  }

  private partOf(page: number): Pick<KnownPage, 'part' | 'parts'> {
    return (
      this.database
        .prepare<[number], Pick<KnownPage, 'part' | 'parts'>>('SELECT part, parts FROM pages WHERE id = ?')
        .get(page) ?? { part: 1, parts: 1 }
    )
  }

  /** Positions within a piece follow the natural order of the files, unless a list states them. */
  private renumber(piece: number): void {
    this.database
      .prepare(
        `UPDATE pages SET number = coalesce(pages.stated_number, ranked.position)
         FROM (SELECT id, row_number() OVER (ORDER BY sort_key) AS position FROM pages WHERE piece = ?) AS ranked
         WHERE pages.id = ranked.id AND pages.number <> coalesce(pages.stated_number, ranked.position)`,
      )
      .run(piece)
  }
}

function columnsOf(record: PageRecord): Record<string, string | number | null> {
  const { place, listed, ...columns } = record
  return {
    ...columns,
    sortKey: pageKey(record.file, record),
    ownFileSha256: record.fileSha256 === record.sha256 ? null : record.fileSha256,
    statedNumber: listed?.number ?? null,
    searchText: searchText(place, record.file, Object.values(listed?.fields ?? {})),
  }
}

/** Pages of a piece are ordered by file name first; the whole path decides between equal names. */
function pageKey(file: string, { part, parts }: Pick<KnownPage, 'part' | 'parts'>): string {
  const key = `${naturalKey(file.slice(file.lastIndexOf('/') + 1))}\u0001${file}`
  return parts === 1 ? key : `${key}\u0001${String(part).padStart(6, '0')}`
}

function searchText(place: PagePlace, file: string, fields: readonly string[]): string {
  return fold([place.style, place.composer, place.piece, file, ...fields].join('\n'))
}
