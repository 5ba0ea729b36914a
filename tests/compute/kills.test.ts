/** Training killed again and again at random moments: twice in every test run, twenty times in the hard one. */
import { setTimeout as wait } from 'node:timers/promises'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { describe, expect, it } from 'vitest'
import { builtCompute } from './support/compute-process'
import { nativeIsThere } from './support/native'
import { leftBy } from './support/left-by'
import { createTinyRun } from './support/tiny-run'

const KILLS = process.env['SCORESCOPE_HARD'] === '1' ? 20 : 2
const SEED = 20261124

/** 40 training samples in batches of 8: 40 epochs of 5 steps of two micro-batches each. */
const TWO_HUNDRED_STEPS = { samples: 50, epochs: 40, batchSize: 8, microBatch: 4, dropout: 0.25, seed: 3 }

/** When to kill: so many milliseconds after a step, or after an epoch was reported and its checkpoint is being written. */
interface Moment {
  readonly event: 'compute/step' | 'compute/epoch'
  readonly step: number
  readonly delayMs: number
}

/** In order, none so late that the run could end before it. */
function drawMoments(count: number): readonly Moment[] {
  const random = xoroshiro128plus(SEED)
  const moments = Array.from({ length: count }, (_, index): Moment => {
    const step = uniformInt(random, 1, 180)
    if (index % 2 === 0) return { event: 'compute/step', step, delayMs: uniformInt(random, 0, 20) }
    return { event: 'compute/epoch', step: Math.ceil(step / 5) * 5, delayMs: uniformInt(random, 0, 3) }
  })
  return moments.sort((one, other) => one.step - other.step)
}

describe.skipIf(!nativeIsThere)(`a run of 200 steps with dropout, killed ${KILLS} times`, () => {
  const start = builtCompute()

  it(
    'ends with the very weights, curves and pictures of a run that was left alone',
    { timeout: 60_000 + KILLS * 15_000 },
    async () => {
      const undisturbed = createTinyRun(TWO_HUNDRED_STEPS)
      const quiet = await start()
      const expected = await quiet.api.training.train({ ...undisturbed.run, resume: false, keep: 3 })
      await quiet.child.stop()
      expect(expected).toMatchObject({ status: 'finished', steps: 200 })

      const { run, done } = createTinyRun(TWO_HUNDRED_STEPS)
      for (const [index, { event, step, delayMs }] of drawMoments(KILLS).entries()) {
        const { child, api, once } = await start()
        const lost = api.training
          .train({ ...run, resume: index > 0, keep: 3 })
          .catch((error: unknown) => error)
        await once(event, (value) => value.step >= step)
        await wait(delayMs)
        process.kill(child.pid, 'SIGKILL')
        expect(await lost).toMatchObject({ code: 'process/exited' })
        await child.exited
      }
      const last = await start()
      const outcome = await last.api.training.train({ ...run, resume: true, keep: 3 })
      await last.child.stop()
      expect(outcome).toMatchObject({ status: 'finished', steps: 200, epochs: 40 })
      expect(outcome.weightsSha256).toBe(expected.weightsSha256)
      expect(outcome.validationMse).toBe(expected.validationMse)
      expect(leftBy(run)).toEqual(leftBy(undisturbed.run))
      undisturbed.done()
      done()
    },
  )
})
