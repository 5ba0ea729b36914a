/** Tables as CSV (RFC 4180) behind their caption, each line of which begins with #. */
import { type Caption, captionLine } from './caption'

export interface ExportedTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number | null)[])[]
}

/** Read it with pandas.read_csv(file, comment='#'), or leave out the first line. */
export function tableAsCsv(caption: Caption, { columns, rows }: ExportedTable): string {
  const lines = [columns, ...rows].map((cells) => cells.map(csvCell).join(','))
  return [`# ${captionLine(caption).replaceAll(/\s+/g, ' ')}`, ...lines, ''].join('\r\n')
}

function csvCell(value: string | number | null): string {
  if (value === null) return ''
  const plain = String(value)
  // A spreadsheet would take what begins so for a formula.
  const text = typeof value === 'string' && /^[=+\-@\t]/.test(plain) ? `'${plain}` : plain
  // A leading # would be taken for a caption.
  return /[",\r\n#]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
