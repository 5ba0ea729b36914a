import { describe, expect, test } from 'vitest'
import { learningCurves } from '../../src/renderer/src/charts/learning-curves'
import { PAPER } from '../../src/renderer/src/charts/palette'
import { rateSketch } from '../../src/renderer/src/charts/rate-sketch'
import { changedChoices, describeSchedule } from '../../src/renderer/src/state/training-changes'
import { choicesOfPlan, SCHEDULES } from '../../src/renderer/src/state/training-choices'
import { TrainingForm } from '../../src/renderer/src/state/training-form.svelte'
import { fakeSampleSet } from './support/fake-corpus'
import { fakeImportedRun, fakeMetrics, fakePlan, fakeRun } from './support/fake-model'

function form(): TrainingForm {
  const made = new TrainingForm()
  made.chooseSampleSet(fakeSampleSet(1, 600))
  return made
}

describe('the rarer choices', () => {
  test('leave micro-batch, threads and device to the engine unless they are made', () => {
    const made = form()
    expect(made.request).toMatchObject({ device: 'auto', precision: 'float32', keepCheckpoints: 3 })
    for (const absent of ['microBatch', 'threads', 'earlyStopping', 'splitSeed', 'tags', 'notes'])
      expect(made.request).not.toHaveProperty(absent)
    made.change({ microBatch: 4, earlyStopping: { patience: 5, minimumGain: 0.01 }, tags: ['night'] })
    made.change({ schedule: SCHEDULES.cosine, notes: ' why ' })
    expect(made.request).toMatchObject({
      microBatch: 4,
      earlyStopping: { patience: 5, minimumGain: 0.01 },
      tags: ['night'],
      schedule: { kind: 'cosine', floor: 0 },
      notes: 'why',
    })
  })

  test('are counted and noted where they are not the preset’s', () => {
    const made = form()
    expect(made.moreChanged).toBe(0)
    expect(made.presetNote('epochs')).toBeUndefined()
    made.change({ epochs: 9, schedule: SCHEDULES.plateau, keepCheckpoints: 5 })
    expect(made.presetNote('epochs')).toBe('preset: 6')
    expect(made.presetNote('schedule')).toBe('preset: constant')
    expect(made.moreChanged).toBe(2)
    made.usePreset('quick')
    expect(made.moreChanged).toBe(1)
  })

  test('are taken over from a plan, name, tags and notes left behind', () => {
    const plan = fakePlan(fakeRun({ tags: ['cosine'] }), 600)
    const choices = choicesOfPlan({ ...plan, splitSeed: 4, device: 'cpu' })
    expect(choices).toMatchObject({
      schedule: { kind: 'cosine', floor: 0 },
      earlyStopping: { patience: 4, minimumGain: 0 },
      microBatch: 32,
      splitSeed: 4,
      device: 'cpu',
      tags: [],
      name: '',
    })
  })

  test('of an imported model are the preset’s, because nothing was learned here', () => {
    const imported = fakeImportedRun('model.safetensors')
    const plan = fakePlan(imported, 600)
    const optimizer = { learningRate: 0, epochs: 0, batchSize: 1, microBatch: 1 }
    const choices = choicesOfPlan({ ...plan, optimizer })
    expect(choices).toMatchObject({ learningRate: 0.004, epochs: 6, batch: 8, microBatch: null })
  })

  test('are compared in words', () => {
    const before = form().choices
    const now = { ...before, schedule: SCHEDULES.plateau, microBatch: 2 }
    expect(changedChoices(before, now)).toEqual([
      { name: 'micro-batch', before: 'automatic', now: '2' },
      {
        name: 'schedule',
        before: 'constant',
        now: 'times 0.5 after 3 epochs without gain, down to 1 % of the rate',
      },
    ])
    expect(describeSchedule({ kind: 'cosine', floor: 0.1 })).toBe('cosine down to 10 % of the rate')
  })

  test('let the leak meter measure the split as it will be', () => {
    const made = form()
    made.change({ seed: 3, splitSeed: 1 })
    expect(made.splitQuestion?.seed).toBe(1)
  })
})

describe('the sketch of the learning rate', () => {
  test('falls along half a cosine to its floor', () => {
    const { points, example } = rateSketch({ kind: 'cosine', floor: 0.1 }, 20)
    expect(example).toBe(false)
    expect(points[0]?.share).toBe(1)
    expect(points[24]?.share).toBeCloseTo(0.55, 10)
    expect(points.at(-1)?.share).toBeCloseTo(0.1, 10)
  })

  test('shows a plateau’s steps as an example, never below the floor', () => {
    const { points, example } = rateSketch({ kind: 'plateau', factor: 0.1, patience: 2, floor: 0.05 }, 20)
    expect(example).toBe(true)
    expect(Math.min(...points.map((point) => point.share))).toBe(0.05)
    expect(points.every((point) => point.progress >= 0 && point.progress <= 1)).toBe(true)
  })
})

test('learning curves with a moving rate and marks are a function of their data', () => {
  const run = fakeRun({ epochs: 3, steps: 24, tags: ['cosine'] })
  const { steps, epochs } = fakeMetrics(run)
  const marks = [
    { epoch: 2, mse: 0.05, label: 'best' },
    { epoch: 3, mse: null, label: 'ended early' },
  ]
  const curves = {
    steps,
    epochs,
    stepsPerEpoch: 8,
    baselines: null,
    rate: { start: 0.002, stepwise: false },
    marks,
  }
  const chart = learningCurves(curves, { width: 500, height: 300 }, { logarithmic: true, palette: PAPER })
  expect(chart).toMatchSnapshot()
})
