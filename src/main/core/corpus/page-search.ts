/** Turns a selection of pages into SQL over styles, composers, pieces and pages. */
import type Database from 'better-sqlite3'
import { STANDARD_FIELDS } from '@shared/domain/catalogue'
import type { PageSelection } from '@shared/domain/page'
import { AppError } from '@shared/errors'
import { fold } from './natural-order'
import { parseQuery, type QueryWord } from './query-words'

export interface Condition {
  /** SQL that holds for the pages wanted. */
  readonly sql: string
  readonly values: readonly (string | number)[]
}

/** Makes `folded(text)` known to a connection: lower case, without accents. */
export function registerFolding(database: Database.Database): void {
  database.function('folded', { deterministic: true, directOnly: true }, (text) => fold(String(text)))
}

/** @throws AppError corpus/query-invalid */
export function conditionOf(database: Database.Database, selection: PageSelection): Condition {
  const parts: Condition[] = []
  if (selection.style !== undefined) parts.push({ sql: 'styles.id = ?', values: [selection.style] })
  if (selection.composer !== undefined) parts.push({ sql: 'composers.id = ?', values: [selection.composer] })
  if (selection.piece !== undefined) parts.push({ sql: 'pieces.id = ?', values: [selection.piece] })
  const query = selection.query ?? ''
  for (const word of parseQuery(query)) parts.push(wordCondition(database, word, query))
  if (parts.length === 0) return { sql: 'true', values: [] }
  return { sql: parts.map(({ sql }) => sql).join(' AND '), values: parts.flatMap(({ values }) => values) }
}

const COLUMNS: Readonly<Record<string, string>> = {
  style: 'styles.name',
  composer: 'composers.name',
  piece: 'pieces.name',
  file: 'pages.file',
  excluded: "coalesce(pages.excluded, '')",
}

/** States that a page is in or is not: `is:excluded`. */
const STATES: Readonly<Record<string, string>> = {
  excluded: '(pages.excluded IS NOT NULL)',
  missing: '(pages.missing = 1)',
  changed: '(pages.changed = 1)',
}

/** Columns that hold numbers. */
const NUMBERS: Readonly<Record<string, string>> = {
  page: 'pages.number',
  width: 'pages.width',
  height: 'pages.height',
  dpi: 'pages.dpi',
}

function wordCondition(database: Database.Database, asked: QueryWord, query: string): Condition {
  const { sql, values } = plainCondition(database, asked, query)
  return asked.excluded === true ? { sql: `coalesce(NOT ${sql}, true)`, values } : { sql, values }
}

function plainCondition(database: Database.Database, { field, word }: QueryWord, query: string): Condition {
  const wanted = fold(word)
  if (field === null) return { sql: '(instr(pages.search_text, ?) > 0)', values: [wanted] }
  const name = fold(field)
  const column = COLUMNS[name]
  if (column !== undefined) return { sql: `(instr(folded(${column}), ?) > 0)`, values: [wanted] }
  const number = NUMBERS[name]
  if (number !== undefined) return numberCondition({ name, column: number }, word, query)
  if (name === 'is') return stateCondition(wanted, query)
  if (name === 'tag')
    return {
      sql: '(pages.id IN (SELECT page FROM page_tags WHERE instr(search_text, ?) > 0))',
      values: [wanted],
    }
  return fieldCondition(fieldNames(database, { field, query }), wanted)
}

/** @throws AppError corpus/query-invalid */
function stateCondition(wanted: string, query: string): Condition {
  const sql = STATES[wanted]
  if (sql !== undefined) return { sql, values: [] }
  const known = Object.keys(STATES).join(', ')
  throw AppError.of('corpus/query-invalid', {
    query,
    problem: `"is:" wants one of ${known}, not "${wanted}"`,
  })
}

/** Any of the fields has the word; an asterisk is any value. */
function fieldCondition(fitting: readonly string[], wanted: string): Condition {
  const range = rangeOf(wanted)
  const test =
    wanted === '*'
      ? { sql: 'true', values: [] }
      : range === null
        ? { sql: 'instr(search_text, ?) > 0', values: [wanted] }
        : between(`CAST(${LEADING_NUMBER} AS REAL)`, range)
  const isNumber = range === null ? '' : `AND ${LEADING_NUMBER} GLOB '[-0-9]*' `
  return {
    // Once for all pages, through the index that holds the values.
    sql: `(pages.id IN (SELECT page FROM page_fields
      WHERE name IN (${fitting.map(() => '?').join(', ')}) ${isNumber}AND ${test.sql}))`,
    values: [...fitting, ...test.values],
  }
}

/** "ca. 1790", "[1790]" and "1790-05" all begin with 1790. */
const LEADING_NUMBER = `ltrim(search_text, 'abcdefghijklmnopqrstuvwxyz .~[(')`

interface Range {
  readonly from: number
  readonly to: number
}

const RANGE = /^(-?\d+(?:\.\d+)?)?\.\.(-?\d+(?:\.\d+)?)?$/

/** `1790..1800`, `1790..`, `..1800`; null for anything else. */
function rangeOf(word: string): Range | null {
  const match = RANGE.exec(word)
  if (match === null || (match[1] === undefined && match[2] === undefined)) return null
  return { from: Number(match[1] ?? -Infinity), to: Number(match[2] ?? Infinity) }
}

function between(sql: string, { from, to }: Range): Condition {
  return { sql: `(${sql} BETWEEN ? AND ?)`, values: [from, to] }
}

function numberCondition(
  { name, column }: { readonly name: string; readonly column: string },
  word: string,
  query: string,
): Condition {
  const range = rangeOf(word)
  if (range !== null) return between(column, range)
  if (!/^\d{1,9}$/.test(word))
    throw AppError.of('corpus/query-invalid', { query, problem: `"${name}:" wants a number, not "${word}"` })
  return { sql: `(${column} = ?)`, values: [Number(word)] }
}

/** Fields of pages that a search means, whatever their case. @throws AppError corpus/query-invalid */
export function fieldNames(
  database: Database.Database,
  { field, query }: { readonly field: string; readonly query: string },
): readonly string[] {
  const known = database
    .prepare<[], { name: string }>('SELECT name FROM page_fields UNION SELECT name FROM fields ORDER BY name')
    .all()
    .map(({ name }) => name)
  const standard = STANDARD_FIELDS.map(({ name }) => name).filter((name) => !known.includes(name))
  // A search has no blanks in the name of a field: "scan-source" or "scansource" means "scan source".
  const plain = (name: string): string => fold(name).replace(/[\s_-]+/g, '')
  const fitting = [...known, ...standard].filter((name) => plain(name) === plain(field))
  if (fitting.length > 0) return fitting
  const names = [...Object.keys(COLUMNS), ...Object.keys(NUMBERS), 'is', 'tag', ...known, ...standard].join(
    ', ',
  )
  const problem = `there is no field "${field}", only ${names}`
  throw AppError.of('corpus/query-invalid', { query, problem })
}
