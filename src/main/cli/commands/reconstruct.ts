import { resolve } from 'node:path'
import sharp from 'sharp'
import type { ChannelSetting, Reconstruction } from '@shared/domain/feature'
import { AppError } from '@shared/errors'
import { wholeNumber } from '../numbers'
import { openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

interface ReconstructOptions {
  readonly run: string
  readonly index: number
  readonly without?: string
  readonly to?: string
  readonly json?: boolean
}

export const addReconstruct: AddCommand = (program, run) => {
  program
    .command('reconstruct')
    .description('what a trained model makes of a sample, with channels switched off if wished')
    .argument('<project>')
    .requiredOption('--run <run>', 'the trained run')
    .requiredOption('--index <n>', 'the sample in the run’s sample set, from 0', wholeNumber)
    .option('--without <channels>', 'channels to switch off, e.g. bottleneck/3,encoder-1-1/5')
    .option('--to <file>', 'write the reconstruction as a PNG')
    .option(...JSON_OPTION)
    .action((project: string, options: ReconstructOptions) =>
      run(async (session) => {
        const channels = (options.without ?? '').split(',').filter(Boolean).map(switchedOff)
        await openProject(session, project)
        const found = await session.api.exploration.reconstruct(
          { run: options.run, index: options.index, channels },
          { signal: session.signal },
        )
        if (options.to !== undefined) await writePng(found, resolve(options.to))
        const { mse, index, without, size } = found
        await session.console.result({ run: options.run, mse, index, without, size }, describe)
      }, options),
    )
}

/** @throws AppError exploration/not-switchable */
function switchedOff(text: string): ChannelSetting {
  const [, layer, channel] = /^\s*([a-z0-9-]+)\/(\d+)\s*$/.exec(text) ?? []
  if (layer === undefined) throw AppError.of('exploration/not-switchable', { channel: text.trim() })
  return { layer, channel: Number(channel), scale: 0 }
}

async function writePng({ size, reconstruction }: Reconstruction, file: string): Promise<void> {
  await sharp(reconstruction, { raw: { width: size, height: size, channels: 1 } })
    .png()
    .toFile(file)
}

function describe(result: Pick<Reconstruction, 'mse' | 'index' | 'without'>): readonly string[] {
  const without = result.without.length === 0 ? '' : ` without ${result.without.join(', ')}`
  return [`Sample ${result.index}${without}: mean squared error ${result.mse.toFixed(5)}`]
}
