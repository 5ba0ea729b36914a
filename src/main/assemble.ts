/** The core as it runs in earnest: with the machine's clock and randomness, and compute processes of this installation. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createCore, type Core } from './core'
import { createComputeLauncher } from './transport/compute-launcher'
import { createDecodeLauncher } from './transport/decode-launcher'
import { locateInstallation, type Installation } from './transport/installation'
import { settingsFolder } from './transport/settings-folder'

export interface Assembly {
  /** The folder of the running entry: its `__dirname`. */
  readonly entryFolder: string
  readonly settingsFolder?: string
  readonly environment?: NodeJS.ProcessEnv
  /** One line each: what was slow, what was recovered, what compute processes wrote. */
  readonly log?: (line: string) => void
  /** As in CoreDependencies; true unless said otherwise. */
  readonly featuresAfterTraining?: boolean
  /** As in CoreDependencies; true unless said otherwise. */
  readonly tuneAtFirstUse?: boolean
  /** As in CoreDependencies; not unless said. */
  readonly watchFiles?: boolean
}

export interface AssembledCore {
  readonly core: Core
  readonly installation: Installation
}

/** @throws AppError process/no-node */
export function assembleCore(assembly: Assembly): AssembledCore {
  const environment = assembly.environment ?? process.env
  const log = assembly.log ?? ((line) => process.stderr.write(`${line}\n`))
  const installation = locateInstallation(assembly.entryFolder)
  const settings = assembly.settingsFolder ?? settingsFolder(environment)
  mkdirSync(settings, { recursive: true })
  const core = createCore({
    settingsFolder: settings,
    launchCompute: createComputeLauncher(installation, { environment, log }),
    launchDecode: createDecodeLauncher(installation, { environment, log }),
    clock: { now: () => new Date(), elapsedMs: () => performance.now() },
    randomBytes,
    version: versionOf(assembly.entryFolder),
    log,
    featuresAfterTraining: assembly.featuresAfterTraining ?? true,
    tuneAtFirstUse: assembly.tuneAtFirstUse ?? true,
    watchFiles: assembly.watchFiles ?? false,
  })
  return { core, installation }
}

/** The version in the nearest package.json of Scorescope's own at or above the folder. */
export function versionOf(folder: string): string {
  for (let above = folder; ; above = dirname(above)) {
    const found = readPackage(join(above, 'package.json'))
    if (found?.name === 'scorescope' && found.version !== undefined) return found.version
    if (above === dirname(above))
      throw new Error(`No package.json of Scorescope is at or above ${folder}: install Scorescope again.`)
  }
}

function readPackage(file: string): { name?: string; version?: string } | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string }
  } catch {
    return null
  }
}
