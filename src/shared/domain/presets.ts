/** The two ways to train without choosing anything: as the study did, and in minutes. Measured in docs/decisions/0005-presets.md. */
import {
  type Architecture,
  checkInputSize,
  type ClassificationHead,
  parseArchitectureSpec,
} from './architecture'
import type { Preset } from './run'

export interface PresetSettings {
  readonly spec: string
  /** Side of the model's input for the study's 448 × 448 crops; see `presetInputSize` for others. */
  readonly inputSize: number
  readonly dropout: number
  readonly learningRate: number
  readonly epochs: number
  readonly batchSize: number
  readonly microBatch: number
}

export const PRESETS: Readonly<Record<Preset, PresetSettings>> = {
  // As the study describes it. Micro-batches of 8 peak at 3.8 GB.
  study: {
    spec: '3x16@5,3x32@3,3x64@3',
    inputSize: 448,
    dropout: 0.25,
    learningRate: 1e-3,
    epochs: 100,
    batchSize: 32,
    microBatch: 8,
  },
  // The same crops at half their side, fewer filters, as many numbers in the bottleneck as pixels, like the study:
  // minutes on two cores. Small batches, because steps and not samples are scarce.
  quick: {
    spec: '1x8@3,2x16@3',
    inputSize: 224,
    dropout: 0,
    learningRate: 4e-3,
    epochs: 6,
    batchSize: 8,
    microBatch: 8,
  },
}

/** Epochs of the demo's quick training: a few hundred crops, about a minute. */
export const DEMO_EPOCHS = 8

/**
 * The model's input for crops of any size: the largest whole reduction that is no larger than the preset's input
 * and can be halved once per block; the crop itself where none is.
 */
export function presetInputSize(preset: Preset, cropSize: number): number {
  const { spec, inputSize } = PRESETS[preset]
  if (preset === 'study') return cropSize
  const divisor = 2 ** parseArchitectureSpec(spec).length
  for (let size = Math.min(inputSize, cropSize); size >= divisor; size -= 1) {
    if (cropSize % size === 0 && size % divisor === 0) return size
  }
  return cropSize
}

/**
 * The architecture of a preset with some choices made by hand.
 * @throws model/spec-unreadable, model/size-indivisible
 */
export function architectureFrom(choices: {
  readonly spec: string
  readonly inputSize: number
  readonly dropout: number
  readonly head: ClassificationHead | null
}): Architecture {
  const blocks = parseArchitectureSpec(choices.spec)
  checkInputSize(blocks, choices.inputSize)
  return { blocks, inputSize: choices.inputSize, dropout: choices.dropout, head: choices.head }
}
