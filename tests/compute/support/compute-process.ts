/** The compute process itself, built and started as the engine does, with one thread. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRemote, type RemoteSide } from '@shared/caller'
import { COMPUTE_METHODS, type ComputeEvents, type RemoteCompute } from '@shared/compute-api'
import { afterAll, beforeAll } from 'vitest'
import { type Child, launchChild } from '../../../src/main/transport/launch-child'
import { bundle } from '../../support/bundle'

const root = fileURLToPath(new URL('../../..', import.meta.url))

export interface ComputeProcess extends RemoteSide<RemoteCompute, ComputeEvents> {
  readonly child: Child
  /** Resolves with the first event of that name whose value is wanted. */
  readonly once: <Name extends keyof ComputeEvents>(
    name: Name,
    wanted: (value: ComputeEvents[Name]) => boolean,
  ) => Promise<ComputeEvents[Name]>
}

/** Builds the compute process for the tests of a file; gives what starts one. */
export function builtCompute(): (environment?: Readonly<Record<string, string>>) => Promise<ComputeProcess> {
  let folder = ''
  let entry = ''
  beforeAll(async () => {
    // Within the checkout, so that packages are found.
    mkdirSync(join(root, '.cache'), { recursive: true })
    folder = mkdtempSync(join(root, '.cache', 'compute-test-'))
    entry = await bundle(join(root, 'src', 'main', 'compute.ts'), folder)
  })
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return (environment = {}) => start(entry, environment)
}

async function start(entry: string, environment: Readonly<Record<string, string>>): Promise<ComputeProcess> {
  const env: Record<string, string | undefined> = {
    ...process.env,
    TF_NUM_INTRAOP_THREADS: '1',
    TF_NUM_INTEROP_THREADS: '1',
    OMP_NUM_THREADS: '1',
    ...environment,
  }
  const child = await launchChild({
    name: 'compute',
    execPath: process.execPath,
    entry,
    env: Object.fromEntries(
      Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined),
    ),
    readinessSeconds: 60,
  })
  const remote = createRemote<RemoteCompute, ComputeEvents>(child.port, COMPUTE_METHODS)
  return {
    child,
    ...remote,
    once: (name, wanted) =>
      new Promise((resolve) => {
        const off = remote.on(name, (value) => {
          if (!wanted(value)) return
          off()
          resolve(value)
        })
      }),
  }
}
