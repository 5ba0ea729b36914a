/** Seeded randomness that depends on what it is for and on nothing else. */
import { createHash } from 'node:crypto'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import { uniformInt } from 'pure-rand/distribution/uniformInt'

export interface RandomStream {
  /** A whole number from 0 to `most`, each as likely as any other. */
  upTo(most: number): number
}

/** Recorded with sample sets: another way of drawing would be another name. */
export const STREAM_METHOD = 'xoroshiro128+ seeded by SHA-256'

/**
 * The stream that belongs to `parts`: xoroshiro128+ (Blackman & Vigna 2018) whose 128 bits of state are the first of the
 * SHA-256 over them. The same parts give the same stream; any other parts an independent one.
 */
export function randomStream(...parts: readonly (string | number)[]): RandomStream {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest()
  const state = [0, 4, 8, 12].map((offset) => digest.readInt32LE(offset))
  const generator = xoroshiro128plusFromState(state)
  return { upTo: (most) => uniformInt(generator, 0, most) }
}
