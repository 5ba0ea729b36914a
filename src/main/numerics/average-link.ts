/** Groups by average linkage (UPGMA; Sokal & Michener 1958), found through chains of nearest neighbours (Murtagh 1983). */
import type { Pause } from './correlation'

/** A merge of two groups; items are groups 0 to n − 1, the first merge makes group n. */
export interface Merge {
  readonly one: number
  readonly other: number
  /** Mean similarity of the items of one to those of the other. */
  readonly similarity: number
  readonly size: number
}

/**
 * Merges down to one group, most similar first.
 * @param similarities symmetric [items, items]; used up
 */
export async function averageLink(
  similarities: Float32Array,
  items: number,
  pause: Pause,
): Promise<readonly Merge[]> {
  const sizes = new Float64Array(items).fill(1)
  const alive = new Uint8Array(items).fill(1)
  const found: { readonly one: number; readonly other: number; readonly similarity: number }[] = []
  const chain: number[] = []
  while (found.length < items - 1) {
    if (chain.length === 0) chain.push(alive.indexOf(1))
    if (found.length % 64 === 0) await pause()
    const last = chain.at(-1) ?? 0
    const before = chain.at(-2)
    const nearest = nearestOf(similarities, { item: last, items, alive, prefer: before })
    if (nearest !== before) {
      chain.push(nearest)
      continue
    }
    chain.length -= 2
    found.push({ one: last, other: nearest, similarity: similarities[last * items + nearest] ?? 0 })
    absorb(similarities, { into: last, from: nearest, items, sizes, alive })
  }
  return numbered(found, items)
}

/** Group of each item when merges below the threshold are not made; numbered from 0 in the order of first items. */
export function cutAt(merges: readonly Merge[], items: number, threshold: number): Int32Array {
  const parent = Int32Array.from({ length: items + merges.length }, (_, at) => at)
  for (const [at, { one, other, similarity }] of merges.entries())
    if (similarity >= threshold) {
      parent[one] = items + at
      parent[other] = items + at
    }
  const rootOf = (item: number): number => {
    let at = item
    while (parent[at] !== at) at = parent[at] ?? at
    return at
  }
  const numbers = new Map<number, number>()
  return Int32Array.from({ length: items }, (_, item) => {
    const root = rootOf(item)
    const known = numbers.get(root) ?? numbers.size
    numbers.set(root, known)
    return known
  })
}

interface Among {
  readonly item: number
  readonly items: number
  readonly alive: Uint8Array
  /** Taken where others are as near, so that chains end. */
  readonly prefer: number | undefined
}

function nearestOf(similarities: Float32Array, { item, items, alive, prefer }: Among): number {
  let nearest = prefer ?? -1
  let best = prefer === undefined ? -Infinity : (similarities[item * items + prefer] ?? -Infinity)
  for (let other = 0; other < items; other += 1) {
    if (other === item || alive[other] === 0) continue
    const similarity = similarities[item * items + other] ?? -Infinity
    if (similarity > best) {
      best = similarity
      nearest = other
    }
  }
  return nearest
}

interface Absorption {
  readonly into: number
  readonly from: number
  readonly items: number
  readonly sizes: Float64Array
  readonly alive: Uint8Array
}

/** The mean over both groups' items (Lance & Williams 1967). */
function absorb(similarities: Float32Array, { into, from, items, sizes, alive }: Absorption): void {
  const [size, added] = [sizes[into] ?? 1, sizes[from] ?? 1]
  for (let other = 0; other < items; other += 1) {
    if (alive[other] === 0 || other === into || other === from) continue
    const mean =
      (size * (similarities[into * items + other] ?? 0) + added * (similarities[from * items + other] ?? 0)) /
      (size + added)
    similarities[into * items + other] = mean
    similarities[other * items + into] = mean
  }
  sizes[into] = size + added
  alive[from] = 0
}

/** Chains find merges out of order: sorted, and groups named by the merge that made them. */
function numbered(
  found: readonly { readonly one: number; readonly other: number; readonly similarity: number }[],
  items: number,
): readonly Merge[] {
  const groupOf = Int32Array.from({ length: items }, (_, at) => at)
  const sizes = new Map<number, number>()
  const leader = Int32Array.from({ length: items }, (_, at) => at)
  const leaderOf = (item: number): number => {
    let at = item
    while (leader[at] !== at) at = leader[at] ?? at
    return at
  }
  return [...found.entries()]
    .sort(([a, { similarity: x }], [b, { similarity: y }]) => y - x || a - b)
    .map(([, merge], at) => {
      const [into, from] = [leaderOf(merge.one), leaderOf(merge.other)]
      const [a, b] = [groupOf[into] ?? 0, groupOf[from] ?? 0]
      const size = (sizes.get(a) ?? 1) + (sizes.get(b) ?? 1)
      leader[from] = into
      groupOf[into] = items + at
      sizes.set(items + at, size)
      return { one: Math.min(a, b), other: Math.max(a, b), similarity: merge.similarity, size }
    })
}
