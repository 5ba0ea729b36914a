/** The core with everything real behind it: SQLite, sharp, compute processes of the built files. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EngineEventName, EngineEvents } from '@shared/events'
import { ensureBuilt } from '../../scripts/support/build.mjs'
import { type Core, createCore } from '../../src/main/core'
import { createComputeLauncher } from '../../src/main/transport/compute-launcher'
import type { Installation } from '../../src/main/transport/installation'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The built files of this checkout. */
export const builtEntries = join(root, 'out', 'main')

const installation: Installation = {
  packaged: false,
  entries: builtEntries,
  node: process.execPath,
  renderer: join(root, 'out', 'renderer'),
  native: null,
}

/** Builds what has changed, so that compute processes are of this source. */
export const buildEntries = (): Promise<void> => ensureBuilt(['main'])

/** A core that can be made again on the same settings, as if Scorescope were started again. */
export function wholeCore(
  settingsFolder: string,
  options: { readonly featuresAfterTraining?: boolean } = {},
): Core {
  return createCore({
    settingsFolder,
    launchCompute: createComputeLauncher(installation),
    clock: { now: () => new Date(), elapsedMs: () => performance.now() },
    randomBytes,
    version: '0.0.0',
    log: () => undefined,
    ...options,
  })
}

/** Resolves with the first such event that passes. */
export function untilEvent<Name extends EngineEventName>(
  core: Core,
  name: Name,
  passes: (value: EngineEvents[Name]) => boolean,
): Promise<EngineEvents[Name]> {
  return new Promise((resolve) => {
    const leave = core.on(name, (value) => {
      if (!passes(value)) return
      leave()
      resolve(value)
    })
  })
}

export function newFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'scorescope-whole-'))
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Numbers of the compute processes that a process has started. Linux only. */
export function computeProcessesOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8')
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return new RegExp(`^PPid:\\t${parent}$`, 'm').test(status) && command.includes('compute.cjs')
      } catch {
        return false
      }
    })
}
