/** Tables as CSV (RFC 4180) behind their caption, each line of which begins with #. */
import { spreadsheetCell } from '@shared/csv'
import { type Caption, captionLine } from './caption'

export interface ExportedTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number | null)[])[]
}

/** A # would be taken for a caption, space at an edge for nothing. */
const TAKEN_OTHERWISE = /#|^\s|\s$/

/** Read it with pandas.read_csv(file, comment='#'), or leave out the first line. */
export function tableAsCsv(caption: Caption, { columns, rows }: ExportedTable): string {
  const lines = [columns, ...rows].map((cells) =>
    cells.map((cell) => spreadsheetCell(cell, TAKEN_OTHERWISE)).join(','),
  )
  return [`# ${captionLine(caption).replaceAll(/\s+/g, ' ')}`, ...lines, ''].join('\r\n')
}
