/** The built entries of the app, for tests that start real processes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { METHODS, type RemoteApi } from '@shared/api'
import { createRemote, type RemoteSide } from '@shared/caller'
import type { EngineEvents } from '@shared/events'
import { ensureBuilt as build } from '../../scripts/support/build.mjs'
import { scrubbed } from '../../src/main/transport/environment'
import { launchChild, type Child } from '../../src/main/transport/launch-child'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const entries = join(root, 'out', 'main')

/** Builds what has changed since it was last built; `npm test` has done so already. */
export const ensureBuilt = (targets?: ('main' | 'preload' | 'renderer')[]): Promise<void> => build(targets)

/** A folder of the test's own, and how to be rid of it. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'scorescope-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export interface EngineProcess extends RemoteSide<RemoteApi, EngineEvents> {
  readonly child: Child
}

/** The engine as the window starts it. */
export async function startEngineProcess(settingsFolder: string): Promise<EngineProcess> {
  const child = await launchChild({
    name: 'engine',
    execPath: process.execPath,
    entry: join(entries, 'engine.cjs'),
    args: [settingsFolder],
    env: scrubbed(process.env),
    readinessSeconds: 60,
    graceSeconds: 15,
  })
  return { child, ...createRemote<RemoteApi, EngineEvents>(child.port, METHODS) }
}

/** Waits until what is asked for holds. @throws when it does not within the time */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  seconds = 30,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`After ${seconds} s this still does not hold: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
