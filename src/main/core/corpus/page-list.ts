/** A researcher's list of pages: a CSV whose `file` column names them and whose other columns describe them. */
import { readFile } from 'node:fs/promises'
import { AppError } from '@shared/errors'
import { parseCsv } from './csv'
import { readProblem } from './folder-walk'
import type { PagePlace } from './page-place'
import { tidy } from './page-place'

/** What a list says of one page. */
export interface ListedPage {
  /** Columns style, composer and piece, where they are filled in. */
  readonly place: Partial<PagePlace>
  /** Column page, where it is a whole number from 1. */
  readonly number: number | null
  /** All other columns that are filled in, by the names the list gives them. */
  readonly fields: Readonly<Record<string, string>>
}

export type PageList = ReadonlyMap<string, ListedPage>

const KNOWN_COLUMNS: ReadonlySet<string> = new Set(['file', 'style', 'composer', 'piece', 'page'])

/**
 * Pages by their file as the imported folder knows it, see `listKey`.
 * @throws AppError corpus/csv-unreadable
 */
export async function readPageList(path: string): Promise<PageList> {
  const refuse = (problem: string): AppError => AppError.of('corpus/csv-unreadable', { file: path, problem })
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw refuse(readProblem(error))
  })
  const [header, ...rows] = parseCsv(text)
  if (header === undefined) throw refuse('it is empty')
  const columns = header.map((name) => name.trim())
  const byName = (name: string): number => columns.findIndex((column) => column.toLowerCase() === name)
  const fileColumn = byName('file')
  if (fileColumn === -1) throw refuse('none of its columns is called "file"')
  const positions = {
    style: byName('style'),
    composer: byName('composer'),
    piece: byName('piece'),
    page: byName('page'),
  }
  const pages = new Map<string, ListedPage>()
  for (const row of rows) {
    const file = row[fileColumn]?.trim() ?? ''
    if (file !== '') pages.set(listKey(file), readRow(row, columns, positions))
  }
  return pages
}

/** How files are compared with the list: forward slashes, composed accents, no "./" in front. */
export function listKey(file: string): string {
  return file.normalize('NFC').replaceAll('\\', '/').replace(/^\.\//, '')
}

function readRow(
  row: readonly string[],
  columns: readonly string[],
  positions: Readonly<Record<'style' | 'composer' | 'piece' | 'page', number>>,
): ListedPage {
  const value = (position: number): string => tidy(row[position] ?? '')
  const place: { -readonly [Level in keyof PagePlace]?: string } = {}
  for (const level of ['style', 'composer', 'piece'] as const)
    if (value(positions[level]) !== '') place[level] = value(positions[level])
  const page = value(positions.page)
  const fields = Object.fromEntries(
    columns
      .map((column, position) => [column, (row[position] ?? '').trim()] as const)
      .filter(([column, text]) => column !== '' && text !== '' && !KNOWN_COLUMNS.has(column.toLowerCase())),
  )
  return { place, number: /^[1-9]\d{0,8}$/.test(page) ? Number(page) : null, fields }
}
