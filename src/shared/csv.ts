/** Cells of CSV (RFC 4180), for whoever writes a list or a table. */

/** In quotation marks where it holds a comma, a quotation mark or a line's end, or where `also` says so. */
export function csvCell(text: string, also?: RegExp): string {
  const quoted = /[",\r\n]/.test(text) || also?.test(text) === true
  return quoted ? `"${text.replaceAll('"', '""')}"` : text
}

/** The same for a spreadsheet, which would take text that begins with a sign for a formula: not to be read back by us. */
export function spreadsheetCell(value: string | number | null, also?: RegExp): string {
  if (value === null) return ''
  const text = String(value)
  return csvCell(typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text, also)
}
