/** Labels that chance could have given, and draws with replacement: what permutation tests and bootstraps are made of. */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { seededStream, shuffleAt } from './seeded-stream'

export interface ShuffleOptions {
  readonly count: number
  readonly seed: number
  /** What the labels are drawn for: other purposes give independent ones. */
  readonly purpose: string
  /** Units that may exchange labels with each other only; absent: all with all. */
  readonly within?: readonly string[]
  /** Units that keep one label together, e.g. by composer; every one of a group has the same label. */
  readonly together?: readonly string[]
}

/** Labels of all units, shuffled `count` times: [count, units]. */
export function shuffledLabels(classOf: Uint16Array, options: ShuffleOptions): Uint16Array {
  const { count, seed, purpose, within, together } = options
  const random = seededStream(seed, purpose)
  const units = classOf.length
  const groups = placesByName(together ?? Array.from({ length: units }, (_, unit) => String(unit)))
  const heads = groups.map(([unit = 0]) => unit)
  const strata = placesByName(heads.map((unit) => within?.[unit] ?? ''))
  const labels = new Uint16Array(count * units)
  const ofGroups = Uint16Array.from(heads, (unit) => classOf[unit] ?? 0)
  for (let from = 0; from < labels.length; from += units) {
    for (const places of strata) shuffleAt(ofGroups, places, random)
    for (const [group, places] of groups.entries())
      for (const unit of places) labels[from + unit] = ofGroups[group] ?? 0
  }
  return labels
}

/** How often each unit is drawn, as many from each group as there are in it: [count, units]. */
export function drawWithin(
  groupOf: readonly string[],
  options: { readonly count: number; readonly seed: number; readonly purpose: string },
): Uint16Array {
  const random = seededStream(options.seed, options.purpose)
  const groups = placesByName(groupOf)
  const counts = new Uint16Array(options.count * groupOf.length)
  for (let from = 0; from < counts.length; from += groupOf.length)
    for (const places of groups)
      for (let draw = 0; draw < places.length; draw += 1) {
        const drawn = from + (places[uniformInt(random, 0, places.length - 1)] ?? 0)
        counts[drawn] = (counts[drawn] ?? 0) + 1
      }
  return counts
}

/** Places of equal names together, in the order in which the names first occur. */
function placesByName(names: readonly string[]): readonly (readonly number[])[] {
  const places = new Map<string, number[]>()
  for (const [at, name] of names.entries()) {
    const known = places.get(name)
    if (known === undefined) places.set(name, [at])
    else known.push(at)
  }
  return [...places.values()]
}
