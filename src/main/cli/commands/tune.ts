import type { RuntimeSettings, TuningCandidate, TuningReport } from '@shared/domain/system'
import { follow, openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

export const addTune: AddCommand = (program, run) => {
  program
    .command('tune')
    .description('measure which threads and allocator suit this machine, and remember it')
    .argument('<project>', 'any project; the measurement is of this machine and kept for it')
    .option('--thorough', 'with the study’s model, and XLA too')
    .option(...JSON_OPTION)
    .action((project: string, options: { thorough?: boolean; json?: boolean }) =>
      run(async (session) => {
        await openProject(session, project)
        const { thorough = false } = options
        const reference = await session.api.system.tune({ thorough }, { signal: session.signal })
        await session.console.result(await follow(session, reference), describeTuning)
      }, options),
    )
}

function describeTuning({ machine, candidates, chosen, reason }: TuningReport): readonly string[] {
  return [`Measured on ${machine}:`, ...candidates.map(describe), `Chosen: ${settingsIn(chosen)}`, reason]
}

function describe({
  settings,
  secondsPerStep,
  firstStepSeconds,
  peakMemoryBytes,
  problem,
}: TuningCandidate): string {
  const figures =
    problem ??
    `${secondsPerStep.toFixed(3)} s a step, the first ${firstStepSeconds.toFixed(1)} s, ${(peakMemoryBytes / 1e9).toFixed(2)} GB`
  return `  ${settingsIn(settings)}\t${figures}`
}

function settingsIn({ threads, allocator, xla }: RuntimeSettings): string {
  return `${threads === null ? 'threads as TensorFlow chooses' : `${threads} threads`}, ${allocator} allocator${xla ? ', XLA' : ''}`
}
