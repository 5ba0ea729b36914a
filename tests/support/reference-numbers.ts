/** The numbers that scripts/statistics/references.py makes, and what came of them there. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface References {
  readonly ssim: readonly {
    readonly side: number
    readonly seed: number
    readonly other: number
    readonly noisy: number
    readonly inverted: number
    readonly white: number
  }[]
  readonly pca: readonly {
    readonly rows: number
    readonly length: number
    readonly components: number
    readonly variances: readonly number[]
    readonly errors: readonly number[]
    readonly first: readonly number[]
  }[]
  readonly eigen: { readonly size: number; readonly seed: number; readonly values: readonly number[] }
  readonly bootstrap: {
    readonly clusters: number
    readonly value: number
    readonly low: number
    readonly high: number
    readonly quantiles: readonly number[]
  }
}

const file = fileURLToPath(new URL('../fixtures/statistics/references.json', import.meta.url))

export const references = JSON.parse(readFileSync(file, 'utf8')) as References

/** Lehmer's generator modulo 2³¹ − 1 with multiplier 48271: whole numbers below 256. */
export function numbers(seed: number, count: number): Uint8Array {
  let state = seed
  return Uint8Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647
    return state >>> 23
  })
}

/** White paper with a black line every seventh row, and noise; grey bytes [side, side]. */
export function staves(seed: number, side: number): Uint8Array {
  return numbers(seed, side * side).map((noise, at) =>
    Math.floor((3 * (Math.floor(at / side) % 7 === 0 ? 30 : 240) + noise) / 4),
  )
}

export const unitGrey = (bytes: Uint8Array): Float32Array => Float32Array.from(bytes, (byte) => byte / 255)
