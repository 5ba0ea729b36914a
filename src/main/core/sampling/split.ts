/** Which samples are held out: whole pieces, whole pages, or single crops. */
import type { Split, SplitUnit, Stratum } from '@shared/domain/run'
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
  /** Hold out this share within each style, or within each composer of each style. */
  readonly stratify?: Stratum | undefined
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
export function splitSamples(request: SplitRequest): Split {
  const { by, fraction, seed, samples, stratify } = request
  if (stratify !== undefined) return splitWithinStrata({ ...request, stratify })
  const groups = groupSamples(samples, GROUP_OF[by])
  if (groups.length < 2) throw AppError.of('training/too-few-groups', { by, groups: groups.length })
  const shuffled = shuffle(groups, randomStream('split', by, seed))
  const heldOut = new Set(chooseGroups(shuffled, fraction * samples.length).flat())
  return { by, fraction, ...sides(samples, heldOut) }
}

function sides(
  samples: readonly SplitSample[],
  heldOut: ReadonlySet<number>,
): Pick<Split, 'train' | 'validation'> {
  const indices = samples.map(({ index }) => index).sort((a, b) => a - b)
  return {
    train: indices.filter((index) => !heldOut.has(index)),
    validation: indices.filter((index) => heldOut.has(index)),
  }
}

const STRATUM_OF: Readonly<Record<Stratum, (sample: SplitSample) => string>> = {
  style: ({ style }) => style,
  composer: ({ style, composer }) => `${style} / ${composer}`,
}

/**
 * Holds out, within each stratum, whole groups whose crops come as near to `fraction` as any choice of groups can. A
 * stratum with a single group is trained on.
 * @throws AppError training/too-few-groups where every stratum has a single group
 */
function splitWithinStrata(request: SplitRequest & { readonly stratify: Stratum }): Split {
  const { by, fraction, seed, samples, stratify } = request
  const strata = Map.groupBy(samples, STRATUM_OF[stratify])
  const trainOnly: string[] = []
  const heldOut = new Set<number>()
  for (const name of [...strata.keys()].sort()) {
    const members = strata.get(name) ?? []
    const groups = groupSamples(members, GROUP_OF[by])
    if (groups.length < 2) trainOnly.push(name)
    const shuffled = shuffle(groups, randomStream('split', by, seed, stratify, name))
    for (const index of nearestGroups(shuffled, fraction * members.length).flat()) heldOut.add(index)
  }
  if (heldOut.size === 0) throw AppError.of('training/too-few-groups', { by, groups: strata.size })
  return { by, fraction, stratify, trainOnly, ...sides(samples, heldOut) }
}

/**
 * The groups whose sizes add up as near to `target` as possible, at least one and not all; of equally near sums the
 * smaller. Groups are taken as early in the order as the sum allows. Empty where there are fewer than two.
 */
function nearestGroups(
  groups: readonly (readonly number[])[],
  target: number,
): readonly (readonly number[])[] {
  if (groups.length < 2) return []
  const sizes = groups.map(({ length }) => length)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  // No sum need be looked at that is further above the target than one group.
  const most = Math.min(total - 1, Math.floor(target) + Math.max(...sizes))
  // firstFor[sum]: 1 + the first group with which the groups so far add up to this sum; 0 while none does.
  const firstFor = new Int32Array(most + 1)
  for (const [place, size] of sizes.entries())
    for (let sum = most - size; sum >= 0; sum -= 1)
      if ((sum === 0 || firstFor[sum] !== 0) && firstFor[sum + size] === 0) firstFor[sum + size] = place + 1
  let best = 0
  for (let sum = 1; sum <= most; sum += 1)
    if (firstFor[sum] !== 0 && (best === 0 || Math.abs(sum - target) < Math.abs(best - target))) best = sum
  const chosen: (readonly number[])[] = []
  for (let sum = best; sum > 0;) {
    const group = groups[(firstFor[sum] ?? 0) - 1] ?? []
    chosen.push(group)
    sum -= group.length
  }
  return chosen
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
