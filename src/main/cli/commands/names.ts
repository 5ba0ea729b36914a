import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { NamingRow, NamingTable } from '@shared/domain/naming'
import { namingCsv } from '@shared/domain/naming-table'
import { openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

export const addNames: AddCommand = (program, run) => {
  program
    .command('names')
    .description('what channels are called, by whom, with lists, density and effects')
    .argument('<project>')
    .requiredOption('--run <run>', 'the trained run')
    .option('--csv <file>', 'write the whole table there')
    .option(...JSON_OPTION)
    .action((project: string, options: { run: string; csv?: string; json?: boolean }) =>
      run(async (session) => {
        await openProject(session, project)
        const table = await session.api.naming.table({ run: options.run })
        if (options.csv !== undefined) {
          const file = resolve(options.csv)
          await writeFile(file, namingCsv(table))
          session.console.say(`${table.rows.length} channels written to ${file}`)
        }
        await session.console.result(table, describeTable)
      }, options),
    )
}

function describeTable({ rows, raters }: NamingTable): readonly string[] {
  const named = rows.filter(({ names, notes }) => Object.keys({ ...names, ...notes }).length > 0)
  return [
    `${named.length} of ${rows.length} channels named by ${raters.length} rater(s)`,
    ...named.map(describeRow),
  ]
}

function describeRow({ address, names, lists }: NamingRow): string {
  const said = Object.entries(names).map(([rater, name]) => `${rater}: ${name}`)
  return [address, said.join(', '), lists.join(', ')].join('\t')
}
