/** A run's pooled codes, with which crop each is of. */
import { setImmediate } from 'node:timers/promises'
import type { RunSummary } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { AppError, throwIfCancelled } from '@shared/errors'
import type { Matrix } from '../../numerics/matrix'
import type { Pause } from '../../numerics/symmetric-eigen'
import type { FeatureAccess } from '../ports'

export interface CodeAccess {
  readonly features: FeatureAccess
  readonly runs: {
    /** @throws AppError training/run-unknown */
    summary(run: string): RunSummary
    /** @throws AppError training/run-unknown, training/plan-damaged */
    plan(run: string): { readonly sampleSet: { readonly id: number } }
  }
  readonly samples: {
    /** All samples of a set, in order of their index. @throws AppError sampling/set-unknown */
    samplesOf(sampleSet: number): readonly SampleWithPage[]
  }
}

export interface RunCodes {
  readonly run: string
  readonly sampleSet: number
  /** Of the weights that made them; empty where the run does not say. */
  readonly weightsSha256: string
  /** Sample index of each row, ascending. */
  readonly samples: Int32Array
  readonly matrix: Matrix
  /** Places of the crop that each code has its channels for, one place after the other. */
  readonly cells: number
  /** Crop and page of each row. */
  readonly crops: readonly SampleWithPage[]
  /** The row of a sample. @throws AppError latent/index-unknown */
  rowOf(index: number): number
}

/** @throws AppError exploration/features-missing, training/run-unknown, latent/too-few-crops */
export function codesOf({ features, runs, samples }: CodeAccess, run: string): RunCodes {
  const sampleSet = runs.plan(run).sampleSet.id
  const tables = features.tables(run)
  if (tables.samples.length < 3) throw AppError.of('latent/too-few-crops', { crops: tables.samples.length })
  const all = samples.samplesOf(sampleSet)
  const cropOf = (index: number): SampleWithPage => {
    const crop = all[index]
    if (crop === undefined) throw AppError.of('sampling/index-unknown', { index, samples: all.length })
    return crop
  }
  const rows = new Map<number, number>()
  for (const [row, index] of tables.samples.entries()) rows.set(index, row)
  return {
    run,
    sampleSet,
    weightsSha256: runs.summary(run).weightsSha256 ?? '',
    samples: tables.samples,
    matrix: { rows: tables.samples.length, columns: tables.codeNumbers, values: tables.codes },
    cells: tables.grid ** 2,
    crops: Array.from(tables.samples, cropOf),
    rowOf(index) {
      const row = rows.get(index)
      if (row === undefined) throw AppError.of('latent/index-unknown', { run, index })
      return row
    },
  }
}

/** Lets other requests in between, and ends the work when its signal says so. */
export function pauseFor(signal: AbortSignal): Pause {
  return async () => {
    throwIfCancelled(signal)
    await setImmediate()
  }
}
