/** Separated values (RFC 4180), with comma, semicolon or tab between them: whichever the first line has most of. */
import { csvCell } from '@shared/csv'

/** Rows of cells; empty lines are left out. A quotation mark that does not begin a cell is taken as it is. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const body = text.replace(/^\uFEFF/, '')
  const separator = separatorOf(body)
  const rows: (readonly string[])[] = []
  let row: string[] = []
  for (let at = 0; at <= body.length;) {
    const cell = body[at] === '"' ? quotedCell(body, at) : plainCell(body, at, separator)
    row.push(cell.value)
    const mark = body[cell.end]
    at = cell.end + (mark === '\r' && body[cell.end + 1] === '\n' ? 2 : 1)
    if (mark === separator) continue
    if (row.some((value) => value.trim() !== '')) rows.push(row)
    row = []
  }
  return rows
}

interface Cell {
  readonly value: string
  /** Where the separator, the line end or the end of the text is. */
  readonly end: number
}

function plainCell(body: string, start: number, separator: string): Cell {
  let end = start
  while (end < body.length && body[end] !== separator && body[end] !== '\n' && body[end] !== '\r') end += 1
  return { value: body.slice(start, end), end }
}

/** From its opening quotation mark; inside, a doubled mark stands for one. An unclosed cell reaches to the end. */
function quotedCell(body: string, start: number): Cell {
  let value = ''
  for (let at = start + 1; at < body.length; at += 1) {
    if (body[at] !== '"') value += body[at] ?? ''
    else if (body[at + 1] === '"') {
      value += '"'
      at += 1
    } else {
      const rest = /[^,;\t\r\n]*/y
      rest.lastIndex = at + 1
      const trailing = rest.exec(body)?.[0] ?? ''
      return { value: value + trailing, end: at + 1 + trailing.length }
    }
  }
  return { value, end: body.length }
}

/** Whichever the first line has most of, outside quotation marks. */
function separatorOf(body: string): string {
  const header = /^(?:"(?:[^"]|"")*"|[^"\r\n]|")*/.exec(body)?.[0] ?? ''
  const bare = header.replace(/"(?:[^"]|"")*"/g, '')
  const counts = [',', ';', '\t'].map((mark) => ({ mark, count: bare.split(mark).length }))
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).mark
}

/** What `parseCsv` would take for a separator, for the file's mark, or leave away. */
const TAKEN_OTHERWISE = /[;\t\uFEFF]|^\s|\s$/

/** Rows with commas between their cells and a mark in front by which spreadsheets know UTF-8; what `parseCsv` reads. */
export function formatCsv(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((cells) => cells.map((cell) => csvCell(cell, TAKEN_OTHERWISE)).join(','))
  return `\uFEFF${lines.join('\r\n')}\r\n`
}
