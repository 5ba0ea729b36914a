/** Starts compute processes for the core. */
import { join } from 'node:path'
import type { LaunchCompute } from '../core/ports'
import { COMPUTE_METHODS, type ComputeEvents, type RemoteCompute } from '@shared/compute-api'
import { createRemote } from '@shared/caller'
import { computeEnvironment } from './compute-environment'
import { scrubbed } from './environment'
import type { Installation } from './installation'
import { launchChild } from './launch-child'

/** Loading TensorFlow from a cold disk takes most of it. */
const READINESS_SECONDS = 90

/**
 * TensorFlow's notes on how it starts, before its own log level is in force; and that CUDA does not start where there is
 * no GPU, which the report says in words.
 */
const CHATTER = /^(WARNING: All log messages before absl|[IW]\d{4,} |E\d{4,} .*failed call to cuInit)/

export interface ComputeLauncherOptions {
  readonly environment?: NodeJS.ProcessEnv
  readonly readinessSeconds?: number
  readonly log?: (line: string) => void
}

/** The way the core starts compute processes of this installation. */
export function createComputeLauncher(
  installation: Installation,
  options: ComputeLauncherOptions = {},
): LaunchCompute {
  return async ({ doing, ...runtime }) => {
    const given = scrubbed(options.environment ?? process.env)
    const child = await launchChild({
      name: 'compute',
      execPath: installation.node,
      entry: join(installation.entries, 'compute.cjs'),
      env: {
        ...(installation.native === null ? {} : { SCORESCOPE_NATIVE_FOLDER: installation.native }),
        ...given,
        ...computeEnvironment(runtime, given),
      },
      readinessSeconds: options.readinessSeconds ?? READINESS_SECONDS,
      doing,
      log: (line) => {
        if (!CHATTER.test(line)) options.log?.(line)
      },
    })
    const remote = createRemote<RemoteCompute, ComputeEvents>(child.port, COMPUTE_METHODS)
    return { api: remote.api, on: remote.on, exited: child.exited, stop: () => child.stop() }
  }
}
