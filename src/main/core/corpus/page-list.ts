/** A researcher's list of pages: a CSV whose `file` column names them and whose other columns describe them. */
import { readFile } from 'node:fs/promises'
import type { ListMeaning } from '@shared/domain/page'
import { AppError } from '@shared/errors'
import { parseCsv } from './csv'
import { readProblem } from './folder-walk'
import type { PagePlace } from './page-place'
import { tidy } from './page-place'

/** What a list says of one page, or of all pages of a file. */
export interface ListedPage {
  /** Columns style, composer and piece, where they are filled in. */
  readonly place: Partial<PagePlace>
  /** Column page, where it is a whole number from 1. */
  readonly number: number | null
  /** All other columns that are filled in, by the names the list gives them. */
  readonly fields: Readonly<Record<string, string>>
}

export type PageList = ReadonlyMap<string, ListedPage>

/**
 * Pages by their file as the imported folder knows it, see `listKey`.
 * @throws AppError corpus/csv-unreadable
 */
export async function readPageList(
  path: string,
  given?: Readonly<Record<string, ListMeaning>>,
): Promise<PageList> {
  const refuse = (problem: string): AppError => AppError.of('corpus/csv-unreadable', { file: path, problem })
  const { columns, rows } = await readTable(path)
  const meanings = columns.map((column) => given?.[column] ?? namedMeaning(column))
  const fileColumn = meanings.indexOf('file')
  if (fileColumn === -1)
    throw refuse(
      given === undefined ? 'none of its columns is called "file"' : 'no column was chosen for the file',
    )
  const partColumn = meanings.indexOf('part')
  const pages = new Map<string, ListedPage>()
  for (const row of rows) {
    const file = row[fileColumn]?.trim() ?? ''
    const part = Number(row[partColumn]?.trim() ?? Number.NaN)
    if (file !== '') pages.set(listKey(file, part >= 1 ? part : null), readRow(row, columns, meanings))
  }
  return pages
}

/** Columns and rows of a list. @throws AppError corpus/csv-unreadable */
export async function readTable(
  path: string,
): Promise<{ readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }> {
  const refuse = (problem: string): AppError => AppError.of('corpus/csv-unreadable', { file: path, problem })
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw refuse(readProblem(error))
  })
  const [header, ...rows] = parseCsv(text)
  if (header === undefined) throw refuse('it is empty')
  return { columns: header.map((name) => name.trim()), rows }
}

const NAMED: readonly ListMeaning[] = ['file', 'part', 'style', 'composer', 'piece', 'page']

/** What a column means by its very name; every other column is a field of that name. */
export function namedMeaning(column: string): ListMeaning {
  return NAMED.find((name) => name === column.toLowerCase()) ?? (column === '' ? '-' : 'field')
}

/** What the list says of one of a file's pages goes before what it says of the file. */
export function pageInList(list: PageList, file: string, part: number | null): ListedPage | undefined {
  const whole = list.get(listKey(file))
  if (part === null) return list.get(listKey(file, 1)) ?? whole
  return list.get(listKey(file, part)) ?? (whole === undefined ? undefined : { ...whole, number: null })
}

/** How files are compared with the list: forward slashes, composed accents, no "./" in front. */
export function listKey(file: string, part: number | null = null): string {
  const key = file.normalize('NFC').replaceAll('\\', '/').replace(/^\.\//, '')
  return part === null ? key : `${key}\u0001${String(part)}`
}

/** The file of a key. */
export const listedFile = (key: string): string => key.split('\u0001')[0] ?? key

function readRow(
  row: readonly string[],
  columns: readonly string[],
  meanings: readonly ListMeaning[],
): ListedPage {
  const value = (meaning: ListMeaning): string => tidy(row[meanings.indexOf(meaning)] ?? '')
  const place: { -readonly [Level in keyof PagePlace]?: string } = {}
  for (const level of ['style', 'composer', 'piece'] as const)
    if (value(level) !== '') place[level] = value(level)
  const page = value('page')
  const fields = Object.fromEntries(
    columns
      .map((column, position) => [column, (row[position] ?? '').trim(), meanings[position]] as const)
      .filter(([column, text, meaning]) => column !== '' && text !== '' && meaning === 'field')
      .map(([column, text]) => [column, text]),
  )
  return { place, number: /^[1-9]\d{0,8}$/.test(page) ? Number(page) : null, fields }
}
