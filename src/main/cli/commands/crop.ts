import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { formatPicture } from '@shared/pictures'
import { wholeNumber } from '../numbers'
import { openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

interface CropOptions {
  readonly sampleSet: number
  readonly index: number
  readonly to?: string
  readonly json?: boolean
}

export const addCrop: AddCommand = (program, run) => {
  program
    .command('crop')
    .description('where a sample was cut, and the sample itself as a picture')
    .argument('<project>')
    .requiredOption('--sample-set <id>', 'the sample set', wholeNumber)
    .requiredOption('--index <n>', 'the sample in it, from 0', wholeNumber)
    .option('--to <file>', 'write the sample as a PNG')
    .option(...JSON_OPTION)
    .action((project: string, options: CropOptions) =>
      run(async (session) => {
        await openProject(session, project)
        const { sampleSet, index, to } = options
        const crop = await session.api.sampling.crop({ sampleSet, index })
        if (to !== undefined) {
          const address = formatPicture({ kind: 'crop', sampleSet, index })
          const { bytes } = await session.api.pictures.read({ address })
          await writeFile(resolve(to), bytes)
        }
        await session.console.result(crop, describe)
      }, options),
    )
}

function describe({ file, x, y, size, draw, whiteness }: SampleWithPage): readonly string[] {
  return [`${file} at ${x}, ${y}, ${size}×${size}, draw ${draw}, mean pixel ${whiteness.toFixed(3)}`]
}
