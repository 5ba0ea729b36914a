import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type SamplingRules, STUDY_RULES } from '@shared/domain/sampling-rules'
import { cutCrop, type DrawnCrop, shortageOf } from '../../src/main/core/sampling/page-crops'
import { drawDecodedPage, DrawingMemory } from '../../src/main/core/sampling/page-drawing'
import { PixelSums, TableMemory } from '../../src/main/core/sampling/pixel-sums'
import { randomStream } from '../../src/main/core/sampling/random-stream'
import { SampleSetHash } from '../../src/main/core/sampling/sample-set-hash'
import { type GreyImage, plainPage, stavesPage } from '../support/page-makers'

const sumOf = (pixels: Uint8Array): number => pixels.reduce((sum, value) => sum + value, 0)

/** Pages of random noise, not larger than needed. */
const noise = fc
  .tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 24 }), fc.integer())
  .map(([width, height, seed]): GreyImage => {
    const stream = randomStream('noise', seed)
    return { width, height, pixels: Uint8Array.from({ length: width * height }, () => stream.upTo(255)) }
  })
const seeds = fc.integer({ min: 0, max: 4_294_967_295 })
/** What the study's rules with other numbers give of a page. */
function drawCrops(
  grey: GreyImage,
  rules: Partial<SamplingRules>,
  sha256 = 'page',
): { crops: readonly DrawnCrop[]; refusedDraws: number; shortage: string | null } {
  const all = { seed: 1, ...STUDY_RULES, ...rules }
  const page = { ...grey, id: 1, file: '', sha256, style: '', composer: '', piece: '', regions: [] }
  const drawn = drawDecodedPage(page, grey, { rules: all, memory: new DrawingMemory() })
  return {
    crops: drawn.crops,
    refusedDraws: drawn.draws - drawn.crops.length,
    shortage: shortageOf(page, all, drawn),
  }
}

const settings = fc.record({
  seed: seeds,
  perPage: fc.integer({ min: 1, max: 8 }),
  size: fc.integer({ min: 1, max: 30 }),
  whiteness: fc.double({ min: 0.3, max: 0.7, noNaN: true }),
  triesPerPage: fc.integer({ min: 1, max: 60 }),
})

describe('sums over squares', () => {
  it('are what adding up pixel by pixel gives, before and after the table is built', () => {
    const memory = new TableMemory()
    fc.assert(
      fc.property(
        noise,
        fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 40 }),
        (page, squares) => {
          const sums = new PixelSums(page, memory)
          for (const [first, second, third] of squares) {
            const size = 1 + (first % Math.min(page.width, page.height))
            const x = second % (page.width - size + 1)
            const y = third % (page.height - size + 1)
            expect(sums.square(x, y, size)).toBe(sumOf(cutCrop(page, { x, y }, size)))
          }
        },
      ),
    )
  })

  it('stay exact where the table has long passed 2³²', () => {
    const [width, height, size] = [6000, 3000, 2048]
    const sums = new PixelSums({ width, height, pixels: new Uint8Array(width * height).fill(255) })
    for (let index = 0; index < 20; index += 1)
      expect(sums.square(width - size - index, height - size - index, size)).toBe(size * size * 255)
  })
})

describe('drawing the crops of a page', () => {
  it('never takes one over the limit, none outside the page, none too many', () => {
    fc.assert(
      fc.property(noise, settings, (page, choice) => {
        const { crops, refusedDraws, shortage } = drawCrops(page, choice)
        expect(crops.length).toBeLessThanOrEqual(choice.perPage)
        expect(crops.length + refusedDraws).toBeLessThanOrEqual(choice.triesPerPage)
        expect(shortage === null).toBe(crops.length === choice.perPage)
        for (const { x, y, whiteness } of crops) {
          expect(x >= 0 && y >= 0 && x + choice.size <= page.width && y + choice.size <= page.height).toBe(
            true,
          )
          const mean = sumOf(cutCrop(page, { x, y }, choice.size)) / choice.size ** 2 / 255
          expect(whiteness).toBeCloseTo(mean, 12)
          expect(whiteness).toBeLessThanOrEqual(choice.whiteness)
        }
        const draws = crops.map(({ draw }) => draw)
        expect(draws).toEqual([...new Set(draws)].sort((a, b) => a - b))
      }),
    )
  })

  it('gives the same crops for the same seed and page, and asks for no more than it needs', () => {
    fc.assert(
      fc.property(noise, settings, (page, choice) => {
        const draw = (change: Partial<SamplingRules> = {}) => drawCrops(page, { ...choice, ...change })
        expect(draw()).toEqual(draw())
        // More crops begin with the same ones: each draw is decided by itself.
        const more = draw({ perPage: choice.perPage + 3, triesPerPage: choice.triesPerPage + 50 })
        expect(more.crops.slice(0, draw().crops.length)).toEqual(draw().crops)
      }),
    )
  })

  it('goes elsewhere with another seed or another page', () => {
    const page = stavesPage({ width: 400, height: 400 })
    const choice = { seed: 1, perPage: 5, size: 50, whiteness: 1, triesPerPage: 5 }
    const places = (seed: number, sha256: string) => drawCrops(page, { ...choice, seed }, sha256).crops
    expect(places(1, 'a')).not.toEqual(places(2, 'a'))
    expect(places(1, 'a')).not.toEqual(places(1, 'b'))
    // The seed and the digest are not simply run together.
    expect(places(1, '1a')).not.toEqual(places(11, 'a'))
  })

  it('takes every place on the page, each as often as any other', () => {
    const page = plainPage(0, { width: 12, height: 11 })
    const choice = { seed: 7, perPage: 12_000, size: 9, whiteness: 1, triesPerPage: 12_000 }
    const counts = new Map<string, number>()
    for (const { x, y } of drawCrops(page, choice).crops)
      counts.set(`${String(x)},${String(y)}`, (counts.get(`${String(x)},${String(y)}`) ?? 0) + 1)
    expect(counts.size).toBe(4 * 3)
    // 1000 each; χ² with 11 degrees of freedom is below 31.3 in 999 of 1000 cases, and the seed is fixed.
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
    expect(chiSquare).toBeLessThan(31.3)
  })

  it('accepts a page as large as the crop, and the limit itself', () => {
    const page = plainPage(51, { width: 30, height: 30 })
    const choice = { seed: 1, perPage: 2, size: 30, whiteness: 0.2, triesPerPage: 2 }
    expect(drawCrops(page, choice).crops).toEqual([
      { x: 0, y: 0, draw: 1, whiteness: 0.2 },
      { x: 0, y: 0, draw: 2, whiteness: 0.2 },
    ])
    const white = drawCrops(page, { ...choice, whiteness: 0.199 })
    expect(white).toEqual({
      crops: [],
      refusedDraws: 2,
      shortage: 'in 2 draws 0 of 2 crops were accepted: 2 too white',
    })
  })
})

describe('the hash of a sample set', () => {
  const choice = { ...STUDY_RULES, seed: 1, perPage: 5, size: 64, triesPerPage: 100 }
  const crop = { x: 3, y: 4, draw: 1, whiteness: 0.5 }
  const hash = (change: Partial<SamplingRules> = {}, method = 'a', crops = [crop], pixels = 'b'): string => {
    const set = new SampleSetHash({ ...choice, ...change }, method)
    for (const one of crops) set.add('page', one)
    return set.finish(pixels)
  }

  it('changes with every setting, place and pixel, and with nothing else', () => {
    const others = [
      hash({ seed: 2 }),
      hash({ perPage: 4 }),
      hash({ size: 65 }),
      hash({ whiteness: 0.91 }),
      hash({ triesPerPage: 99 }),
      hash({}, 'other method'),
      hash({}, 'a', [{ ...crop, x: 4 }]),
      hash({}, 'a', [{ ...crop, draw: 2 }]),
      hash({}, 'a', [crop, crop]),
      hash({}, 'a', [crop], 'other pixels'),
    ]
    expect(new Set([hash(), ...others]).size).toBe(others.length + 1)
    expect(hash()).toBe(hash())
    expect(hash()).toMatch(/^[0-9a-f]{64}$/)
  })
})
