/** Turns a selection of pages into SQL over styles, composers, pieces and pages. */
import type Database from 'better-sqlite3'
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
}

function wordCondition(database: Database.Database, { field, word }: QueryWord, query: string): Condition {
  const wanted = fold(word)
  if (field === null) return { sql: 'instr(pages.search_text, ?) > 0', values: [wanted] }
  const name = fold(field)
  const column = COLUMNS[name]
  if (column !== undefined) return { sql: `instr(folded(${column}), ?) > 0`, values: [wanted] }
  if (name === 'page') return pageNumberCondition(word, query)
  const known = fieldNames(database)
  const fitting = known.filter((other) => fold(other) === name)
  if (fitting.length === 0) {
    const names = [...Object.keys(COLUMNS), 'page', ...known].join(', ')
    throw AppError.of('corpus/query-invalid', {
      query,
      problem: `there is no field "${field}", only ${names}`,
    })
  }
  return {
    sql: `EXISTS (SELECT 1 FROM page_fields WHERE page_fields.page = pages.id
      AND page_fields.name IN (${fitting.map(() => '?').join(', ')}) AND instr(page_fields.search_text, ?) > 0)`,
    values: [...fitting, wanted],
  }
}

function pageNumberCondition(word: string, query: string): Condition {
  if (!/^\d{1,9}$/.test(word))
    throw AppError.of('corpus/query-invalid', { query, problem: `"page:" wants a number, not "${word}"` })
  return { sql: 'pages.number = ?', values: [Number(word)] }
}

function fieldNames(database: Database.Database): readonly string[] {
  return database
    .prepare<[], { name: string }>('SELECT DISTINCT name FROM page_fields ORDER BY name')
    .all()
    .map(({ name }) => name)
}
