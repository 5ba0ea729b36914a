import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type SplitRequest, type SplitSample, splitSamples } from '../../src/main/core/sampling/split'

const names = fc.constantFrom('a', 'b', 'c', 'd')
/** Samples as a set has them: in order of their pages, each page in one piece. */
const corpora = fc
  .array(fc.record({ style: names, composer: names, piece: names, crops: fc.integer({ min: 1, max: 5 }) }), {
    minLength: 2,
    maxLength: 30,
  })
  .map((pages): readonly SplitSample[] =>
    pages
      .flatMap(({ crops, ...place }, page) =>
        Array.from({ length: crops }, () => ({ ...place, page: page + 1 })),
      )
      .map((sample, index) => ({ ...sample, index })),
  )
const requests: fc.Arbitrary<SplitRequest> = fc.record({
  by: fc.constantFrom('piece' as const, 'page' as const, 'crop' as const),
  fraction: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
  seed: fc.integer({ min: 0, max: 4_294_967_295 }),
  samples: corpora,
})

const groupOf = {
  piece: ({ style, composer, piece }: SplitSample) => [style, composer, piece].join('/'),
  page: ({ page }: SplitSample) => page,
  crop: ({ index }: SplitSample) => index,
}
const groupsIn = ({ by, samples }: SplitRequest): ReadonlyMap<unknown, number> => {
  const sizes = new Map<unknown, number>()
  for (const sample of samples) sizes.set(groupOf[by](sample), (sizes.get(groupOf[by](sample)) ?? 0) + 1)
  return sizes
}
const splittable = requests.filter((request) => groupsIn(request).size >= 2)

describe('a split', () => {
  it('puts every sample on one side, tears no group apart and leaves no side empty', () => {
    fc.assert(
      fc.property(splittable, (request) => {
        const { train, validation } = splitSamples(request)
        expect([...train, ...validation].sort((a, b) => a - b)).toEqual(
          request.samples.map(({ index }) => index),
        )
        expect(train.length).toBeGreaterThan(0)
        expect(validation.length).toBeGreaterThan(0)
        const group = (index: number): unknown => groupOf[request.by](request.samples[index] as SplitSample)
        const held = new Set(validation.map(group))
        expect(train.filter((index) => held.has(group(index)))).toEqual([])
      }),
    )
  })

  it('comes as near to the fraction as one group more or less', () => {
    fc.assert(
      fc.property(splittable, (request) => {
        const { validation } = splitSamples(request)
        const target = request.fraction * request.samples.length
        const sizes = [...groupsIn(request).values()]
        const largest = Math.max(...sizes)
        // Where only one group may be left to train on, the share that can be held out ends there.
        const most = request.samples.length - Math.min(...sizes)
        expect(Math.abs(validation.length - Math.min(target, most))).toBeLessThanOrEqual(largest)
      }),
    )
  })

  it('is exact where groups are single crops', () => {
    const samples = Array.from({ length: 1000 }, (_, index) => ({
      index,
      page: 1,
      style: 's',
      composer: 'c',
      piece: 'p',
    }))
    const { validation } = splitSamples({ by: 'crop', fraction: 0.2, seed: 3, samples })
    expect(validation).toHaveLength(200)
    // Not simply the first or every fifth one.
    expect(new Set(validation.map((index) => Math.floor(index / 100))).size).toBe(10)
  })

  it('is the same for the same seed, whatever the ids of pages and the order of asking', () => {
    fc.assert(
      fc.property(splittable, (request) => {
        const split = splitSamples(request)
        const renumbered = request.samples.map((sample) => ({ ...sample, page: 1000 - sample.page }))
        expect(splitSamples({ ...request, samples: renumbered })).toEqual(split)
        expect(splitSamples({ ...request, samples: [...request.samples].reverse() })).toEqual(split)
      }),
    )
  })

  it('is another one for another seed', () => {
    const samples = Array.from({ length: 60 }, (_, index) => ({
      index,
      page: index,
      style: 's',
      composer: 'c',
      piece: `p${String(Math.floor(index / 3))}`,
    }))
    const splits = [1, 2, 3, 4].map(
      (seed) => splitSamples({ by: 'piece', fraction: 0.3, seed, samples }).validation,
    )
    expect(new Set(splits.map((split) => split.join())).size).toBe(4)
  })

  it('keeps the indices of a subset of the set', () => {
    const samples = [3, 8, 20, 21].map((index) => ({
      index,
      page: index,
      style: 's',
      composer: 'c',
      piece: 'p',
    }))
    const { train, validation } = splitSamples({ by: 'page', fraction: 0.25, seed: 1, samples })
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual([3, 8, 20, 21])
  })

  it('needs two groups', () => {
    const samples = [0, 1].map((index) => ({ index, page: 1, style: 's', composer: 'c', piece: 'p' }))
    expect(() => splitSamples({ by: 'piece', fraction: 0.2, seed: 1, samples })).toThrow(
      'Only 1 piece(s) have samples, so none can be held out: add pages or split by crop.',
    )
    expect(() => splitSamples({ by: 'page', fraction: 0.2, seed: 1, samples: [] })).toThrow('Only 0 page(s)')
    expect(splitSamples({ by: 'crop', fraction: 0.2, seed: 1, samples }).validation).toHaveLength(1)
  })
})
