/** Starts decoding processes for the core. */
import { join } from 'node:path'
import { createRemote } from '@shared/caller'
import { DECODE_METHODS, type RemoteDecode } from '@shared/decode-api'
import type { LaunchDecode } from '../core/ports'
import { scrubbed } from './environment'
import type { Installation } from './installation'
import { launchChild } from './launch-child'

const READINESS_SECONDS = 60
/** It writes nothing, so nothing is lost when it is killed. */
const GRACE_SECONDS = 1

export interface DecodeLauncherOptions {
  readonly environment?: NodeJS.ProcessEnv
  readonly log?: (line: string) => void
}

/** The way the core starts decoding processes of this installation. */
export function createDecodeLauncher(
  installation: Installation,
  options: DecodeLauncherOptions = {},
): LaunchDecode {
  return async () => {
    const child = await launchChild({
      name: 'decoder',
      execPath: installation.node,
      entry: join(installation.entries, 'decode.cjs'),
      env: scrubbed(options.environment ?? process.env),
      readinessSeconds: READINESS_SECONDS,
      graceSeconds: GRACE_SECONDS,
      ...(options.log === undefined ? {} : { log: options.log }),
    })
    const remote = createRemote<RemoteDecode, Record<string, never>>(child.port, DECODE_METHODS)
    return { api: remote.api, exited: child.exited, stop: () => child.stop() }
  }
}
