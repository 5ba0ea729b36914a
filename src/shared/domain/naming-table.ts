/** The naming table as a file for spreadsheets. */
import { spreadsheetCell } from '../csv'
import type { NamingTable } from './naming'

export interface NamingColumns {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number | null)[])[]
}

/** One line for each channel: a column of names and one of notes for each rater. */
export function namingColumns({ raters, rows }: NamingTable): NamingColumns {
  return {
    columns: [
      'address',
      'layer',
      'channel',
      ...raters.flatMap((rater) => [`name (${rater})`, `note (${rater})`]),
      'lists',
      'density',
      'style effect',
      'style q',
      'composer effect',
      'composer q',
    ],
    rows: rows.map((row) => [
      row.address,
      row.layer,
      row.channel,
      ...raters.flatMap((rater) => [row.names[rater] ?? '', row.notes[rater] ?? '']),
      row.lists.join('; '),
      row.density,
      row.styleEffect,
      row.styleQ,
      row.composerEffect,
      row.composerQ,
    ]),
  }
}

/** CSV (RFC 4180) with a line of names of columns. */
export function namingCsv(table: NamingTable): string {
  const { columns, rows } = namingColumns(table)
  return [columns, ...rows]
    .map((line) => `${line.map((cell) => spreadsheetCell(cell)).join(',')}\r\n`)
    .join('')
}
