/** What this machine can do, told plainly; and an echo, to see whether anybody is there. */
import { availableParallelism, freemem, totalmem } from 'node:os'
import type { LocalApi } from '@shared/api'
import type { BackendReport, GpuReport } from '@shared/compute-api'
import { AppError } from '@shared/errors'
import type { CallContext } from '@shared/remote'
import type { Jobs, LaunchCompute } from '../ports'
import { findElectron } from './electron'
import { limitedMemory, thisHardware } from './machine'
import { nativeParts } from './native-parts'
import { findProblems } from './problems'
import { Tuning, type TuningDependencies } from './tuning'
import { createTuningRecords } from './tuning-records'

export type { Tuning } from './tuning'

export interface SystemDependencies {
  readonly version: string
  readonly launchCompute: LaunchCompute
  readonly tuning: Tuning
  readonly jobs: Jobs
}

/** Where what is measured on this machine is kept, and who measures it. */
export function createTuning(
  dependencies: Pick<TuningDependencies, 'launchCompute' | 'clock' | 'models'> & {
    readonly settingsFolder: string
    readonly log: (line: string) => void
  },
): Tuning {
  const { settingsFolder, log, ...rest } = dependencies
  const records = createTuningRecords(settingsFolder, log)
  return new Tuning({ ...rest, records, hardware: thisHardware() })
}

export function createSystem(dependencies: SystemDependencies): { readonly api: LocalApi['system'] } {
  const { version, launchCompute, tuning, jobs } = dependencies
  return {
    api: {
      ping: ({ echo }) => ({ echo }),
      tuning: () => tuning.current(),
      tune: ({ thorough }) =>
        jobs.start('tune', { label: LABEL, subject: null }, (context) =>
          tuning.measure({ thorough, label: LABEL }, context),
        ),
      doctor: async (_, context) => {
        const [backend, electron] = await Promise.all([
          describeBackend(launchCompute, context),
          findElectron(process.env),
        ])
        tuning.learn(backend.report?.tensorflow ?? null)
        const memory = { totalBytes: limitedMemory(totalmem()), freeBytes: limitedMemory(freemem()) }
        return {
          version,
          node: process.versions.node,
          platform: `${process.platform}-${process.arch}`,
          backend: backend.report?.backend ?? 'js',
          tensorflow: backend.report?.tensorflow ?? null,
          devices: backend.report?.devices ?? [],
          gpu: backend.report?.gpu ?? NO_GPU,
          electron,
          memory,
          cores: availableParallelism(),
          natives: nativeParts(backend.report),
          problems: findProblems({ backend, electron, memory }),
        }
      },
    },
  }
}

export interface BackendFinding {
  readonly report: BackendReport | null
  /** Why no compute process could be asked. */
  readonly failure: string | null
}

const DESCRIBE_MS = 60_000
const LABEL = 'Measuring this machine'
const NO_GPU: GpuReport = { used: false, present: false, reason: 'No compute process could be asked.' }

/** Asks a compute process of its own, so that what is told was tried. */
async function describeBackend(launch: LaunchCompute, { signal }: CallContext): Promise<BackendFinding> {
  try {
    const process = await launch({ threads: null, doing: 'describing this machine' })
    try {
      const report = await process.api.device.describe(undefined, { signal, deadlineMs: DESCRIBE_MS })
      return { report, failure: null }
    } finally {
      await process.stop()
    }
  } catch (error) {
    if (error instanceof AppError) return { report: null, failure: error.message }
    throw error
  }
}
