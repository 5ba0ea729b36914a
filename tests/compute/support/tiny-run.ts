/** A run small enough for tests: a few synthetic crops with staff lines and heads, a model of two blocks. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClassificationHead } from '@shared/domain/architecture'
import { parseArchitectureSpec } from '@shared/domain/architecture'
import type { EarlyStopping, LearningRateSchedule, RunPlan } from '@shared/domain/run'
import { createSampleStore } from '../../../src/main/storage/sample-store'

export interface TinyRun {
  readonly plan: RunPlan
  readonly sampleFile: string
  readonly runFolder: string
}

export interface TinyOptions {
  readonly spec?: string
  readonly cropSize?: number
  readonly inputSize?: number
  readonly samples?: number
  readonly epochs?: number
  readonly batchSize?: number
  readonly microBatch?: number
  readonly dropout?: number
  readonly learningRate?: number
  readonly schedule?: LearningRateSchedule
  readonly earlyStopping?: EarlyStopping
  readonly seed?: number
  readonly head?: ClassificationHead
  readonly labels?: readonly number[]
}

/** Five lines at a height that depends on the index, thicker in every other crop, and some blots: something to learn. */
export function drawCrop(index: number, size: number): Uint8Array {
  const crop = new Uint8Array(size * size).fill(235)
  const gap = Math.max(2, Math.floor(size / 8))
  const top = (index * 3) % gap
  const thickness = 1 + (index % 2)
  for (let line = 0; line < 5; line += 1)
    crop.fill(30, (top + line * gap) * size, (top + line * gap + thickness) * size)
  for (let blot = 0; blot < 3; blot += 1) {
    const [x, y] = [(index * 7 + blot * 11) % (size - 3), (index * 5 + blot * 9) % (size - 3)]
    for (let row = y; row < y + 3; row += 1) crop.fill(10, row * size + x, row * size + x + 3)
  }
  return crop
}

export function tinyPlan(options: TinyOptions = {}): RunPlan {
  const { samples = 20, cropSize = 32, inputSize = cropSize, seed = 7, head = null, labels = null } = options
  const indices = Array.from({ length: samples }, (_, index) => index)
  const heldOut = Math.max(1, Math.floor(samples / 5))
  return {
    format: 1,
    run: 'tiny',
    name: 'Tiny',
    preset: null,
    sampleSet: { id: 1, hash: 'none', size: cropSize, samples },
    split: {
      by: 'crop',
      fraction: 0.2,
      train: indices.slice(heldOut),
      validation: indices.slice(0, heldOut),
    },
    architecture: {
      blocks: parseArchitectureSpec(options.spec ?? '1x4@3,1x6@3'),
      inputSize,
      dropout: options.dropout ?? 0.1,
      head,
    },
    labels,
    optimizer: {
      learningRate: options.learningRate ?? 3e-3,
      epochs: options.epochs ?? 3,
      batchSize: options.batchSize ?? 8,
      microBatch: options.microBatch ?? 4,
      ...(options.schedule === undefined ? {} : { schedule: options.schedule }),
      ...(options.earlyStopping === undefined ? {} : { earlyStopping: options.earlyStopping }),
    },
    seed,
    threads: 1,
    versions: {},
  }
}

/** A sample file and a run folder in a temporary folder, which `done` removes. */
export function createTinyRun(options: TinyOptions = {}): {
  readonly run: TinyRun
  readonly done: () => void
} {
  const folder = mkdtempSync(join(tmpdir(), 'scorescope-test-'))
  const plan = tinyPlan(options)
  const sampleFile = join(folder, '1.u8')
  const { size, samples } = plan.sampleSet
  const store = createSampleStore(sampleFile, {})
  for (let index = 0; index < samples; index += 1) store.write(drawCrop(index, size))
  store.commit([samples, size, size])
  return {
    run: { plan, sampleFile, runFolder: join(folder, 'run') },
    done: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
