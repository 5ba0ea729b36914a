/** A training that exists only to be timed: generated samples, a preset's model. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { architectureFrom, PRESETS, type PresetSettings } from '@shared/domain/presets'
import type { RunPlan } from '@shared/domain/run'
import { createSampleStore } from '../../storage/sample-store'

export interface Yardstick {
  readonly plan: RunPlan
  readonly sampleFile: string
  /** Steps to time after the first. */
  readonly steps: number
  remove(): void
}

/** What is trained while measuring. */
export interface YardstickModel extends Pick<
  PresetSettings,
  'spec' | 'inputSize' | 'dropout' | 'microBatch'
> {
  readonly steps: number
}

export const QUICK_YARDSTICK: YardstickModel = { ...PRESETS.quick, steps: 6 }
/** Two samples a step: the study's own eight would take half a minute a step on a small machine. */
export const STUDY_YARDSTICK: YardstickModel = { ...PRESETS.study, microBatch: 2, steps: 2 }

/** Writes the samples into a temporary folder. */
export function createYardstick(model: YardstickModel): Yardstick {
  const { inputSize: size, microBatch: samples } = model
  const folder = mkdtempSync(join(tmpdir(), 'scorescope-measuring-'))
  const sampleFile = join(folder, 'samples.u8')
  const store = createSampleStore(sampleFile, {})
  store.write(scrambled(samples * size * size))
  const hash = store.commit([samples, size, size])
  const indices = Array.from({ length: samples }, (_, index) => index)
  const plan: RunPlan = {
    format: 1,
    run: 'measuring',
    name: 'measuring',
    preset: null,
    sampleSet: { id: 0, hash, size, samples },
    split: { by: 'crop', fraction: 0, train: indices, validation: [] },
    architecture: architectureFrom({ spec: model.spec, inputSize: size, dropout: model.dropout, head: null }),
    labels: null,
    optimizer: { learningRate: 1e-3, epochs: 1, batchSize: samples, microBatch: samples },
    seed: 1,
    threads: null,
    versions: {},
  }
  return {
    plan,
    sampleFile,
    steps: model.steps,
    remove: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Grey values without a pattern that a convolution could profit from (Knuth's multiplicative hash). */
function scrambled(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => Math.imul(index, 2654435761) >>> 24)
}
