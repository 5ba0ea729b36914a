/** Decoding processes for tests, of this very source, that fail on files named for it (fragile-decoder.ts). */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DecodeProcess, LaunchDecode } from '../../src/main/core/ports'
import { createDecodeLauncher } from '../../src/main/transport/decode-launcher'
import { bundle } from './bundle'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface DecodeProcesses {
  readonly launch: LaunchDecode
  /** All that were started. */
  readonly started: DecodeProcess[]
  stop(): Promise<void>
}

export async function decodeProcesses(): Promise<DecodeProcesses> {
  // Below the repository, so that the bundle finds the native modules.
  mkdirSync(join(root, '.cache'), { recursive: true })
  const entries = mkdtempSync(join(root, '.cache', 'decode-process-'))
  const built = await bundle(join(root, 'tests', 'support', 'fragile-decoder.ts'), entries)
  renameSync(built, join(dirname(built), 'decode.cjs'))
  const installation = { packaged: false, entries, node: process.execPath, renderer: '', native: null }
  const launch = createDecodeLauncher(installation)
  const started: DecodeProcess[] = []
  return {
    started,
    launch: async () => {
      const process = await launch()
      started.push(process)
      return process
    },
    stop: async () => {
      await Promise.all(started.map((process) => process.stop()))
      rmSync(entries, { recursive: true, force: true })
    },
  }
}
