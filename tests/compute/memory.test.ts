/** Memory that is refused: smaller micro-batches from there on, exactly, or a clean end. */
import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import type { Trainer } from '../../src/main/compute/trainer'
import { newestCheckpoint, tinyRuns } from './support/runs'
import type { TinyRun } from './support/tiny-run'
import { scriptTrainer, SMALL, trainWith } from './support/with-trainer'

const tinyRun = tinyRuns()
const run = (microBatch: number): TinyRun => tinyRun({ ...SMALL, epochs: 3, dropout: 0.2, microBatch })

/** As the native library says it. */
const refusal = (): Error =>
  new Error(
    'Session fail to run with error: OOM when allocating tensor with shape[8,16,16,3] and type float on /job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu',
  )

/** Samples per call that were carried out, and a trainer that refuses more than a number of them. */
async function limited(
  { plan }: TinyRun,
  options: { readonly most: () => number; readonly spoils?: boolean; readonly what?: keyof Trainer },
): Promise<{ readonly trainer: Trainer; readonly calls: number[] }> {
  const calls: number[] = []
  const { most, spoils = false, what = 'train' } = options
  const side = plan.architecture.inputSize
  const refuse = (pixels: Uint8Array): boolean => pixels.length / side ** 2 > most()
  const trainer = await scriptTrainer(plan, (real) => ({
    train: (batch, settings) => {
      if (what === 'train' && refuse(batch.pixels)) {
        // A call that fails half-way has changed some of the weights.
        if (spoils) real.train(batch, settings)
        throw refusal()
      }
      calls.push(batch.pixels.length / side ** 2)
      return real.train(batch, settings)
    },
    evaluate: (batch) => {
      if (what === 'evaluate' && refuse(batch.pixels)) throw AppError.of('compute/out-of-memory', {})
      return real.evaluate(batch)
    },
    followStatistics: (pixels, rate) => {
      if (what === 'followStatistics' && refuse(pixels)) throw refusal()
      real.followStatistics(pixels, rate)
    },
  }))
  return { trainer, calls }
}

describe('training that is refused memory', () => {
  it('goes on with half the micro-batch, and half of that, as if they had been planned', async () => {
    const small = run(2)
    const expected = await trainWith((await limited(small, { most: () => 99 })).trainer, small)
    const refused = run(8)
    const { trainer, calls } = await limited(refused, { most: () => 2, spoils: true })
    const outcome = await trainWith(trainer, refused)
    expect(outcome.weightsSha256).toBe(expected.weightsSha256)
    expect(new Set(calls)).toEqual(new Set([2]))
    expect(outcome.remarks).toContain(
      "Memory ran out in step 1 with micro-batches of 8: from there on batches are computed 2 at a time, and batch norm's statistics are per 2.",
    )
  })

  it('repeats the batch from its start where a later micro-batch of it was refused', async () => {
    const refused = run(4)
    const attempts: number[] = []
    let refusals = 0
    const trainer = await scriptTrainer(refused.plan, (real) => ({
      train: (batch, settings) => {
        attempts.push(batch.pixels.length / 256)
        if (attempts.length !== 4) return real.train(batch, settings)
        refusals += 1
        real.train(batch, settings)
        throw refusal()
      },
    }))
    const outcome = await trainWith(trainer, refused)
    // The second micro-batch of the second batch fails: that batch again, 2 at a time, and all that follow.
    expect(attempts.slice(0, 12)).toEqual([4, 4, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2])
    expect(refusals).toBe(1)
    expect(outcome).toMatchObject({ status: 'finished', steps: 6 })
    expect(newestCheckpoint(refused).progress.reduced).toEqual({ microBatch: 2, step: 2 })
  })

  it('resumes with the micro-batches that it had come to, exactly', async () => {
    const whole = run(8)
    let most = 99
    const lowered = { most: () => most }
    const onEvent = ({ name, value }: { readonly name: string; readonly value: unknown }): void => {
      if (name === 'compute/step' && (value as { step: number }).step === 2) most = 4
    }
    const expected = await trainWith((await limited(whole, lowered)).trainer, whole, { onEvent })
    most = 99
    const killed = run(8)
    const controller = new AbortController()
    const killing = (event: { readonly name: string; readonly value: unknown }): void => {
      onEvent(event)
      if (event.name === 'compute/step' && (event.value as { step: number }).step === 5) controller.abort()
    }
    await trainWith((await limited(killed, lowered)).trainer, killed, {
      onEvent: killing,
      signal: controller.signal,
    })
    most = 99
    const { trainer, calls } = await limited(killed, lowered)
    const resumed = await trainWith(trainer, killed, { resume: true })
    expect(resumed.weightsSha256).toBe(expected.weightsSha256)
    expect(resumed.remarks).toEqual(expected.remarks)
    expect(new Set(calls)).toEqual(new Set([4]))
  })

  it.each(['evaluate', 'followStatistics'] as const)('repeats %s, too, with fewer samples', async (what) => {
    const refused = run(4)
    const outcome = await trainWith((await limited(refused, { most: () => 1, what })).trainer, refused)
    expect(outcome).toMatchObject({ status: 'finished', epochs: 3 })
    expect(outcome.remarks.join()).toMatch(/computed 1 at a time/)
  })

  it('ends in a sentence where a single sample is too much, with its last checkpoint kept', async () => {
    const refused = run(8)
    let most = 99
    const { trainer } = await limited(refused, { most: () => most })
    const failing = trainWith(trainer, refused, {
      onEvent: ({ name }) => {
        if (name === 'compute/checkpoint') most = 0
      },
    })
    await expect(failing).rejects.toThrow(/needs more memory than there is/)
    expect(newestCheckpoint(refused).progress).toMatchObject({ epoch: 1, step: 2 })
  })

  it('is not mistaken for any other failure', async () => {
    const failing = run(8)
    const trainer = await scriptTrainer(failing.plan, () => ({
      train: () => {
        throw new Error('Something else.')
      },
    }))
    await expect(trainWith(trainer, failing)).rejects.toThrow('Something else.')
  })
})
