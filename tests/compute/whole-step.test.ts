/** The whole training step against Keras 3 with the same weights and samples (tests/fixtures/keras). */
import { describe, expect, it } from 'vitest'
import { NativeTrainer } from '../../src/main/compute/native/native-trainer'
import {
  initialValues,
  modelParameters,
  trainingParameters,
  valueOf,
} from '../../src/main/compute/parameters'
import { loadTensorflowScript } from '../../src/main/compute/script/load-script'
import { ScriptTrainer } from '../../src/main/compute/script/script-trainer'
import type { MicroBatchSettings, Trainer } from '../../src/main/compute/trainer'
import { keras, relativeError } from './support/keras-fixture'
import { native, nativeIsThere } from './support/native'

const { architecture, batch } = keras
const model = modelParameters(architecture)
const trained = model.filter(({ role }) => role === 'trained')
const labelled = batch.labels.filter((label) => label >= 0).length

const settings = (step: number): MicroBatchSettings => ({
  dropoutSeed: [0, 0],
  share: 1,
  labelledShare: 1 / labelled,
  statisticsRate: 0.01,
  update: { learningRate: keras.learningRate, step },
})

function startFromKeras(trainer: Trainer): void {
  trainer.assign(new Map([...initialValues(trainingParameters(architecture), 1), ...keras.start]))
}

/** Both backends have to do the same. */
function expectKerasSteps(trainer: Trainer, tolerance: number): void {
  startFromKeras(trainer)
  for (const [index, step] of keras.steps.entries()) {
    const losses = trainer.train(batch, settings(index + 1))
    expect(losses.meanSquaredError).toBeCloseTo(step.meanSquaredError, 5)
    expect(losses.headLoss).toBeCloseTo(step.headLoss, 4)
    const values = trainer.read()
    for (const { name } of trained)
      expect(relativeError(valueOf(values, name), valueOf(step.after, name)), name).toBeLessThan(tolerance)
  }
}

describe.skipIf(!nativeIsThere)('a whole step of the native graph', () => {
  it('has every gradient that Keras has, within 1e-4', () => {
    const trainer = new NativeTrainer(native().binding, architecture)
    startFromKeras(trainer)
    const gradients = trainer.gradients(batch, settings(1))
    expect([...gradients.keys()]).toEqual(trained.map(({ name }) => name))
    for (const { name } of trained) {
      const expected = valueOf(keras.steps[0]?.gradients ?? new Map(), name)
      expect(relativeError(valueOf(gradients, name), expected), name).toBeLessThan(1e-4)
    }
    trainer.close()
  })

  it('leads to the weights that Keras has after two steps of Adam', () => {
    const trainer = new NativeTrainer(native().binding, architecture)
    expectKerasSteps(trainer, 1e-4)
    trainer.close()
  })

  it('follows the running statistics as Keras does, but for the unbiased variance', () => {
    const trainer = new NativeTrainer(native().binding, architecture)
    startFromKeras(trainer)
    trainer.train(batch, settings(1))
    const values = trainer.read()
    const expected = keras.steps[0]?.after ?? new Map()
    for (const { name, shape } of model.filter(({ role }) => role === 'statistic')) {
      const [found, start, theirs] = [values, keras.start, expected].map((of) => valueOf(of, name))
      if (found === undefined || start === undefined || theirs === undefined) throw new Error(name)
      if (name.endsWith('/mean')) expect(relativeError(found, theirs), name).toBeLessThan(1e-4)
      if (name !== 'encoder-1-1/variance') continue
      // Keras divides by n, the fused operation by n − 1, with n samples × positions.
      const count = batch.labels.length * architecture.inputSize ** 2
      const moved = Array.from(
        found,
        (value, at) => ((value - 0.99 * (start[at] ?? 0)) * (count - 1)) / count,
      )
      const theirMove = Array.from(theirs, (value, at) => value - 0.99 * (start[at] ?? 0))
      expect(shape).toEqual([moved.length])
      expect(relativeError(moved, theirMove)).toBeLessThan(1e-4)
    }
    trainer.close()
  })

  it('evaluates a batch as it trains on it, once the statistics are measured on that batch, dropout or not', () => {
    const trainer = new NativeTrainer(native().binding, { ...architecture, dropout: 0.5 })
    startFromKeras(trainer)
    trainer.followStatistics(batch.pixels, 1)
    // Without dropout, training's loss is the one that Keras has; n − 1 instead of n is the difference left.
    const expected = keras.steps[0]?.meanSquaredError ?? NaN
    expect(Math.abs(trainer.evaluate(batch).meanSquaredError / expected - 1)).toBeLessThan(0.01)
    trainer.close()
  })

  it('evaluates as Keras does with the weights and statistics that Keras ended with', () => {
    const trainer = new NativeTrainer(native().binding, architecture)
    startFromKeras(trainer)
    trainer.assign(new Map([...trainer.read(), ...(keras.steps[1]?.after ?? new Map())]))
    expect(trainer.evaluate(batch).meanSquaredError).toBeCloseTo(keras.evaluation.meanSquaredError, 6)
    trainer.close()
  })
})

describe('a whole step in plain JavaScript', () => {
  it('leads to the weights that Keras has after two steps of Adam', async () => {
    const trainer = new ScriptTrainer(await loadTensorflowScript(), architecture)
    expectKerasSteps(trainer, 2e-4)
    trainer.close()
  })
})
