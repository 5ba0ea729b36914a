/** Tiny runs that are removed after each test, and what they wrote. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { EpochMetrics } from '@shared/domain/run'
import { modelParameters, type ParameterValues } from '../../../src/main/compute/parameters'
import { type Checkpoint, CheckpointFolder } from '../../../src/main/compute/checkpoint'
import { createTinyRun, type TinyOptions, type TinyRun } from './tiny-run'

/** To be called once in a file of tests. */
export function tinyRuns(): (options?: TinyOptions) => TinyRun {
  const cleanUps: (() => void)[] = []
  afterEach(() => {
    for (const done of cleanUps.splice(0)) done()
  })
  return (options = {}) => {
    const { run, done } = createTinyRun(options)
    cleanUps.push(done)
    return run
  }
}

export const checkpointNames = ({ runFolder }: TinyRun): string[] =>
  readdirSync(join(runFolder, 'checkpoints')).sort()

/** The newest good checkpoint. */
export function newestCheckpoint({ runFolder, plan }: TinyRun): Checkpoint {
  const { checkpoint } = new CheckpointFolder(runFolder).newest(modelParameters(plan.architecture))
  if (checkpoint === null) throw new Error('There is no checkpoint.')
  return checkpoint
}

export function allFinite(values: ParameterValues): boolean {
  return [...values.values()].every((numbers) => numbers.every((value) => Number.isFinite(value)))
}

/** The epochs in metrics.jsonl. */
export function epochsOf({ runFolder }: TinyRun): EpochMetrics[] {
  return readFileSync(join(runFolder, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string } & EpochMetrics)
    .filter(({ kind }) => kind === 'epoch')
}
