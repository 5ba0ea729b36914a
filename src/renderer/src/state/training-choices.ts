/** What can be chosen for a training: as the presets have it, as a run was trained, and as the engine is asked. */
import { formatArchitectureSpec } from '@shared/domain/architecture'
import { PRESETS, presetInputSize } from '@shared/domain/presets'
import type {
  EarlyStopping,
  LearningRateSchedule,
  Precision,
  Preset,
  RunPlan,
  SplitUnit,
  Stratum,
} from '@shared/domain/run'
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
  /** Null: as many as free memory allows. */
  readonly microBatch: number | null
  readonly dropout: number
  readonly learningRate: number
  readonly schedule: LearningRateSchedule
  /** Null: all epochs are trained. */
  readonly earlyStopping: EarlyStopping | null
  readonly keepCheckpoints: number
  readonly split: SplitUnit
  /** Null: split by the seed. */
  readonly splitSeed: number | null
  /** Share that is held out. */
  readonly validation: number
  /** What the share is held out within. */
  readonly stratify: 'none' | Stratum
  readonly seed: number
  readonly head: 'none' | 'style' | 'composer'
  readonly headWeight: number
  /** Train on so many samples only; null uses all. */
  readonly limit: number | null
  /** Null: as measured on this machine, else as TensorFlow chooses. */
  readonly threads: number | null
  /** auto, cpu or gpu:N */
  readonly device: string
  readonly precision: Precision
  readonly tags: readonly string[]
  readonly notes: string
}

/** What each kind of schedule starts with when it is chosen. */
export const SCHEDULES: {
  readonly [K in LearningRateSchedule['kind']]: Extract<LearningRateSchedule, { kind: K }>
} = {
  constant: { kind: 'constant' },
  cosine: { kind: 'cosine', floor: 0 },
  plateau: { kind: 'plateau', factor: 0.5, patience: 3, floor: 0.01 },
}

export const EARLY_STOPPING: EarlyStopping = { patience: 5, minimumGain: 0 }

export function presetSettings(preset: Preset, cropSize: number) {
  const { spec, epochs, batchSize, dropout, learningRate } = PRESETS[preset]
  const inputSize = presetInputSize(preset, cropSize)
  const automatic = { microBatch: null, schedule: SCHEDULES.constant, earlyStopping: null }
  return { preset, spec, inputSize, epochs, batch: batchSize, dropout, learningRate, ...automatic }
}

export function presetChoices(preset: Preset, cropSize: number): TrainingChoices {
  return {
    ...presetSettings(preset, cropSize),
    name: '',
    keepCheckpoints: 3,
    split: 'piece',
    splitSeed: null,
    validation: 0.2,
    stratify: 'none',
    seed: 1,
    head: 'none',
    headWeight: 0,
    limit: null,
    threads: null,
    device: 'auto',
    precision: 'float32',
    tags: [],
    notes: '',
  }
}

/** The choices that make the same plan again; name, tags and notes are left to be given anew. */
export function choicesOfPlan(plan: RunPlan): TrainingChoices {
  const { architecture, sampleSet, split } = plan
  const { head } = architecture
  const used = split.train.length + split.validation.length
  const preset = plan.preset ?? 'quick'
  return {
    ...presetChoices(preset, sampleSet.size),
    ...learningOfPlan(plan, preset),
    spec: formatArchitectureSpec(architecture.blocks),
    inputSize: architecture.inputSize,
    dropout: architecture.dropout,
    split: split.by,
    splitSeed: plan.splitSeed ?? null,
    // An imported model has no such share: nothing is known of what it was trained on.
    validation: split.fraction > 0 && split.fraction < 1 ? split.fraction : 0.2,
    stratify: split.stratify ?? 'none',
    seed: plan.seed,
    head: head?.field ?? 'none',
    headWeight: head?.weight ?? 0,
    limit: used >= 2 && used < sampleSet.samples ? used : null,
    threads: plan.threads,
    device: plan.device ?? 'auto',
    precision: plan.precision ?? 'float32',
  }
}

/** What it was resumed with last, else what it began with. */
export function newestRate({ optimizer: { learningRate, rateChanges } }: Pick<RunPlan, 'optimizer'>): number {
  return rateChanges?.at(-1)?.learningRate ?? learningRate
}

/** An imported model was not learned here: only its form can be taken over, the rest is the preset's. */
function learningOfPlan(plan: RunPlan, preset: Preset): Partial<TrainingChoices> {
  const { optimizer } = plan
  const { epochs, batchSize, microBatch } = optimizer
  // A rate that the run could not keep is not worth trying again.
  const learningRate = newestRate(plan)
  if (epochs === 0) return { epochs: PRESETS[preset].epochs }
  const { schedule = SCHEDULES.constant, earlyStopping = null } = optimizer
  return { epochs, batch: batchSize, microBatch, learningRate, schedule, earlyStopping }
}

export function toRequest(choices: TrainingChoices, sampleSet: SampleSet): RequestInput<'training', 'start'> {
  const { name, notes, tags, head, headWeight, limit, stratify, ...others } = choices
  const { microBatch, threads, earlyStopping, splitSeed, ...settings } = others
  return {
    ...settings,
    sampleSet: sampleSet.id,
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
    ...(notes.trim() === '' ? {} : { notes: notes.trim() }),
    ...(stratify === 'none' ? {} : { stratify }),
    ...(head === 'none' ? {} : { head, headWeight }),
    ...(limit === null ? {} : { limit: Math.min(limit, sampleSet.samples) }),
    ...(microBatch === null ? {} : { microBatch }),
    ...(threads === null ? {} : { threads }),
    ...(earlyStopping === null ? {} : { earlyStopping }),
    ...(splitSeed === null ? {} : { splitSeed }),
  }
}
