/** What each rule of sampling is called when it has refused a draw. */
import { REFUSALS, type Refusal, type RefusalCounts } from './sampling-rules'

export const REFUSAL_WORDS: Readonly<Record<Refusal, string>> = {
  margin: 'in the margin',
  region: 'touching an excluded region',
  'too-white': 'too white',
  'too-little-ink': 'with too little ink',
}

export const NO_REFUSALS: RefusalCounts = { margin: 0, region: 0, 'too-white': 0, 'too-little-ink': 0 }

/** "1,430 too white, 68 touching an excluded region": the commonest first; empty where nothing was refused. */
export function describeRefusals(counts: RefusalCounts): string {
  return REFUSALS.filter((refusal) => counts[refusal] > 0)
    .toSorted((a, b) => counts[b] - counts[a])
    .map((refusal) => `${counts[refusal].toLocaleString('en-GB')} ${REFUSAL_WORDS[refusal]}`)
    .join(', ')
}

export function totalRefused(counts: RefusalCounts): number {
  return REFUSALS.reduce((sum, refusal) => sum + counts[refusal], 0)
}

export function addRefusals(one: RefusalCounts, other: RefusalCounts): RefusalCounts {
  return {
    margin: one.margin + other.margin,
    region: one.region + other.region,
    'too-white': one['too-white'] + other['too-white'],
    'too-little-ink': one['too-little-ink'] + other['too-little-ink'],
  }
}
