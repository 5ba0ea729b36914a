/** Seeded randomness for statistics: what is drawn depends on the seed and on what it is for, and on nothing else. */
import { createHash } from 'node:crypto'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/** xoroshiro128+ (Blackman & Vigna 2018) whose state are the first 128 bits of the SHA-256 over seed and purpose. */
export function seededStream(seed: number, purpose: string): RandomGenerator {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, purpose]))
    .digest()
  return xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)))
}

/** Puts the places `places` of `values` into an order in which each is as likely as any other (Fisher & Yates). */
export function shuffleAt(values: Uint16Array, places: ArrayLike<number>, random: RandomGenerator): void {
  for (let last = places.length - 1; last > 0; last -= 1) {
    const chosen = places[uniformInt(random, 0, last)] ?? 0
    const here = places[last] ?? 0
    const value = values[here] ?? 0
    values[here] = values[chosen] ?? 0
    values[chosen] = value
  }
}
