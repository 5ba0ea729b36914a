/**
 * Writes that fail, once or from then on: a few in every test run with what any machine can do (calls of Node that fail, a
 * limit on the size of files), and in the hard one hundreds below SQLite with a library that is preloaded.
 */
import { existsSync, rmSync, writeFileSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  FAILING_FILE_CALLS,
  type Fault,
  faultVariables,
  preloadedLibrary,
  spreadFaults,
} from '../support/faults'
import { buildEntries } from '../support/whole-core'
import { type Ended, type Work, Workshop } from '../support/work'

const HARD = process.env['SCORESCOPE_HARD'] === '1'
const LINUX = process.platform === 'linux'
const WORKS: readonly Work[] = ['import-copy', 'import-link', 'edit', 'sample', 'train']
const { EIO } = constants.errno

let shop: Workshop
let worked = ''
/** The preloaded library; null where there is no compiler. */
const library = HARD ? preloadedLibrary() : null

if (!LINUX) console.warn('Skipped: writes that fail. They are made to fail with what only Linux has.')

beforeAll(async () => {
  await buildEntries()
  shop = await Workshop.open()
  worked = await shop.prepare('worked', ['import-copy', 'sample', 'train'])
})
afterAll(() => {
  shop.close()
})

/** What makes writes fail, and how it is brought into a process. */
type Means = (fault: Fault & { readonly project: string }) => {
  readonly environment?: Record<string, string>
  readonly command?: readonly string[]
}

const fileCalls: Means = (fault) => ({
  environment: faultVariables(fault.project, fault),
  command: [process.execPath, '--require', FAILING_FILE_CALLS],
})
const preloaded: Means = (fault) => ({
  environment: { ...faultVariables(fault.project, fault), LD_PRELOAD: library ?? '' },
})
/** No file may become larger than so many times 512 bytes: also SQLite's writes fail then. */
const sizeLimit: Means = ({ at }) => ({
  command: ['sh', '-c', `ulimit -f ${String(at)} && exec "$0" "$@"`, process.execPath],
})

const beginning = (work: Work): string => (work.startsWith('import') ? '' : worked)

/** How many writes there are in peace. */
async function countWrites(work: Work, means: Means): Promise<number> {
  const project = shop.copyOf(beginning(work), 'counted')
  const counter = join(shop.base, 'count')
  writeFileSync(counter, Buffer.alloc(8))
  const { environment = {}, ...rest } = means({ project, number: EIO, at: 0, ever: false })
  const ended = await shop.run({
    work,
    project,
    ...rest,
    environment: { ...environment, FAULT_COUNT: counter },
  })
  expect(ended.said.at(-1)).toEqual({ done: true })
  const count = Number(readFileSync(counter).readBigInt64LE())
  rmSync(counter)
  return count
}

/** The process ends by itself, and says one sentence where it did not come through. */
function expectSaid({ said, code, signal, errors }: Ended, what: string): 'done' | 'refused' {
  expect({ what, code, signal, errors }).toEqual({ what, code: 0, signal: null, errors: '' })
  const failed = said.find((value) => value.failed !== undefined)?.failed
  if (failed === undefined) {
    expect(said.at(-1), what).toEqual({ done: true })
    return 'done'
  }
  expect({ what, ...failed }).toMatchObject({ what, kind: 'expected', code: 'project/no-write' })
  expect(failed.message).toMatch(/cannot be written to \((the disk|a file would|permission|its catalogue)/)
  return 'refused'
}

async function meet(work: Work, means: Means, fault: Fault): Promise<'done' | 'refused'> {
  const project = shop.copyOf(beginning(work), `faulty-${work}`)
  const what = `${work}, write ${String(fault.at)}, error ${String(fault.number)}, ${fault.ever ? 'for ever' : 'once'}`
  const ended = await shop.run({ work, project, ...means({ ...fault, project }) })
  const outcome = expectSaid(ended, what)
  try {
    await shop.expectKept(project, ended)
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  if (existsSync(project) && fault.at % 4 === 0) {
    const again = await shop.run({ work, project })
    expect(again.said.at(-1), what).toEqual({ done: true })
    await shop.expectKept(project, again)
  }
  return outcome
}

describe.skipIf(!LINUX).each(WORKS)('writes that fail at %s', (work) => {
  const few = HARD ? 12 : work === 'train' ? 1 : 2
  // A training takes longest, and its own files are written by another process: see tests/compute.
  const many = work === 'train' ? 16 : 60

  it(
    `as calls of Node (${String(few)} of them) leave all that was acknowledged`,
    { timeout: 60_000 + few * 15_000 },
    async () => {
      const writes = await countWrites(work, fileCalls)
      expect(writes).toBeGreaterThan(1)
      for (const fault of spreadFaults(writes, few)) await meet(work, fileCalls, fault)
    },
  )

  it('because no file may grow leave all that was acknowledged', { timeout: 600_000 }, async () => {
    const limits = HARD ? [1, 8, 65, 129, 300, 700, 1200] : [300]
    for (const at of limits) await meet(work, sizeLimit, { at, number: 0, ever: true })
  })

  it.skipIf(library === null)(
    `below SQLite (${String(many)} of them) leave all that was acknowledged`,
    { timeout: 900_000 },
    async () => {
      const writes = await countWrites(work, preloaded)
      const outcomes = { done: 0, refused: 0 }
      for (const fault of spreadFaults(writes, many)) outcomes[await meet(work, preloaded, fault)] += 1
      console.info(
        `${work}: ${String(writes)} writes in peace; of ${String(many)} faults ${JSON.stringify(outcomes)}`,
      )
      expect(outcomes.refused).toBeGreaterThan(0)
    },
  )
})
