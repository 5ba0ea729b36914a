/** Seeded chance: everything random in the demo corpus comes from here, one stream per piece. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

export class Chance {
  private readonly generator

  /** The same seed and stream name always give the same choices, whatever other streams were used for. */
  constructor(seed: number, stream: string) {
    this.generator = xoroshiro128plus(mix(seed, stream))
  }

  /** A whole number from `from` to `to`, both included. */
  integer(from: number, to: number): number {
    return uniformInt(this.generator, from, to)
  }

  /** True with a probability in [0,1]. */
  happens(probability: number): boolean {
    return uniformFloat64(this.generator) < probability
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.integer(0, items.length - 1)]
    if (item === undefined) throw new RangeError('Nothing to pick from.')
    return item
  }
}

/** FNV-1a over the seed and the stream's name, as a signed 32-bit number. */
function mix(seed: number, stream: string): number {
  let hash = 0x811c9dc5
  for (const character of `${String(seed)}/${stream}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return hash | 0
}
