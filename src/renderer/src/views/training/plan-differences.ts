/** Which choices differ between the plans of several runs. */
import type { RunPlan } from '@shared/domain/run'
import { formatArchitectureSpec } from '@shared/domain/architecture'
import { formatCount } from '../../state/format'
import { describeEarlyStopping, describeSchedule } from '../../state/training-changes'
import { describeRates } from './run-words'

export interface PlanRow {
  readonly name: string
  /** One per plan, in their order. */
  readonly values: readonly string[]
}

const CHOICES: readonly (readonly [name: string, value: (plan: RunPlan) => string])[] = [
  ['Sample set', ({ sampleSet }) => `${sampleSet.id} (${sampleSet.hash.slice(0, 8)})`],
  ['Crops trained on', ({ split }) => formatCount(split.train.length)],
  ['Crops held out', ({ split }) => formatCount(split.validation.length)],
  ['Held out whole', ({ split }) => `${split.by}s`],
  ['Share held out', ({ split }) => String(split.fraction)],
  ['Share kept within', ({ split }) => (split.stratify === undefined ? 'the set' : `each ${split.stratify}`)],
  ['Layers', ({ architecture }) => formatArchitectureSpec(architecture.blocks)],
  ['Input size', ({ architecture }) => String(architecture.inputSize)],
  ['Dropout', ({ architecture }) => String(architecture.dropout)],
  [
    'Classifier head',
    ({ architecture: { head } }) => (head === null ? 'none' : `${head.field}, weight ${head.weight}`),
  ],
  ['Epochs', ({ optimizer }) => String(optimizer.epochs)],
  ['Learning rate', ({ optimizer }) => describeRates(optimizer)],
  ['Schedule', ({ optimizer }) => describeSchedule(optimizer.schedule ?? { kind: 'constant' })],
  ['Early stopping', ({ optimizer }) => describeEarlyStopping(optimizer.earlyStopping ?? null)],
  ['Batch', ({ optimizer }) => String(optimizer.batchSize)],
  ['Micro-batch', ({ optimizer }) => String(optimizer.microBatch)],
  ['Seed', ({ seed }) => String(seed)],
  ['Seed of the split', ({ seed, splitSeed }) => String(splitSeed ?? seed)],
  ['Threads', ({ threads }) => (threads === null ? 'automatic' : String(threads))],
  ['Device', ({ device }) => device ?? 'whichever there was'],
  ['Precision', ({ precision }) => precision ?? 'float32'],
  ['XLA', ({ xla }) => (xla === true ? 'yes' : 'no')],
  ['Versions', ({ versions }) => Object.entries(versions).flat().join(' ')],
]

/** The choices in a fixed order: those that differ, and the names of those that are the same in all plans. */
export function planDifferences(plans: readonly RunPlan[]): {
  readonly different: readonly PlanRow[]
  readonly same: readonly string[]
} {
  const rows = CHOICES.map(([name, value]) => ({ name, values: plans.map(value) }))
  const differs = ({ values }: PlanRow): boolean => new Set(values).size > 1
  return {
    different: rows.filter(differs),
    same: rows.filter((row) => !differs(row)).map((row) => row.name.toLowerCase()),
  }
}
