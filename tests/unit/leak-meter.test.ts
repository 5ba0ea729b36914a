import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coveredArea, type LeakSample, measureLeaks } from '../../src/main/core/sampling/leak-meter'
import { splitSamples } from '../../src/main/core/sampling/split'

const SIZE = 6

function crop(index: number, place: Partial<LeakSample>): LeakSample {
  const page = place.page ?? 1
  return {
    index,
    page,
    x: 0,
    y: 0,
    size: SIZE,
    style: 's',
    composer: 'c',
    piece: 'p',
    pageSha256: `bytes of page ${page}`,
    ...place,
  }
}

/** Crops on a few small pages, so that many overlap; page p belongs to piece p/2. */
const crops: fc.Arbitrary<readonly LeakSample[]> = fc
  .array(
    fc.record({
      page: fc.integer({ min: 1, max: 5 }),
      x: fc.integer({ min: 0, max: 14 }),
      y: fc.integer({ min: 0, max: 14 }),
    }),
    { minLength: 2, maxLength: 40 },
  )
  .map((places) =>
    places.map((place, index) => crop(index, { ...place, piece: `p${Math.floor(place.page / 2)}` })),
  )

/** Pixel by pixel. */
function bruteForce(
  { train, validation }: { readonly train: readonly number[]; readonly validation: readonly number[] },
  samples: readonly LeakSample[],
) {
  const at = (index: number): LeakSample => samples[index] as LeakSample
  let [sharePage, sharePiece, sharePixels, shared] = [0, 0, 0, 0]
  for (const held of validation.map(at)) {
    const others = train.map(at).filter(({ pageSha256 }) => pageSha256 === held.pageSha256)
    if (others.length > 0) sharePage += 1
    if (train.map(at).some(({ piece }) => piece === held.piece)) sharePiece += 1
    let seen = 0
    for (let y = held.y; y < held.y + held.size; y += 1)
      for (let x = held.x; x < held.x + held.size; x += 1)
        if (others.some((o) => x >= o.x && x < o.x + o.size && y >= o.y && y < o.y + o.size)) seen += 1
    if (seen > 0) sharePixels += 1
    shared += seen
  }
  return { sharePage, sharePiece, sharePixels, sharedArea: shared / (validation.length * SIZE ** 2) }
}

describe('the leak meter', () => {
  it('equals counting pixel by pixel, whatever overlaps', () => {
    fc.assert(
      fc.property(crops, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (samples, sides) => {
        const train = samples.filter(({ index }) => sides[index]).map(({ index }) => index)
        const validation = samples.filter(({ index }) => !sides[index]).map(({ index }) => index)
        fc.pre(validation.length > 0)
        expect(measureLeaks({ by: 'crop', train, validation }, samples)).toMatchObject(
          bruteForce({ train, validation }, samples),
        )
      }),
      { numRuns: 300 },
    )
  })

  it('knows these overlaps', () => {
    // A quarter from the left above, a quarter from the right above, both again, and the lower third.
    const square = { x: 10, y: 10, size: 6 }
    const at = (x: number, y: number) => ({ x, y, size: 6 })
    expect(coveredArea(square, [])).toBe(0)
    expect(coveredArea(square, [at(16, 10), at(10, 4), at(4, 16)])).toBe(0)
    expect(coveredArea(square, [at(7, 7)])).toBe(9)
    expect(coveredArea(square, [at(7, 7), at(13, 7), at(7, 7)])).toBe(18)
    expect(coveredArea(square, [at(7, 7), at(13, 7), at(10, 14)])).toBe(30)
    expect(coveredArea(square, [at(9, 7), at(9, 11)])).toBe(30)
    expect(coveredArea(square, [square, at(12, 12)])).toBe(36)
  })

  it('reports which crops share most, and what the split can promise', () => {
    const samples = [
      crop(0, {}),
      crop(1, { x: 3 }),
      crop(2, { x: 1 }),
      crop(3, { page: 2 }),
      crop(4, { page: 3, piece: 'q' }),
    ]
    const report = measureLeaks({ by: 'crop', train: [0], validation: [1, 2, 3, 4] }, samples)
    expect(report).toMatchObject({ train: 1, validation: 4, sharePage: 2, sharePiece: 3, sharePixels: 2 })
    expect(report.worst).toEqual([
      { index: 2, page: 1, sharedArea: 5 / 6 },
      { index: 1, page: 1, sharedArea: 1 / 2 },
    ])
    expect(report.sharedArea).toBeCloseTo((30 + 18) / (4 * 36), 15)
    expect(report.optimistic).toMatch(/^Optimistic: held-out crops are from pages that were also trained on/)
  })

  it('finds a page that was imported into two pieces', () => {
    const samples = [crop(0, { page: 1 }), crop(1, { page: 2, piece: 'copy', pageSha256: 'bytes of page 1' })]
    const report = measureLeaks({ by: 'piece', train: [0], validation: [1] }, samples)
    expect(report).toMatchObject({
      sharePage: 1,
      sharePiece: 0,
      sharePixels: 1,
      sharedArea: 1,
      optimistic: null,
    })
  })

  it('finds nothing shared in a split by piece, no page shared in one by page', () => {
    fc.assert(
      fc.property(crops, fc.integer({ min: 0, max: 99 }), (samples, seed) => {
        fc.pre(new Set(samples.map(({ piece }) => piece)).size > 1)
        const by = (unit: 'piece' | 'page') =>
          measureLeaks(splitSamples({ by: unit, fraction: 0.3, seed, samples }), samples)
        expect(by('piece')).toMatchObject({ sharePage: 0, sharePiece: 0, sharePixels: 0, sharedArea: 0 })
        expect(by('page')).toMatchObject({ sharePage: 0, sharePixels: 0 })
      }),
    )
  })
})

describe('a stratified split', () => {
  const strata = fc
    .array(
      fc.record({
        style: fc.constantFrom('a', 'b'),
        composer: fc.constantFrom('x', 'y'),
        piece: fc.constantFrom('1', '2', '3', '4'),
        count: fc.integer({ min: 1, max: 5 }),
      }),
      { minLength: 2, maxLength: 16 },
    )
    .map((pages) =>
      pages
        .flatMap(({ count, ...place }, page) =>
          Array.from({ length: count }, () => ({ ...place, page: page + 1 })),
        )
        .map((sample, index) => ({ ...sample, index })),
    )

  /** The nearest sum of any choice of groups that takes at least one and leaves at least one. */
  function nearest(sizes: readonly number[], target: number): number {
    let best = Infinity
    for (let choice = 1; choice < 2 ** sizes.length - 1; choice += 1) {
      const sum = sizes.reduce((total, size, place) => total + (choice & (1 << place) ? size : 0), 0)
      if (Math.abs(sum - target) < Math.abs(best - target)) best = sum
    }
    return Math.abs(best - target)
  }

  it('comes within each stratum as near to the share as any choice of whole pieces can', () => {
    fc.assert(
      fc.property(strata, fc.double({ min: 0.05, max: 0.9, noNaN: true }), (samples, fraction) => {
        const strataOf = Map.groupBy(samples, ({ style }) => style)
        const sizesOf = (members: typeof samples): readonly number[] =>
          [...Map.groupBy(members, (m) => `${m.composer} ${m.piece}`).values()].map(({ length }) => length)
        fc.pre([...strataOf.values()].some((members) => sizesOf(members).length > 1))
        const split = splitSamples({ by: 'piece', fraction, seed: 5, samples, stratify: 'style' })
        const held = new Set(split.validation)
        for (const [style, members] of strataOf) {
          const sizes = sizesOf(members)
          const taken = members.filter(({ index }) => held.has(index)).length
          if (sizes.length < 2) {
            expect(taken).toBe(0)
            expect(split.trainOnly).toContain(style)
          } else
            expect(Math.abs(taken - fraction * members.length)).toBeCloseTo(
              nearest(sizes, fraction * members.length),
              9,
            )
        }
        const pieceOf = (index: number): string => {
          const { style, composer, piece } = samples[index] as (typeof samples)[number]
          return `${style} ${composer} ${piece}`
        }
        const heldPieces = new Set(split.validation.map(pieceOf))
        expect(split.train.some((index) => heldPieces.has(pieceOf(index)))).toBe(false)
        expect(split.train.length + split.validation.length).toBe(samples.length)
      }),
    )
  })

  it('depends on the seed and on nothing else', () => {
    const samples = Array.from({ length: 120 }, (_, index) => ({
      index,
      page: index,
      style: `style ${index % 3}`,
      composer: `c${index % 6}`,
      piece: `p${index % 24}`,
    }))
    const held = (seed: number, list = samples): readonly number[] =>
      splitSamples({ by: 'piece', fraction: 0.25, seed, samples: list, stratify: 'composer' }).validation
    expect(held(1)).toEqual(held(1, [...samples].reverse()))
    expect(held(1)).not.toEqual(held(2))
    expect(held(1)).toHaveLength(30)
  })

  it('leaves plans without strata as they were', () => {
    const samples = Array.from({ length: 20 }, (_, index) => crop(index, { page: index, piece: `p${index}` }))
    const split = splitSamples({ by: 'piece', fraction: 0.2, seed: 1, samples })
    expect(Object.keys(split)).toEqual(['by', 'fraction', 'train', 'validation'])
    expect(split.validation).toEqual([0, 5, 14, 18])
  })

  it('needs one stratum that can be divided', () => {
    const samples = [0, 1].map((index) => crop(index, { style: `s${index}`, piece: `p${index}` }))
    expect(() => splitSamples({ by: 'piece', fraction: 0.2, seed: 1, samples, stratify: 'style' })).toThrow(
      'none can be held out',
    )
  })
})
