/** From what was chosen to a run's plan: everything that determines the result, resolved and checked. */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { type Architecture, type ClassificationHead, reductionFactor } from '@shared/domain/architecture'
import { architectureFrom, presetInputSize, PRESETS } from '@shared/domain/presets'
import type { Optimizer, RunPlan } from '@shared/domain/run'
import type { SampleSet, SampleWithPage } from '@shared/domain/sample-set'
import { AppError } from '@shared/errors'
import type { RequestOutput } from '@shared/requests'
import type { RuntimeSettings } from '@shared/domain/system'
import { chooseMicroBatch, type MicroBatchChoice, microBatchWarning } from './micro-batch'
import type { SplitSamples } from './training-samples'

export type TrainingChoices = RequestOutput<'training', 'start'>

export interface PlanInputs {
  readonly run: string
  readonly set: SampleSet
  /** All samples of the set, in order of their index. */
  readonly samples: readonly SampleWithPage[]
  readonly splitSamples: SplitSamples
  readonly versions: Readonly<Record<string, string>>
  /** For micro-batches that were not chosen. */
  readonly freeMemoryBytes: number
  /** What was measured to suit this machine; null where it was not measured. */
  readonly runtime: Pick<RuntimeSettings, 'threads' | 'xla'> | null
}

export interface PlannedRun {
  readonly plan: RunPlan
  /** What belongs in the run's record, in sentences. */
  readonly remarks: readonly string[]
  /** What is to be said before it starts. */
  readonly warnings: readonly string[]
}

/**
 * Fills in the preset, checks that sizes fit, draws the subset and the split.
 * @throws AppError model/spec-unreadable, model/size-indivisible, model/size-not-reducible, training/too-few-groups,
 * request/invalid
 */
export function makePlan(choices: TrainingChoices, inputs: PlanInputs): PlannedRun {
  const { run, set, samples, splitSamples, versions, runtime } = inputs
  const { seed, splitSeed = seed } = choices
  const head = headOf(choices, samples)
  const architecture = architectureOf(choices, set, head)
  const used = choices.limit === undefined ? samples : drawSubset(samples, choices.limit, splitSeed)
  const split = splitSamples({
    by: choices.split,
    fraction: choices.validation,
    seed: splitSeed,
    samples: used,
    stratify: choices.stratify,
  })
  const preset = choices.spec === undefined ? choices.preset : null
  const { optimizer, remarks, warnings } = optimizerOf(choices, architecture, inputs.freeMemoryBytes)
  const plan: RunPlan = {
    format: 1,
    run,
    name: choices.name ?? `${preset ?? choices.spec ?? run}, seed ${seed}`,
    preset,
    sampleSet: { id: set.id, hash: set.hash, size: set.size, samples: set.samples },
    split,
    architecture,
    labels: head === null ? null : samples.map((sample) => head.classes.indexOf(sample[head.field])),
    optimizer,
    seed,
    ...(splitSeed === seed ? {} : { splitSeed }),
    ...(choices.precision === 'float32' ? {} : { precision: choices.precision }),
    ...(choices.device === 'auto' ? {} : { device: choices.device }),
    ...runtimeChoices(choices, runtime),
    versions,
  }
  return { plan, remarks, warnings }
}

/** Chosen, else as measured on this machine, else as TensorFlow chooses. */
export function runtimeChoices(
  { threads }: Pick<TrainingChoices, 'threads'>,
  runtime: PlanInputs['runtime'],
): Pick<RunPlan, 'threads' | 'xla'> {
  return {
    threads: threads ?? runtime?.threads ?? null,
    ...(runtime?.xla === true ? { xla: true } : {}),
  }
}

function architectureOf(
  choices: TrainingChoices,
  set: SampleSet,
  head: ClassificationHead | null,
): Architecture {
  const preset = PRESETS[choices.preset]
  const architecture = architectureFrom({
    spec: choices.spec ?? preset.spec,
    inputSize: choices.inputSize ?? presetInputSize(choices.preset, set.size),
    dropout: choices.dropout ?? preset.dropout,
    head,
  })
  reductionFactor(set.size, architecture.inputSize)
  return architecture
}

/** Classes are the names that occur in the set, in code point order, so that equal sets give equal classes. */
function headOf(choices: TrainingChoices, samples: readonly SampleWithPage[]): ClassificationHead | null {
  const { head: field, headWeight: weight } = choices
  if (field === undefined) {
    if (weight === 0) return null
    const problem = `Expected style or composer for the field of the classification head, since its weight is ${weight}`
    throw AppError.of('request/invalid', { request: 'training.start', problem })
  }
  return { field, classes: [...new Set(samples.map((sample) => sample[field]))].sort(), weight }
}

/** What is as it always was stays out, so that old plans and new ones are alike. */
function optimizerOf(
  choices: TrainingChoices,
  architecture: Architecture,
  freeBytes: number,
): Pick<PlannedRun, 'remarks' | 'warnings'> & { readonly optimizer: Optimizer } {
  const preset = PRESETS[choices.preset]
  const batchSize = choices.batch ?? preset.batchSize
  const most = Math.min(preset.microBatch, batchSize)
  const { microBatch, remark, warning } =
    choices.microBatch === undefined
      ? chooseMicroBatch(architecture, { most, freeBytes })
      : chosenMicroBatch(architecture, { microBatch: Math.min(choices.microBatch, batchSize), freeBytes })
  const { schedule, earlyStopping } = choices
  return {
    optimizer: {
      learningRate: choices.learningRate ?? preset.learningRate,
      epochs: choices.epochs ?? preset.epochs,
      batchSize,
      microBatch,
      ...(schedule.kind === 'constant' ? {} : { schedule }),
      ...(earlyStopping === undefined ? {} : { earlyStopping }),
    },
    remarks: [remark, warning].filter((sentence) => sentence !== null),
    warnings: warning === null ? [] : [warning],
  }
}

/** Taken as it is; where memory is not expected to suffice, that is said before training begins. */
function chosenMicroBatch(
  architecture: Architecture,
  chosen: { readonly microBatch: number; readonly freeBytes: number },
): MicroBatchChoice {
  const warning = microBatchWarning(architecture, chosen)
  return { microBatch: chosen.microBatch, remark: null, warning }
}

/** The first `limit` of a seeded shuffle (Fisher & Yates), put back in order; all where there are no more. */
function drawSubset(
  samples: readonly SampleWithPage[],
  limit: number,
  seed: number,
): readonly SampleWithPage[] {
  const shuffled = [...samples]
  const random = xoroshiro128plus(seed | 0)
  const wanted = Math.min(limit, shuffled.length)
  for (let place = 0; place < wanted; place += 1) {
    const chosen = uniformInt(random, place, shuffled.length - 1)
    const [here, there] = [shuffled[place], shuffled[chosen]]
    if (here === undefined || there === undefined) break
    shuffled[place] = there
    shuffled[chosen] = here
  }
  return shuffled.slice(0, wanted).sort((a, b) => a.index - b.index)
}

/** Steps of one epoch: the last batch may be smaller. */
export function stepsPerEpoch(plan: Pick<RunPlan, 'split' | 'optimizer'>): number {
  return Math.ceil(plan.split.train.length / plan.optimizer.batchSize)
}
