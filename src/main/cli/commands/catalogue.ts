import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { CsvPreview, EditResult } from '@shared/domain/catalogue'
import { AppError } from '@shared/errors'
import { openProject, type Session } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

interface Options {
  readonly export?: string
  readonly where?: string
  readonly import?: string
  readonly preview?: boolean
  readonly undo?: boolean
  readonly redo?: boolean
  readonly json?: boolean
}

export const addCatalogue: AddCommand = (program, run) => {
  program
    .command('catalogue')
    .description('describe pages by a CSV, out and in, and undo it; without options: what was edited')
    .argument('<project>')
    .option('--export <file>', 'write the catalogue there as CSV')
    .option('--where <query>', 'export only pages that match')
    .option('--import <file>', 'take names, numbers, fields and tags from a CSV with a column "file"')
    .option('--preview', 'only say what --import would change')
    .option('--undo', 'take the last edit back')
    .option('--redo', 'do again what was taken back last')
    .option(...JSON_OPTION)
    .action((project: string, options: Options) =>
      run(async (session) => {
        await openProject(session, project)
        await act(session, options)
      }, options),
    )
}

async function act(session: Session, options: Options): Promise<void> {
  const { api, console } = session
  if (options.export !== undefined) await exportTo(session, options.export, options.where)
  else if (options.import !== undefined) await importFrom(session, options.import, options.preview === true)
  else if (options.undo === true) await console.result(await api.catalogue.undo(), describeResult('Undone'))
  else if (options.redo === true)
    await console.result(await api.catalogue.redo(), describeResult('Done again'))
  else
    await console.result(await api.catalogue.edits({}), (edits) =>
      edits.map(({ madeAt, label, undone }) => `${madeAt}\t${label}${undone ? '\t(undone)' : ''}`),
    )
}

async function exportTo({ api, console }: Session, given: string, query?: string): Promise<void> {
  const { csv, pages, columns } = await api.catalogue.exportCsv(query === undefined ? {} : { query })
  const file = resolve(given)
  await writeFile(file, csv)
  await console.result({ file, pages, columns }, () => [
    `${String(pages)} pages, ${String(columns.length)} columns written to ${file}`,
  ])
}

async function importFrom({ api, console }: Session, given: string, onlyPreview: boolean): Promise<void> {
  const csv = await readFile(resolve(given), 'utf8').catch((error: unknown) => {
    const problem = error instanceof Error ? error.message : String(error)
    throw AppError.of('catalogue/list-unreadable', { problem }, { cause: error })
  })
  const preview = await api.catalogue.previewCsv({ csv })
  if (onlyPreview) await console.result(preview, describePreview)
  else {
    for (const file of preview.unmatched) console.say(`No page of this project, or several, is ${file}`)
    await console.result(await api.catalogue.importCsv({ csv }), describeResult('Done'))
  }
}

function describeResult(word: string): (result: EditResult) => readonly string[] {
  return ({ done }) => [
    done === null ? 'Nothing differs: the catalogue stays as it is.' : `${word}: ${done.label}`,
  ]
}

function describePreview(preview: CsvPreview): readonly string[] {
  const { rows, matchedPages, unmatched, newFields, changedValues, changedPages, changes } = preview
  return [
    `${String(changedValues)} changes of ${String(changedPages)} pages; ${String(matchedPages)} of ${String(rows)} rows are pages of this project`,
    ...(newFields.length === 0 ? [] : [`New fields: ${newFields.join(', ')}`]),
    ...unmatched.map((file) => `Not a page, or several: ${file}`),
    ...changes.map(({ file, column, before, after }) => `${file}\t${column}\t${before} → ${after}`),
  ]
}
