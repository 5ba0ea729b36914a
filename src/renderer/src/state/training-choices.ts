/** What can be chosen for a training: as the presets have it, as a run was trained, and as the engine is asked. */
import { formatArchitectureSpec } from '@shared/domain/architecture'
import { PRESETS, presetInputSize } from '@shared/domain/presets'
import type { Preset, RunPlan, SplitUnit, Stratum } from '@shared/domain/run'
import type { SampleSet } from '@shared/domain/sample-set'
import type { RequestInput } from '@shared/requests'

export interface TrainingChoices {
  readonly preset: Preset
  readonly name: string
  readonly spec: string
  /** Side of the model's input in pixels. */
  readonly inputSize: number
  readonly epochs: number
  readonly batch: number
  readonly microBatch: number
  readonly dropout: number
  readonly learningRate: number
  readonly split: SplitUnit
  /** Share that is held out. */
  readonly validation: number
  /** What the share is held out within. */
  readonly stratify: 'none' | Stratum
  readonly seed: number
  readonly head: 'none' | 'style' | 'composer'
  readonly headWeight: number
  /** Train on so many samples only; null uses all. */
  readonly limit: number | null
  /** Null leaves the choice to TensorFlow. */
  readonly threads: number | null
}

export function presetSettings(preset: Preset, cropSize: number) {
  const { spec, epochs, batchSize, microBatch, dropout, learningRate } = PRESETS[preset]
  const inputSize = presetInputSize(preset, cropSize)
  return { preset, spec, inputSize, epochs, batch: batchSize, microBatch, dropout, learningRate }
}

export function presetChoices(preset: Preset, cropSize: number): TrainingChoices {
  return {
    ...presetSettings(preset, cropSize),
    name: '',
    split: 'piece',
    validation: 0.2,
    stratify: 'none',
    seed: 1,
    head: 'none',
    headWeight: 0,
    limit: null,
    threads: null,
  }
}

/** The choices that make the same plan again; the name is left to be given anew. */
export function choicesOfPlan(plan: RunPlan): TrainingChoices {
  const { architecture, optimizer, sampleSet, split } = plan
  const { head } = architecture
  const used = split.train.length + split.validation.length
  return {
    preset: plan.preset ?? 'quick',
    name: '',
    spec: formatArchitectureSpec(architecture.blocks),
    inputSize: architecture.inputSize,
    epochs: Math.max(1, optimizer.epochs),
    batch: optimizer.batchSize,
    microBatch: optimizer.microBatch,
    dropout: architecture.dropout,
    learningRate: optimizer.learningRate,
    split: split.by,
    // An imported model has no such share: nothing is known of what it was trained on.
    validation: split.fraction > 0 && split.fraction < 1 ? split.fraction : 0.2,
    stratify: split.stratify ?? 'none',
    seed: plan.seed,
    head: head?.field ?? 'none',
    headWeight: head?.weight ?? 0,
    limit: used >= 2 && used < sampleSet.samples ? used : null,
    threads: plan.threads,
  }
}

export interface ChangedChoice {
  readonly name: string
  readonly before: string
  readonly now: string
}

const NAMES = {
  spec: 'layers',
  inputSize: 'input size',
  epochs: 'epochs',
  batch: 'batch',
  microBatch: 'micro-batch',
  dropout: 'dropout',
  learningRate: 'learning rate',
  split: 'held out whole',
  validation: 'share held out',
  stratify: 'share kept within',
  seed: 'seed',
  head: 'classifier head',
  headWeight: 'weight of the head',
  limit: 'crops used',
  threads: 'threads',
} as const satisfies Partial<Record<keyof TrainingChoices, string>>

/** What differs between two sets of choices, in words; names and presets determine nothing. */
export function changedChoices(before: TrainingChoices, now: TrainingChoices): readonly ChangedChoice[] {
  const keys = Object.keys(NAMES) as (keyof typeof NAMES)[]
  return keys
    .filter((key) => before[key] !== now[key])
    .map((key) => ({ name: NAMES[key], before: inWords(key, before), now: inWords(key, now) }))
}

function inWords(key: keyof typeof NAMES, choices: TrainingChoices): string {
  const value = choices[key]
  if (value !== null) return String(value)
  return key === 'limit' ? 'all' : 'automatic'
}

export function toRequest(choices: TrainingChoices, sampleSet: SampleSet): RequestInput<'training', 'start'> {
  const { name, head, headWeight, limit, threads, stratify, ...settings } = choices
  return {
    ...settings,
    sampleSet: sampleSet.id,
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    ...(stratify === 'none' ? {} : { stratify }),
    ...(head === 'none' ? {} : { head, headWeight }),
    ...(limit === null ? {} : { limit: Math.min(limit, sampleSet.samples) }),
    ...(threads === null ? {} : { threads }),
  }
}
