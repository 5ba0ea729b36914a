/** All chance in training, as pure functions of the run's seed. */
import { uniformFloat32 } from 'pure-rand/distribution/uniformFloat32'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'

/** Keeps the streams of different uses apart. */
const PURPOSES = { initialization: 1, order: 2, dropout: 3 } as const

/** The stream from which one parameter's first values are drawn. */
export function initializationGenerator(seed: number, parameterOrdinal: number): RandomGenerator {
  return generator(seed, PURPOSES.initialization, parameterOrdinal)
}

/** Uniform in [0, 1), a multiple of 2⁻²⁴. */
export function uniform(random: RandomGenerator): number {
  return uniformFloat32(random)
}

/** The training samples in the order of an epoch (Fisher & Yates), which depends on the seed and the epoch alone. */
export function epochOrder(samples: readonly number[], seed: number, epoch: number): Int32Array {
  const order = Int32Array.from(samples)
  const random = generator(seed, PURPOSES.order, epoch)
  for (let last = order.length - 1; last > 0; last -= 1) {
    const chosen = uniformInt(random, 0, last)
    const moved = order[last] ?? 0
    order[last] = order[chosen] ?? 0
    order[chosen] = moved
  }
  return order
}

/**
 * Two int32 that seed a micro-batch's first dropout; the n-th dropout adds n to the second.
 * Distinct for every micro-batch of a run until 2³² dropouts have been drawn.
 */
export function dropoutSeed(
  seed: number,
  counter: { readonly microBatches: number; readonly dropoutsEach: number },
): readonly [number, number] {
  return [mix(seed, PURPOSES.dropout) | 0, Math.imul(counter.microBatches, counter.dropoutsEach)]
}

/** Nearby seeds must not give nearby streams, so all four words of the state are scrambled. */
function generator(seed: number, purpose: number, ordinal: number): RandomGenerator {
  const start = mix(mix(seed, purpose), ordinal)
  return xoroshiro128plusFromState([1, 2, 3, 4].map((word) => mix(start, word) | 0))
}

/** Two 32-bit words to one, every bit depending on every bit (finalizer of MurmurHash3, Appleby 2011). */
function mix(a: number, b: number): number {
  let hash = Math.imul(a, 0x9e3779b1) + Math.imul(b, 0x85ebca77) + 0x165667b1
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
