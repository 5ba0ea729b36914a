/** Cross-validation in which all crops of a piece are held out together. */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

export interface FoldRequest {
  /** Class of each group; 0 for all where there are none. */
  readonly groupClasses: readonly number[]
  readonly folds: number
  readonly seed: number
}

/**
 * The fold of each group: the groups of every class are dealt out in turn, so that folds differ by at most one group
 * within each class and in all.
 */
export function dealGroups({ groupClasses, folds, seed }: FoldRequest): Int32Array {
  const random = xoroshiro128plus(seed | 0)
  const dealt = new Int32Array(groupClasses.length)
  let next = 0
  const classes = [...new Set(groupClasses)].sort((a, b) => a - b)
  for (const label of classes) {
    const groups = [...groupClasses.keys()].filter((group) => groupClasses[group] === label)
    for (let last = groups.length - 1; last > 0; last -= 1) {
      const chosen = uniformInt(random, 0, last)
      const moved = groups[last] ?? 0
      groups[last] = groups[chosen] ?? 0
      groups[chosen] = moved
    }
    for (const group of groups) {
      dealt[group] = next % folds
      next += 1
    }
  }
  return dealt
}
