/** What differs between two sets of choices, in words. */
import type { EarlyStopping, LearningRateSchedule } from '@shared/domain/run'
import type { TrainingChoices } from './training-choices'

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
  schedule: 'schedule',
  earlyStopping: 'early stopping',
  keepCheckpoints: 'checkpoints kept',
  split: 'held out whole',
  splitSeed: 'seed of the split',
  validation: 'share held out',
  stratify: 'share kept within',
  seed: 'seed',
  head: 'classifier head',
  headWeight: 'weight of the head',
  limit: 'crops used',
  threads: 'threads',
  device: 'device',
  precision: 'precision',
} as const satisfies Partial<Record<keyof TrainingChoices, string>>

/** Choices that say something of the result; names, tags, notes and presets determine nothing. */
export type NamedChoice = keyof typeof NAMES

/** What differs between two sets of choices, in words. */
export function changedChoices(before: TrainingChoices, now: TrainingChoices): readonly ChangedChoice[] {
  const keys = Object.keys(NAMES) as NamedChoice[]
  return keys
    .filter((key) => differs(key, before, now))
    .map((key) => ({ name: NAMES[key], before: choiceInWords(key, before), now: choiceInWords(key, now) }))
}

/** Whether a choice is not the same in both. */
export function differs(key: NamedChoice, one: TrainingChoices, other: TrainingChoices): boolean {
  return choiceInWords(key, one) !== choiceInWords(key, other)
}

export function choiceInWords(key: NamedChoice, choices: TrainingChoices): string {
  if (key === 'schedule') return describeSchedule(choices.schedule)
  if (key === 'earlyStopping') return describeEarlyStopping(choices.earlyStopping)
  const value = choices[key]
  if (value !== null) return String(value)
  if (key === 'splitSeed') return 'the seed'
  return key === 'limit' ? 'all' : 'automatic'
}

/** "constant", "cosine down to 0", "halved …" */
export function describeSchedule(schedule: LearningRateSchedule): string {
  if (schedule.kind === 'constant') return 'constant'
  const floor = schedule.floor === 0 ? '0' : `${percent(schedule.floor)} of the rate`
  if (schedule.kind === 'cosine') return `cosine down to ${floor}`
  return `times ${schedule.factor} after ${epochs(schedule.patience)} without gain, down to ${floor}`
}

export function describeEarlyStopping(stopping: EarlyStopping | null): string {
  if (stopping === null) return 'none'
  const gain = stopping.minimumGain === 0 ? '' : ` of at least ${percent(stopping.minimumGain)}`
  return `after ${epochs(stopping.patience)} without gain${gain}`
}

function epochs(count: number): string {
  return `${count} ${count === 1 ? 'epoch' : 'epochs'}`
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`
}
