/** Which samples are held out: whole pieces, whole pages, or single crops. */
import type { Split, SplitUnit } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { AppError } from '@shared/errors'
import { type RandomStream, randomStream } from './random-stream'

/** What a split needs to know of a sample. */
export type SplitSample = Pick<SampleWithPage, 'index' | 'page' | 'style' | 'composer' | 'piece'>

export interface SplitRequest {
  /** What is never torn apart: a piece's crops are all on one side, or a page's. */
  readonly by: SplitUnit
  /** Share of the samples to hold out, in (0,1). */
  readonly fraction: number
  readonly seed: number
  readonly samples: readonly SplitSample[]
}

const GROUP_OF: Readonly<Record<SplitUnit, (sample: SplitSample) => string>> = {
  piece: ({ style, composer, piece }) => JSON.stringify([style, composer, piece]),
  page: ({ page }) => String(page),
  crop: ({ index }) => String(index),
}

/**
 * Holds out whole groups in a seeded order, taking each that brings the held-out share nearer to `fraction`. Both sides
 * have at least one group. The same samples and seed give the same split, whatever the ids of pages are.
 * @throws AppError training/too-few-groups
 */
export function splitSamples({ by, fraction, seed, samples }: SplitRequest): Split {
  const groups = groupSamples(samples, GROUP_OF[by])
  if (groups.length < 2) throw AppError.of('training/too-few-groups', { by, groups: groups.length })
  const shuffled = shuffle(groups, randomStream('split', by, seed))
  const heldOut = new Set(chooseGroups(shuffled, fraction * samples.length).flat())
  const indices = samples.map(({ index }) => index).sort((a, b) => a - b)
  return {
    by,
    fraction,
    train: indices.filter((index) => !heldOut.has(index)),
    validation: indices.filter((index) => heldOut.has(index)),
  }
}

/** Indices of each group, in the order in which the groups first occur. */
function groupSamples(
  samples: readonly SplitSample[],
  groupOf: (sample: SplitSample) => string,
): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>()
  for (const sample of [...samples].sort((a, b) => a.index - b.index)) {
    const members = groups.get(groupOf(sample))
    if (members === undefined) groups.set(groupOf(sample), [sample.index])
    else members.push(sample.index)
  }
  return [...groups.values()]
}

function chooseGroups(
  groups: readonly (readonly number[])[],
  target: number,
): readonly (readonly number[])[] {
  const chosen: (readonly number[])[] = []
  let held = 0
  for (const group of groups) {
    if (chosen.length === groups.length - 1) break
    if (Math.abs(held + group.length - target) >= Math.abs(held - target)) continue
    chosen.push(group)
    held += group.length
  }
  if (chosen.length > 0) return chosen
  // Every group is more than twice the share that is wanted: the smallest comes nearest.
  return [groups.reduce((smallest, group) => (group.length < smallest.length ? group : smallest))]
}

/** Fisher & Yates. */
function shuffle<Item>(items: readonly Item[], stream: RandomStream): readonly Item[] {
  const shuffled = [...items]
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const chosen = stream.upTo(last)
    const [here, there] = [shuffled[last] as Item, shuffled[chosen] as Item]
    shuffled[last] = there
    shuffled[chosen] = here
  }
  return shuffled
}
