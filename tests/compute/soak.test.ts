/** Long training leaves nothing behind in its process: 300 steps in every test run, 2,000 in the hard one. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { builtCompute } from './support/compute-process'
import { createInProcess, train } from './support/in-process'
import { native, nativeIsThere } from './support/native'
import { createTinyRun } from './support/tiny-run'

/** Steps until allocators, both threads' heaps and compiled code have their size; then one look at every `interval` steps. */
const DOSE =
  process.env['SCORESCOPE_HARD'] === '1'
    ? { steps: 2000, warmUp: 200, interval: 100 }
    : { steps: 300, warmUp: 200, interval: 5 }

const SIDE = 64
const BATCH = 16

/**
 * The least that a step could forget is one batch of outputs, 256 KiB of floats. The hard dose sees a thirty-second
 * part of that: over its steps 14 MiB, less than a heap breathes between collections. The short dose lasts for a few
 * such breaths only, so it looks for half of it.
 */
const BATCH_OF_OUTPUTS_BYTES = BATCH * SIDE * SIDE * 4
const TOLERATED_BYTES_PER_STEP = BATCH_OF_OUTPUTS_BYTES / (DOSE.steps >= 2000 ? 32 : 2)

interface Look {
  readonly step: number
  /** Resident memory of its own, without files mapped in. */
  readonly residentBytes: number
  readonly files: number
  readonly threads: number
}

function lookAt(pid: number, step: number): Look {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const value = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  return {
    step,
    residentBytes: value('RssAnon') * 1024,
    files: readdirSync(`/proc/${pid}/fd`).length,
    threads: value('Threads'),
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return ((sorted[(sorted.length - 1) >> 1] ?? NaN) + (sorted[sorted.length >> 1] ?? NaN)) / 2
}

/** The median slope between all pairs (Theil–Sen), which single collections of garbage do not bend. */
function slope(looks: readonly Look[], of: (look: Look) => number): number {
  const slopes = looks.flatMap((one, index) =>
    looks.slice(index + 1).map((other) => (of(other) - of(one)) / (other.step - one.step)),
  )
  return median(slopes)
}

describe.skipIf(!nativeIsThere || process.platform !== 'linux')(`training for ${DOSE.steps} steps`, () => {
  const start = builtCompute()

  it('does not grow: neither memory nor open files nor threads', { timeout: 900_000 }, async () => {
    // 25 steps an epoch: checkpoints, calibration, validation and reconstructions are part of it.
    const { run, done } = createTinyRun({
      samples: 500,
      cropSize: SIDE,
      batchSize: BATCH,
      microBatch: BATCH / 2,
      epochs: DOSE.steps / 25,
      dropout: 0.25,
    })
    const { child, api, on } = await start()
    const looks: Look[] = []
    on('compute/step', ({ step }) => {
      if (step >= DOSE.warmUp && step % DOSE.interval === 0) looks.push(lookAt(child.pid, step))
    })
    const outcome = await api.training.train({ ...run, resume: false, keep: 3 })
    await child.stop()
    done()
    expect(outcome.steps).toBe(DOSE.steps)
    expect(looks).toHaveLength((DOSE.steps - DOSE.warmUp) / DOSE.interval + 1)
    expect(slope(looks, ({ residentBytes }) => residentBytes)).toBeLessThan(TOLERATED_BYTES_PER_STEP)
    // A look may fall into the writing of a checkpoint; what grows would still show in a median.
    expect(slope(looks, ({ files }) => files)).toBe(0)
    expect(slope(looks, ({ threads }) => threads)).toBe(0)
  })

  it('leaves no tensor behind', async () => {
    const { run, done } = createTinyRun({ epochs: 2 })
    const before = native().binding.getNumOfTensors()
    await train(createInProcess(), run)
    done()
    expect(native().binding.getNumOfTensors()).toBe(before)
  })
})
