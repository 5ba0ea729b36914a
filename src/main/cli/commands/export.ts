import { resolve } from 'node:path'
import type { ModelExport } from '@shared/domain/exchange'
import type { RequestInput } from '@shared/requests'
import { openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

type Choices = RequestInput<'sharing', 'exportModel'>

/** As the door checks them; texts may be anything yet. */
interface ExportOptions extends Pick<Choices, 'run' | 'format' | 'part'> {
  readonly to: string
  readonly json?: boolean
}

export const addExport: AddCommand = (program, run) => {
  program
    .command('export')
    .description('write a trained model for other programs: weights, or a model that computes')
    .argument('<project>')
    .requiredOption('--run <run>', 'the trained run')
    .requiredOption('--format <format>', 'weights: safetensors or npz; a model that computes: onnx or keras')
    .requiredOption('--to <file>', 'the file, ending in the format’s name; one that is there is replaced')
    .option('--part <part>', 'whole, encoder, decoder or classifier (whole)')
    .option(...JSON_OPTION)
    .action((project: string, options: ExportOptions) =>
      run(async (session) => {
        await openProject(session, project)
        const { json: _, to, ...choices } = options
        const request = { ...choices, file: resolve(to) }
        const written = await session.api.sharing.exportModel(request, { signal: session.signal })
        await session.console.result(written, describeExport)
      }, options),
    )
}

function describeExport({
  part,
  file,
  sizeBytes,
  tensors,
  numbers,
  leftOut,
}: ModelExport): readonly string[] {
  const rest = leftOut.length === 0 ? [] : [`Not in it: ${leftOut.join(', ')}`]
  return [
    `${part}: ${tensors} tensors with ${numbers} numbers in ${file} (${(sizeBytes / 1e6).toFixed(2)} MB)`,
    ...rest,
  ]
}
