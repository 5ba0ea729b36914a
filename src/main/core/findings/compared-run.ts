/** A run as it is compared with others: its channels' patterns, trained and before training. */
import { describeArchitecture } from '@shared/domain/architecture'
import type { ActivationPattern, Correlation } from '@shared/domain/findings'
import type { RunPlan } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { AppError } from '@shared/errors'
import { type Patterns, patternsOf } from '../../numerics/correlation'
import {
  type ActivationTables,
  type ChannelColumn,
  channelColumns,
  pieceKey,
  sampleRows,
} from './piece-means'

/** Samples that are shown for a channel or a cluster. */
const EXAMPLES = 8

export interface ComparedChannel extends ChannelColumn {
  readonly address: string
  readonly run: string
  /** The same for a channel of the last encoder layer and for that channel pooled, which is the bottleneck's. */
  readonly identity: string
}

export interface ComparedRun {
  readonly plan: RunPlan
  /** Channels that differ from sample to sample, and their patterns as rows. */
  readonly channels: readonly ComparedChannel[]
  readonly trained: Patterns
  /** All chosen channels of the network before training that differ. */
  readonly untrained: Patterns
  /** Addresses of channels that never differ. */
  readonly silent: readonly string[]
  /** Samples that excite each channel most, strongest first. */
  readonly examples: readonly (readonly number[])[]
}

export interface PatternChoices {
  readonly layer: string | null
  readonly pattern: ActivationPattern
  readonly correlation: Correlation
}

/** Untrained activations: the same channels in the same order as the tables'. */
export type UntrainedTable = Pick<ActivationTables, 'means' | 'maxima'>

export interface MeasuredRun {
  readonly plan: RunPlan
  readonly tables: ActivationTables
  readonly untrained: UntrainedTable
}

/** @throws AppError findings/nothing-differs */
export function compareReady(
  { plan, tables, untrained }: MeasuredRun,
  samples: readonly SampleWithPage[],
  choices: PatternChoices,
): ComparedRun {
  const { run } = plan
  const rows = sampleRows(tables, samples)
  const columns = channelColumns(tables, choices.layer)
  const options = {
    ranks: choices.correlation === 'spearman',
    without: Float64Array.from(rows, ({ whiteness }) => whiteness),
  }
  const take = (from: UntrainedTable) => (choices.pattern === 'mean' ? from.means : from.maxima)
  const places = { columns: columns.map(({ column }) => column), of: tables.channels }
  const trained = differing(patternsOf(take(tables), places, options))
  if (trained.rows.length === 0) throw AppError.of('findings/nothing-differs', { run })
  const poolOf = pooledLayer(plan)
  const named = columns.map((column): ComparedChannel => {
    const { layer, channel } = column
    const identity = `${run}/${layer === 'bottleneck' ? poolOf : layer}/${channel}`
    return { ...column, run, identity, address: `${run}/${layer}/${channel}` }
  })
  const channels = trained.rows.flatMap((row) => named[row] ?? [])
  return {
    plan,
    channels,
    trained: trained.patterns,
    untrained: differing(patternsOf(take(untrained), places, options)).patterns,
    silent: named.filter((_, row) => !trained.rows.includes(row)).map(({ address }) => address),
    examples: channels.map(({ column }) =>
      strongest(tables.maxima, { column, of: tables.channels }).map((row) => tables.samples[row] ?? 0),
    ),
  }
}

/** The layer that the bottleneck pools. */
function pooledLayer({ architecture }: RunPlan): string {
  const { layers } = describeArchitecture(architecture)
  const bottleneck = layers.findIndex(({ kind }) => kind === 'bottleneck')
  return layers[bottleneck - 1]?.name ?? 'bottleneck'
}

/** The piece of each row, numbered from 0, and how many there are. */
export function piecesOfRows(
  tables: ActivationTables,
  samples: readonly SampleWithPage[],
): { readonly pieceOf: Int32Array; readonly pieces: number } {
  const numbers = new Map<string, number>()
  const pieceOf = Int32Array.from(sampleRows(tables, samples), (sample) => {
    const key = pieceKey(sample)
    const known = numbers.get(key) ?? numbers.size
    numbers.set(key, known)
    return known
  })
  return { pieceOf, pieces: numbers.size }
}

/** Places of the largest values of a column, largest first. */
export function strongest(
  table: ArrayLike<number>,
  { column, of }: { readonly column: number; readonly of: number },
): readonly number[] {
  const valueAt = (row: number): number => table[row * of + column] ?? 0
  return Array.from({ length: Math.floor(table.length / of) }, (_, row) => row)
    .sort((a, b) => valueAt(b) - valueAt(a) || a - b)
    .slice(0, EXAMPLES)
}

function differing(all: Patterns): { readonly patterns: Patterns; readonly rows: readonly number[] } {
  const rows = [...all.silent.keys()].filter((row) => all.silent[row] === false)
  const values = new Float32Array(rows.length * all.length)
  for (const [at, row] of rows.entries())
    values.set(all.values.subarray(row * all.length, (row + 1) * all.length), at * all.length)
  return { rows, patterns: { rows: rows.length, length: all.length, values, silent: rows.map(() => false) } }
}
