import { join, resolve } from 'node:path'
import type { DemoReport } from '@shared/domain/job'
import { wholeNumber } from '../numbers'
import { follow } from '../session'
import { type AddCommand, JSON_OPTION } from './command'
import { describeImport } from './import'
import { describeSamples } from './sample'
import { describeRun } from './train'

interface DemoOptions {
  readonly seed?: number
  readonly epochs?: number
  readonly json?: boolean
}

export const addDemo: AddCommand = (program, run) => {
  program
    .command('demo')
    .description('engrave the synthetic demo corpus and run the whole path on it')
    .argument('<folder>', 'the project to make, or the folder to make it in as demo.scorescope')
    .option('--seed <n>', 'of the music, the samples and the training (1)', wholeNumber)
    .option('--epochs <n>', 'of the quick training', wholeNumber)
    .option(...JSON_OPTION)
    .action((folder: string, { json, ...choices }: DemoOptions) =>
      run(
        async (session) => {
          const { api, console, signal } = session
          const reference = await api.project.demo({ ...choices, folder: demoFolder(folder) }, { signal })
          await console.result(await follow(session, reference), describe)
        },
        { ...(json === undefined ? {} : { json }) },
      ),
    )
}

function demoFolder(given: string): string {
  const folder = resolve(given)
  return folder.endsWith('.scorescope') ? folder : join(folder, 'demo.scorescope')
}

function describe(report: DemoReport): readonly string[] {
  const { channels, samples, seconds } = report.features
  return [
    ...describeImport(report.import),
    ...describeSamples(report.sample),
    ...describeRun(report.train),
    `Features of ${channels} channels over ${samples} samples in ${seconds.toFixed(1)} s`,
    `Look at it with: scorescope serve "${report.project}"`,
  ]
}
