/** What this machine can do, told plainly; and an echo, to see whether anybody is there. */
import { availableParallelism, freemem, totalmem } from 'node:os'
import type { LocalApi } from '@shared/api'
import type { BackendReport } from '@shared/compute-api'
import { AppError } from '@shared/errors'
import type { CallContext } from '@shared/remote'
import type { LaunchCompute } from '../ports'
import { findElectron } from './electron'
import { nativeParts } from './native-parts'
import { findProblems } from './problems'

export interface SystemDependencies {
  readonly version: string
  readonly launchCompute: LaunchCompute
}

export function createSystem(dependencies: SystemDependencies): { readonly api: LocalApi['system'] } {
  const { version, launchCompute } = dependencies
  return {
    api: {
      ping: ({ echo }) => ({ echo }),
      doctor: async (_, context) => {
        const [backend, electron] = await Promise.all([
          describeBackend(launchCompute, context),
          findElectron(process.env),
        ])
        const memory = { totalBytes: limited(totalmem()), freeBytes: limited(freemem()) }
        return {
          version,
          node: process.versions.node,
          platform: `${process.platform}-${process.arch}`,
          backend: backend.report?.backend ?? 'js',
          tensorflow: backend.report?.tensorflow ?? null,
          devices: backend.report?.devices ?? [],
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

/** A container or a batch system may allow less than the machine has. */
function limited(bytes: number): number {
  const allowed = process.constrainedMemory()
  return allowed > 0 ? Math.min(bytes, allowed) : bytes
}
