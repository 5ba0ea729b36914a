/** Writes that fail while a run trains: two in every test run, in the hard one 36. */
import { mkdirSync, readdirSync, writeFileSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  FAILING_FILE_CALLS,
  type Fault,
  faultVariables,
  preloadedLibrary,
  spreadFaults,
} from '../support/faults'
import { builtCompute } from './support/compute-process'
import { leftBy } from './support/left-by'
import { nativeIsThere } from './support/native'
import { createTinyRun, type TinyRun } from './support/tiny-run'

const HARD = process.env['SCORESCOPE_HARD'] === '1'
const SMALL = { samples: 16, epochs: 3, seed: 3 }
const NONE: Fault = { at: 0, number: 5, ever: false }

/** How failing writes are brought into the process. */
const MEANS = [
  {
    name: 'as calls of Node',
    faults: HARD ? 12 : 2,
    environment: { NODE_OPTIONS: `--require ${FAILING_FILE_CALLS}` },
  },
  {
    name: 'below Node',
    faults: HARD ? 24 : 0,
    environment: { LD_PRELOAD: HARD ? (preloadedLibrary() ?? '') : '' },
  },
].filter(({ environment, faults }) => faults > 0 && Object.values(environment).join('') !== '')

describe.skipIf(!nativeIsThere || process.platform !== 'linux')('a run whose writes fail', () => {
  const start = builtCompute()

  async function train(run: TinyRun, environment: Record<string, string>, resume: boolean) {
    const { child, api } = await start(environment)
    try {
      return await api.training.train({ ...run, resume, keep: 3 })
    } finally {
      await child.stop()
    }
  }

  it.each(MEANS)(
    'as $faults of them do $name, says so and goes on to the very same end',
    { timeout: 900_000 },
    async ({ faults, environment }) => {
      const undisturbed = createTinyRun(SMALL)
      const counter = join(dirname(undisturbed.run.runFolder), 'count')
      writeFileSync(counter, Buffer.alloc(8))
      mkdirSync(undisturbed.run.runFolder, { recursive: true })
      const counting = {
        ...environment,
        ...faultVariables(undisturbed.run.runFolder, NONE),
        FAULT_COUNT: counter,
      }
      const expected = await train(undisturbed.run, counting, false)
      expect(expected).toMatchObject({ status: 'finished', epochs: 3 })
      const writes = Number(readFileSync(counter).readBigInt64LE())
      expect(writes).toBeGreaterThan(10)
      let refused = 0
      for (const fault of spreadFaults(writes, faults)) {
        const what = `write ${String(fault.at)} of ${String(writes)}, error ${String(fault.number)}, ${fault.ever ? 'for ever' : 'once'}`
        const { run, done } = createTinyRun(SMALL)
        mkdirSync(run.runFolder, { recursive: true })
        const met = await train(
          run,
          { ...environment, ...faultVariables(run.runFolder, fault) },
          false,
        ).catch((error: unknown) => error)
        if (met instanceof Error) {
          refused += 1
          expect(met, what).toMatchObject({ code: 'project/no-write' })
          expect(met.message, what).toMatch(/cannot be written to \(the disk/)
        }
        const after = await train(run, {}, true)
        expect(after.weightsSha256, what).toBe(expected.weightsSha256)
        expect(leftBy(run), what).toEqual(leftBy(undisturbed.run))
        const left = readdirSync(run.runFolder, { recursive: true, encoding: 'utf8' })
        expect(
          left.filter((name) => name.includes('.partial-')),
          what,
        ).toEqual([])
        done()
      }
      console.info(
        `${String(writes)} writes in peace; ${String(refused)} of ${String(faults)} faults ended the run`,
      )
      undisturbed.done()
    },
  )
})
