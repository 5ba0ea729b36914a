/** Writes that are made to fail: which, and by what means. The means are in tests/fixtures/faults. */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { root } from './engine-process'

const SEED = 20261124
const fixtures = join(root, 'tests', 'fixtures', 'faults')
const { EIO, ENOSPC } = constants.errno

/** For Node's --require: calls of node:fs fail. */
export const FAILING_FILE_CALLS = join(fixtures, 'failing-file-calls.cjs')

export interface Fault {
  /** Of the error. */
  readonly number: number
  /** Which write fails, from 1; 0: none. */
  readonly at: number
  /** All writes from there on fail too. */
  readonly ever: boolean
}

export function faultVariables(folder: string, { number, at, ever }: Fault): Record<string, string> {
  return {
    FAULT_FOLDER: folder,
    FAULT_AT: String(at),
    FAULT_ERRNO: String(number),
    FAULT_EVER: ever ? '1' : '0',
  }
}

/** Builds the library that is preloaded; null, with a sentence, where that cannot be done. */
export function preloadedLibrary(): string | null {
  const made = join(root, '.cache', `failing-writes-${String(process.pid)}.so`)
  try {
    if (process.platform !== 'linux') throw new Error('it is made for Linux')
    mkdirSync(join(root, '.cache'), { recursive: true })
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', made, join(fixtures, 'failing-writes.c'), '-ldl'], {
      stdio: 'pipe',
    })
    return made
  } catch (error) {
    console.warn(`Skipped: writes that fail below SQLite. The library could not be built (${String(error)}).`)
    return null
  }
}

/** Both errors, once and for ever, spread over all writes: one by chance within each share of them. */
export function spreadFaults(writes: number, faults: number): readonly Fault[] {
  const random = xoroshiro128plus(SEED)
  return Array.from({ length: faults }, (_, index) => {
    const from = 1 + Math.floor((writes * index) / faults)
    const to = Math.max(from, Math.floor((writes * (index + 1)) / faults))
    return {
      at: uniformInt(random, from, to),
      number: index % 2 === 0 ? EIO : ENOSPC,
      ever: index % 4 > 1,
    }
  })
}
