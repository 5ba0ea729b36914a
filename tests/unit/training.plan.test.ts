import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_REFUSALS } from '@shared/domain/refusal-words'
import { STUDY_RULES } from '@shared/domain/sampling-rules'
import type { SampleSet, SampleWithPage } from '@shared/domain/sample-set'
import { REQUESTS } from '@shared/requests'
import { splitSamples } from '../../src/main/core/sampling/split'
import {
  makePlan,
  type PlanInputs,
  type PlannedRun,
  stepsPerEpoch,
  type TrainingChoices,
} from '../../src/main/core/training/plan'

const set: SampleSet = {
  id: 3,
  name: 'five per page',
  hash: 'a'.repeat(64),
  seed: 1,
  ...STUDY_RULES,
  samples: 120,
  pages: 24,
  excludedPages: 0,
  refusedDraws: 0,
  refusals: NO_REFUSALS,
  createdAt: '2026',
}

/** Two styles of two composers each, three pieces of two pages each. */
const samples: readonly SampleWithPage[] = Array.from({ length: set.samples }, (_, index) => {
  const page = Math.floor(index / 5)
  const piece = Math.floor(page / 2)
  const composer = Math.floor(piece / 3)
  return {
    index,
    page: page + 1,
    x: 0,
    y: 0,
    size: 448,
    draw: 1,
    whiteness: 0.5,
    file: `${page}.png`,
    style: ['Ragtime', 'Baroque'][Math.floor(composer / 2)] ?? '',
    composer: `composer ${composer}`,
    piece: `piece ${piece}`,
    pageNumber: (page % 2) + 1,
  }
})

const PLENTY = 64e9

const planned = (
  choices: Partial<TrainingChoices>,
  machine: Partial<Pick<PlanInputs, 'freeMemoryBytes' | 'runtime'>> = {},
): PlannedRun =>
  makePlan(REQUESTS.training.start.parse({ seed: 1, ...choices }), {
    run: 'abcdefgh',
    set,
    samples,
    splitSamples,
    versions: { tensorflow: '2.21.0' },
    freeMemoryBytes: PLENTY,
    runtime: null,
    ...machine,
  })
const plan = (choices: Partial<TrainingChoices>) => planned(choices).plan

describe('a plan', () => {
  it('of the study is the study’s', () => {
    expect(plan({ preset: 'study' })).toMatchObject({
      preset: 'study',
      architecture: {
        inputSize: 448,
        dropout: 0.25,
        head: null,
        blocks: [{ kernel: 5 }, { filters: 32 }, { filters: 64 }],
      },
      optimizer: { learningRate: 0.001, epochs: 100, batchSize: 32 },
      labels: null,
      sampleSet: { id: 3, size: 448, samples: 120 },
    })
  })

  it('takes single choices over those of its preset, and is no preset’s once the model is another', () => {
    const chosen = plan({ preset: 'study', epochs: 1, batch: 2, inputSize: 64, dropout: 0, name: 'small' })
    expect(chosen).toMatchObject({
      name: 'small',
      preset: 'study',
      architecture: { inputSize: 64, dropout: 0 },
      optimizer: { epochs: 1, batchSize: 2, microBatch: 2 },
    })
    expect(plan({ spec: '1x4@3' })).toMatchObject({ preset: null, name: '1x4@3, seed 1' })
  })

  it('holds every sample once, and whole pieces on one side', () => {
    const { split } = plan({})
    expect([...split.train, ...split.validation].sort((a, b) => a - b)).toEqual(
      samples.map(({ index }) => index),
    )
    const pieceOf = (index: number): string | undefined => samples[index]?.piece
    const held = new Set(split.validation.map(pieceOf))
    expect(split.train.filter((index) => held.has(pieceOf(index)))).toEqual([])
    expect(split.validation.length).toBeGreaterThan(0)
  })

  it('is the same for the same seed and another for another', () => {
    expect(plan({ seed: 5, limit: 40 })).toEqual(plan({ seed: 5, limit: 40 }))
    expect(plan({ seed: 6, limit: 40 }).split.train).not.toEqual(plan({ seed: 5, limit: 40 }).split.train)
  })

  it('limited to some samples uses that many, drawn from all over the set', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 200 }),
        fc.integer({ min: 0, max: 4_294_967_295 }),
        (limit, seed) => {
          const { split } = plan({ limit, seed, split: 'crop' })
          const used = [...split.train, ...split.validation]
          expect(new Set(used).size).toBe(Math.min(limit, samples.length))
          expect(used.length).toBe(Math.min(limit, samples.length))
        },
      ),
      { numRuns: 50 },
    )
    const { split } = plan({ limit: 30, split: 'crop' })
    expect(Math.max(...split.train)).toBeGreaterThan(60)
  })

  it('with a head has a class for every sample', () => {
    const { architecture, labels } = plan({ head: 'style', headWeight: 0.1 })
    expect(architecture.head).toEqual({ field: 'style', classes: ['Baroque', 'Ragtime'], weight: 0.1 })
    expect(labels).toEqual(samples.map(({ style }) => (style === 'Baroque' ? 0 : 1)))
  })

  it.each([
    [{ inputSize: 100 }, 'Samples of 448 pixels cannot be reduced to 100: choose a size that divides 448.'],
    [{ inputSize: 14 }, 'An input of 14 pixels cannot be halved for every block: choose a multiple of 4.'],
    [{ spec: '3y16' }, 'The model "3y16" cannot be read'],
    [{ headWeight: 1 }, 'Expected style or composer for the field of the classification head'],
  ])('refuses %j in a sentence', (choices, sentence) => {
    expect(() => plan(choices)).toThrow(sentence)
  })

  it('leaves out what is as it always was, so that old plans and new ones are alike', () => {
    const plain = plan({ schedule: { kind: 'constant' }, precision: 'float32', device: 'auto', splitSeed: 1 })
    expect(Object.keys(plain.optimizer).sort()).toEqual(['batchSize', 'epochs', 'learningRate', 'microBatch'])
    for (const field of ['precision', 'device', 'xla', 'splitSeed']) expect(plain).not.toHaveProperty(field)
  })

  it('keeps schedule, early stopping, precision and device', () => {
    const chosen = {
      schedule: { kind: 'plateau', factor: 0.5, patience: 2, floor: 0.1 },
      earlyStopping: { patience: 4, minimumGain: 0.01 },
    } as const
    const made = plan({ ...chosen, precision: 'mixed', device: 'gpu:0' })
    expect(made.optimizer).toMatchObject(chosen)
    expect(made).toMatchObject({ precision: 'mixed', device: 'gpu:0' })
  })

  it('splits by the split seed, whatever the seed is', () => {
    const [first, second] = [plan({ seed: 5, limit: 40 }), plan({ seed: 6, splitSeed: 5, limit: 40 })]
    expect(second.split).toEqual(first.split)
    expect(second).toMatchObject({ seed: 6, splitSeed: 5 })
  })

  it('takes threads and XLA as measured on this machine, unless threads are chosen', () => {
    const runtime = { threads: 3, xla: true }
    expect(planned({}, { runtime }).plan).toMatchObject({ threads: 3, xla: true })
    expect(planned({ threads: 1 }, { runtime }).plan).toMatchObject({ threads: 1, xla: true })
    expect(planned({}).plan.threads).toBeNull()
  })

  it('counts a last, smaller batch as a step', () => {
    const { split, optimizer } = plan({ batch: 7 })
    expect(stepsPerEpoch({ split, optimizer })).toBe(Math.ceil(split.train.length / 7))
  })
})
