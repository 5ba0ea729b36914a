import { describe, expect, it } from 'vitest'
import type { RunPlan } from '@shared/domain/run'
import { Pace } from '../../src/main/core/training/pace'

/** 4 epochs of 10 steps, and 6 held-out batches. */
const plan = {
  split: { by: 'crop', fraction: 0.375, train: Array(20).fill(0), validation: Array(12).fill(0) },
  optimizer: { learningRate: 0.001, epochs: 4, batchSize: 2, microBatch: 2 },
} as unknown as RunPlan

const fresh = { steps: 0, epochs: 0, seconds: 0, forecastSeconds: null }

/** Tells an epoch whose steps take so long; returns when it ended. */
function tellEpoch(
  pace: Pace,
  epoch: number,
  times: { readonly fromMs: number; readonly stepMs: number; readonly validationMs: number },
): number {
  let elapsedMs = times.fromMs
  for (let step = 1; step <= 10; step += 1) {
    elapsedMs += times.stepMs
    pace.step({ step: (epoch - 1) * 10 + step, epoch, elapsedMs })
  }
  elapsedMs += times.validationMs
  pace.epoch({ epoch, elapsedMs })
  return elapsedMs
}

describe('the pace of a run', () => {
  it('is unknown before a step was timed', () => {
    const pace = new Pace(plan, fresh)
    expect([pace.secondsLeft, pace.totalSeconds, pace.forecastSeconds]).toEqual([null, null, null])
    pace.step({ step: 1, epoch: 1, elapsedMs: 9000 })
    expect(pace.secondsPerStep).toBeNull()
  })

  it('makes a forecast from the first steps, validation a third of as many steps', () => {
    const pace = new Pace(plan, fresh)
    // The first step builds the graph and is not counted.
    for (const [step, elapsedMs] of [
      [1, 5000],
      [2, 6000],
      [3, 7000],
    ] as const)
      pace.step({ step, epoch: 1, elapsedMs })
    expect(pace.secondsPerStep).toBe(1)
    expect(pace.secondsLeft).toBe(37 + 4 * 2)
    expect(pace.forecastSeconds).toBe(7 + 45)
  })

  it('corrects itself by what validation takes, and keeps what it said first', () => {
    const pace = new Pace(plan, fresh)
    const elapsedMs = tellEpoch(pace, 1, { fromMs: 0, stepMs: 1000, validationMs: 8000 })
    expect(pace.forecastSeconds).toBe(3 + 37 + 8)
    expect(pace.secondsLeft).toBe(3 * (10 + 8))
    expect(pace.totalSeconds).toBe(elapsedMs / 1000 + 54)
    tellEpoch(pace, 2, { fromMs: elapsedMs, stepMs: 2000, validationMs: 8000 })
    expect(pace.secondsLeft).toBeGreaterThan(2 * (10 + 8))
    expect(pace.forecastSeconds).toBe(48)
  })

  it('ends at nothing left', () => {
    const pace = new Pace(plan, fresh)
    let elapsedMs = 0
    for (let epoch = 1; epoch <= 4; epoch += 1)
      elapsedMs = tellEpoch(pace, epoch, { fromMs: elapsedMs, stepMs: 500, validationMs: 100 })
    expect(pace.secondsLeft).toBe(0)
    expect(pace.totalSeconds).toBe(elapsedMs / 1000)
  })

  it('of a resumed run counts what was done, and keeps the forecast of its beginning', () => {
    const pace = new Pace(plan, { steps: 20, epochs: 2, seconds: 30, forecastSeconds: 70 })
    expect(pace.steps).toBe(20)
    tellEpoch(pace, 3, { fromMs: 30_000, stepMs: 1000, validationMs: 5000 })
    expect(pace.forecastSeconds).toBe(70)
    expect(pace.secondsLeft).toBe(15)
    expect(pace.totalSeconds).toBe(60)
  })

  it('is judged by whole epochs where an epoch is a single step', () => {
    const single = { ...plan, optimizer: { ...plan.optimizer, batchSize: 20 } }
    const pace = new Pace(single, fresh)
    pace.step({ step: 1, epoch: 1, elapsedMs: 4000 })
    pace.epoch({ epoch: 1, elapsedMs: 5000 })
    expect(pace.secondsLeft).toBe(3 * 4 + 3 * 1)
  })
})
