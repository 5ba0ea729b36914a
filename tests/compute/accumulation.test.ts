/** Micro-batches: what they promise, and what they cannot. */
import { describe, expect, it } from 'vitest'
import { parseArchitectureSpec } from '@shared/domain/architecture'
import { microBatchSettings } from '../../src/main/compute/micro-batch'
import { NativeTrainer } from '../../src/main/compute/native/native-trainer'
import {
  initialValues,
  modelParameters,
  trainingParameters,
  valueOf,
} from '../../src/main/compute/parameters'
import { START } from '../../src/main/compute/progress'
import type { MicroBatch } from '../../src/main/compute/trainer'
import { relativeError } from './support/keras-fixture'
import { native, nativeIsThere } from './support/native'
import { drawCrop, tinyPlan } from './support/tiny-run'

const SIZE = 16
const architecture = {
  blocks: parseArchitectureSpec('1x3@3,1x4@3'),
  inputSize: SIZE,
  dropout: 0,
  head: { field: 'style', classes: ['a', 'b'], weight: 0.5 },
} as const
const plan = { ...tinyPlan(), architecture }
const trained = modelParameters(architecture).filter(({ role }) => role === 'trained')

function batchOf(indices: readonly number[], labels: readonly number[]): MicroBatch {
  const pixels = new Uint8Array(indices.length * SIZE ** 2)
  for (const [slot, index] of indices.entries()) pixels.set(drawCrop(index, SIZE), slot * SIZE ** 2)
  return { pixels, labels: Int32Array.from(labels) }
}

/** Trains one step on a batch that is cut into micro-batches; returns the trainer. */
function stepOn(parts: readonly MicroBatch[]): NativeTrainer {
  const trainer = new NativeTrainer(native().binding, architecture)
  trainer.assign(initialValues(trainingParameters(architecture), 3))
  const samples = parts.reduce((sum, { labels }) => sum + (labels?.length ?? 0), 0)
  const labelledInBatch = parts.reduce(
    (sum, { labels }) => sum + (labels?.filter((label) => label >= 0).length ?? 0),
    0,
  )
  for (const [index, part] of parts.entries()) {
    const share = (part.labels?.length ?? 0) / samples
    const completesBatch = index === parts.length - 1
    trainer.train(
      part,
      microBatchSettings(plan, { ...START, microBatches: index }, { share, labelledInBatch, completesBatch }),
    )
  }
  return trainer
}

describe.skipIf(!nativeIsThere)('gradients added up over micro-batches', () => {
  it('are those of the whole batch where batch norm sees the same statistics in each', () => {
    // The same four crops twice: each half has the statistics of the whole. Labels differ, so halves weigh differently.
    const crops = [0, 1, 2, 3]
    const whole = stepOn([batchOf([...crops, ...crops], [0, 1, -1, 0, -1, -1, 1, 0])])
    const halves = stepOn([batchOf(crops, [0, 1, -1, 0]), batchOf(crops, [-1, -1, 1, 0])])
    const [expected, found] = [whole.read(), halves.read()]
    // Adam's first moment after one step is a tenth of the gradient.
    for (const { name } of trained) {
      const moment = `${name}/first-moment`
      expect(relativeError(valueOf(found, moment), valueOf(expected, moment)), name).toBeLessThan(1e-4)
    }
    for (const trainer of [whole, halves]) trainer.close()
  })

  it('are not where the halves differ: batch norm uses each its own statistics', () => {
    const whole = stepOn([batchOf([0, 1, 2, 3], [0, 1, 0, 1])])
    const halves = stepOn([batchOf([0, 1], [0, 1]), batchOf([2, 3], [0, 1])])
    const moment = 'encoder-1-1/kernel/first-moment'
    expect(relativeError(valueOf(halves.read(), moment), valueOf(whole.read(), moment))).toBeGreaterThan(1e-3)
    for (const trainer of [whole, halves]) trainer.close()
  })

  it('are empty again after the step', () => {
    const trainer = stepOn([batchOf([0, 1], [0, 1]), batchOf([2, 3], [0, 1])])
    for (const { name } of trained) {
      expect(
        valueOf(trainer.read(), `${name}/gradient-sum`).every((value) => value === 0),
        name,
      ).toBe(true)
    }
    trainer.close()
  })
})
