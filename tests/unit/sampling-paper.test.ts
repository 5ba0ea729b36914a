/** Paper made white: what changes, what does not, and that crops and whole pages are prepared alike. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { preparePage } from '../../src/main/core/sampling/background'
import { inkThresholdOf } from '../../src/main/core/sampling/ink'
import { cutCrop } from '../../src/main/core/sampling/page-crops'
import { openSampleStore } from '../../src/main/storage/sample-store'
import { type GreyImage, plainPage, stavesPage } from '../support/page-makers'
import { type Paper, printedOn, samplingWorld } from '../support/sampling-world'

const SHAPE = { width: 500, height: 700, seed: 5 }
const meanOf = ({ pixels }: GreyImage): number =>
  pixels.reduce((sum, grey) => sum + grey, 0) / pixels.length / 255
const differences = (one: GreyImage, other: GreyImage): readonly number[] =>
  Array.from(one.pixels, (grey, at) => Math.abs(grey - (other.pixels[at] ?? NaN)))
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0)
const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length

const PAPERS: Readonly<Record<string, Paper>> = {
  grey: () => 190,
  'shaded from corner to corner': (x, y) => 240 - x / 10 - y / 14,
  'darker towards the fold': (x) => 235 - 70 * Math.max(0, x / 250 - 1),
}

describe('paper made white', () => {
  it.each(Object.entries(PAPERS))('gives a page on %s paper as if it were on white', (_, paper) => {
    const white = stavesPage(SHAPE)
    const scanned = printedOn(paper, SHAPE)
    const prepared = preparePage(scanned, 'paper')
    expect(meanOf(scanned)).toBeLessThan(meanOf(white) - 0.1)
    expect(mean(differences(prepared, white))).toBeLessThan(2.5)
    expect(Math.abs(meanOf(prepared) - meanOf(white))).toBeLessThan(0.01)
    // Ink is not bleached: it keeps its share of the paper's light.
    const ink = differences(prepared, white).filter((_, at) => (white.pixels[at] ?? 255) <= 60)
    expect(most(ink)).toBeLessThan(12)
    const threshold = inkThresholdOf(prepared)
    const inked = (page: GreyImage) => page.pixels.filter((grey) => grey < threshold).length
    expect(inked(prepared) / inked(white)).toBeCloseTo(1, 2)
  })

  it('leaves a page that is white nearly as it is', () => {
    const page = printedOn(() => 255, SHAPE)
    expect(most(differences(preparePage(page, 'paper'), page))).toBeLessThan(3)
    const clean = stavesPage(SHAPE)
    expect(preparePage(clean, 'paper').pixels).toEqual(clean.pixels)
    expect(preparePage(page, 'as-is')).toBe(page)
  })

  it('keeps large black areas black', () => {
    const page = printedOn(() => 200, SHAPE)
    for (let row = 200; row < 420; row += 1)
      page.pixels.fill(30, row * SHAPE.width + 120, row * SHAPE.width + 330)
    const { pixels } = preparePage(page, 'paper')
    expect(pixels[310 * SHAPE.width + 225]).toBe(Math.round((30 * 255) / 202))
    expect(pixels[205 * SHAPE.width + 125]).toBeLessThan(45)
  })

  it('takes pages of any shape, and one without ink as it is', () => {
    expect(preparePage(plainPage(180), 'paper').pixels).toEqual(plainPage(180).pixels)
    const shapes = fc.tuple(
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 90 }),
    )
    fc.assert(
      fc.property(shapes, ([width, height, factor]) => {
        for (const shape of [
          { width: width * factor, height },
          { width, height: height * factor },
        ]) {
          const page = { ...shape, pixels: new Uint8Array(shape.width * shape.height) }
          for (let at = 0; at < page.pixels.length; at += 1) page.pixels[at] = (at * 7919) % 251
          const prepared = preparePage(page, 'paper')
          expect(prepared.pixels).toHaveLength(page.pixels.length)
          // Nothing gets darker, nothing turns round.
          expect(prepared.pixels.every((grey, at) => grey >= (page.pixels[at] ?? 256))).toBe(true)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('gives the same bytes on every machine', () => {
    const { pixels } = preparePage(
      printedOn((x, y) => 240 - (x >> 3) - (y >> 4), SHAPE),
      'paper',
    )
    expect(createHash('sha256').update(pixels).digest('hex')).toBe(
      '4ecf73816746bdb5f03f6fdad8960b2043c15fd17cf6103a15654ac348232619',
    )
  })
})

describe('a set on white paper', () => {
  it('holds the pixels of the prepared page, as whole pages are given for it', async () => {
    const world = await samplingWorld()
    const rules = { seed: 3, size: 64, whiteness: 0.85 }
    const { sampleSet, hash } = await world.draw({ ...rules, background: 'paper' })
    const plain = await world.draw(rules)
    expect(plain.hash).not.toBe(hash)
    const store = openSampleStore(world.sampling.sampleFile(sampleSet))
    const crops = world.sampling.samplesOf(sampleSet)
    expect(crops.length).toBeGreaterThan(20)
    let unlike = 0
    for (const crop of crops) {
      const cut = cutCrop(await world.sampling.decodePage(crop.page, sampleSet), crop, crop.size)
      expect(Buffer.from(store.read([crop.index])).equals(cut)).toBe(true)
      const asIs = cutCrop(await world.sampling.decodePage(crop.page, plain.sampleSet), crop, crop.size)
      if (!Buffer.from(asIs).equals(cut)) unlike += 1
      const white = cut.reduce((sum, grey) => sum + grey, 0) / cut.length / 255
      expect(crop.whiteness).toBeCloseTo(white, 12)
    }
    expect(unlike).toBeGreaterThan(crops.length / 3)
    store.close()
    const method = world.project.database
      .prepare<[number], string>('SELECT method FROM sample_sets WHERE id = ?')
      .pluck()
    expect(method.get(sampleSet)).toContain('paper made white')
    expect(method.get(plain.sampleSet)).not.toContain('paper')
    await expect(world.sampling.decodePage(1, 99)).rejects.toMatchObject({ code: 'sampling/set-unknown' })
  })

  it('is refused by what is printed, not by what it is printed on', async () => {
    const world = await samplingWorld()
    const rules = { seed: 3, size: 64, whiteness: 0.78, by: 'scan source', triesPerPage: 60 }
    const accepted = async (background: 'as-is' | 'paper') => {
      await world.survey({ ...rules, background })
      const { groups } = await world.forecast({ ...rules, background, where: 'height:300' })
      return groups.map(({ draws, refused }) => 1 - refused['too-white'] / draws)
    }
    const [asIs, paper] = [await accepted('as-is'), await accepted('paper')]
    const spread = (shares: readonly number[]): number => Math.max(...shares) - Math.min(...shares)
    expect(spread(asIs)).toBeGreaterThan(0.5)
    expect(spread(paper)).toBeLessThan(0.2)
  })
})
