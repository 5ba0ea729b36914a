import type { RunSummary } from '@shared/domain/run'

/** The run as captions name it: its address, and in brackets what its owner calls it. */
export function runFact({
  run,
  name,
}: Pick<RunSummary, 'run' | 'name'>): readonly [name: string, value: string] {
  return ['run', `${run} (${name})`]
}
