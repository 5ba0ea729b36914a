/** Tables as papers print them: Markdown (GitHub's) and LaTeX (booktabs), with the caption. */
import { type Caption, captionLine } from './caption'
import type { ExportedTable } from './table-file'

type Cell = ExportedTable['rows'][number][number]

/** Columns of numbers are aligned to the right. */
export function tableAsMarkdown(caption: Caption, table: ExportedTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const write = (cell: Cell): string =>
    String(cell ?? '')
      .replaceAll('\\', '\\\\')
      .replaceAll('|', '\\|')
      .replaceAll(/\s+/g, ' ')
  return [
    captionLine(caption),
    '',
    line(table.columns.map(write)),
    line(numeric(table).map((numbers) => (numbers ? '---:' : ':---'))),
    ...table.rows.map((row) => line(row.map(write))),
    '',
  ].join('\n')
}

/** To be put into a document that uses the package booktabs. */
export function tableAsLatex(caption: Caption, table: ExportedTable): string {
  const line = (cells: readonly string[]): string => `  ${cells.join(' & ')} \\\\`
  const write = (cell: Cell): string => latexText(String(cell ?? ''))
  return [
    '% Needs \\usepackage{booktabs}',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${latexText(captionLine(caption))}}`,
    `  \\begin{tabular}{${numeric(table)
      .map((numbers) => (numbers ? 'r' : 'l'))
      .join('')}}`,
    '  \\toprule',
    line(table.columns.map(write)),
    '  \\midrule',
    ...table.rows.map((row) => line(row.map(write))),
    '  \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n')
}

/** For each column, whether it holds numbers and nothing else. */
function numeric({ columns, rows }: ExportedTable): readonly boolean[] {
  return columns.map((_, column) => {
    const cells = rows.map((row) => row[column] ?? null).filter((cell) => cell !== null)
    return cells.length > 0 && cells.every((cell) => typeof cell === 'number')
  })
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
}

function latexText(text: string): string {
  return text.replaceAll(/[\\~^<>]|[&%$#_{}]/g, (sign) => LATEX[sign] ?? `\\${sign}`).replaceAll(/\s+/g, ' ')
}
