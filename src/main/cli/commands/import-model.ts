import { resolve } from 'node:path'
import { wholeNumber } from '../numbers'
import { openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'
import { describeRun } from './train'

interface ImportModelOptions {
  readonly spec?: string
  readonly size?: number
  readonly sampleSet?: number
  readonly name?: string
  readonly json?: boolean
}

export const addImportModel: AddCommand = (program, run) => {
  program
    .command('import-model')
    .description('make a run of a safetensors file, written here or by another program')
    .argument('<project>')
    .argument('<file>', 'the weights, under the names in docs/model-exchange.md')
    .option('--spec <model>', 'what the model is, e.g. 3x16@5,3x32@3, unless the file says it')
    .option('--size <pixels>', 'side of the model’s input, unless the file says it', wholeNumber)
    .option(
      '--sample-set <id>',
      'the samples to look at it with; the newest unless said otherwise',
      wholeNumber,
    )
    .option('--name <name>', 'a name for the run')
    .option(...JSON_OPTION)
    .action((project: string, file: string, options: ImportModelOptions) =>
      run(async (session) => {
        await openProject(session, project)
        const { json: _, size, ...choices } = options
        const request = {
          ...choices,
          file: resolve(file),
          ...(size === undefined ? {} : { inputSize: size }),
        }
        const imported = await session.api.sharing.importModel(request, { signal: session.signal })
        await session.console.result(imported, describeRun)
      }, options),
    )
}
