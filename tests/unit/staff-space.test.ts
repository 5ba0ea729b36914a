import fc from 'fast-check'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemAt } from '@shared/domain/page'
import { type GreyPicture, measureStaffSpace, otsuThreshold } from '../../src/main/numerics/staff-space'
import { findStaves } from '../../src/main/numerics/staves'
import { calling, corpusProject } from '../support/corpus-projects'
import { type GreyImage, plainPage, pngOf, put } from '../support/page-makers'

interface Engraving {
  readonly space: number
  readonly line: number
  readonly paper: number
  readonly ink: number
  /** Rows that a staff falls over the width of the page. */
  readonly fall: number
  /** How many of a thousand pixels are grain. */
  readonly grain: number
}

const WIDTH = 400
const HEIGHT = 500

/** Staves of five lines with note heads, stems and grain. */
function engrave({ space, line, paper, ink, fall, grain }: Engraving): GreyImage & GreyPicture {
  const random = xoroshiro128plus(7)
  const pixels = new Uint8Array(WIDTH * HEIGHT).fill(paper)
  const dot = (x: number, y: number): void => {
    if (x >= 0 && x < WIDTH && y >= 0 && y < HEIGHT) pixels[y * WIDTH + x] = ink
  }
  for (let top = 30; top + 5 * space < HEIGHT; top += space * 9) {
    for (let row = 0; row < 5; row += 1)
      for (let x = 20; x < WIDTH - 20; x += 1)
        for (let thick = 0; thick < line; thick += 1)
          dot(x, top + Math.round(row * space + (fall * x) / WIDTH) + thick)
    for (let note = 0; note < 12; note += 1) {
      const [x, y] = [uniformInt(random, 25, WIDTH - 40), top + uniformInt(random, 0, 4 * space)]
      for (let dy = 0; dy < space; dy += 1) for (let dx = 0; dx < space + 2; dx += 1) dot(x + dx, y + dy)
      for (let dy = 0; dy < space * 3; dy += 1) dot(x, y - dy)
    }
  }
  for (let speck = 0; speck < (WIDTH * HEIGHT * grain) / 1000; speck += 1)
    dot(uniformInt(random, 0, WIDTH - 1), uniformInt(random, 0, HEIGHT - 1))
  return { width: WIDTH, height: HEIGHT, pixels }
}

const clean: Engraving = { space: 10, line: 1, paper: 255, ink: 20, fall: 0, grain: 0 }

describe('the distance between staff lines', () => {
  it('is found within half a pixel, whatever the size, paper, ink and a slight slope', () => {
    fc.assert(
      fc.property(
        fc.record({
          space: fc.integer({ min: 7, max: 24 }),
          line: fc.integer({ min: 1, max: 2 }),
          paper: fc.integer({ min: 180, max: 255 }),
          ink: fc.integer({ min: 0, max: 90 }),
          fall: fc.integer({ min: -4, max: 4 }),
          grain: fc.constant(0),
        }),
        (engraving) => {
          const found = measureStaffSpace(engrave(engraving))
          expect(Math.abs((found?.spacePixels ?? 0) - engraving.space)).toBeLessThan(0.5)
        },
      ),
      { seed: 11, numRuns: 40 },
    )
  })

  it('is found under grain', () => {
    const found = measureStaffSpace(engrave({ ...clean, grain: 40 }))
    expect(Math.abs((found?.spacePixels ?? 0) - 10)).toBeLessThan(0.5)
  })

  it('is nothing on a blank page, on noise and on a dark page', () => {
    const random = xoroshiro128plus(3)
    const noise = { ...plainPage(0, { width: 300, height: 300 }) }
    for (let place = 0; place < noise.pixels.length; place += 1)
      noise.pixels[place] = uniformInt(random, 0, 255)
    expect(measureStaffSpace(plainPage(255))).toBeNull()
    expect(measureStaffSpace(plainPage(0))).toBeNull()
    expect(measureStaffSpace(noise)).toBeNull()
  })

  it('parts ink from paper between two clouds of grey', () => {
    const pixels = Uint8Array.from([10, 12, 14, 200, 205, 210, 202, 11])
    const threshold = otsuThreshold(pixels)
    expect(threshold).toBeGreaterThanOrEqual(14)
    expect(threshold).toBeLessThan(200)
  })
})

/** Systems of staves joined by a line at their left, the last one short; a page may be tilted. */
function engraveSystems(systems: readonly number[], { fall = 0, space = 10 } = {}): GreyPicture {
  const [width, height] = [900, 1400]
  const pixels = new Uint8Array(width * height).fill(245)
  const dot = (x: number, y: number): void => {
    const row = Math.round(y + (fall * x) / width)
    if (row >= 0 && row < height) pixels[row * width + x] = 25
  }
  let top = 60
  for (const [place, staves] of systems.entries()) {
    const end = place === systems.length - 1 ? 300 : width - 60
    const first = top
    for (let staff = 0; staff < staves; staff += 1, top += space * 9)
      for (let line = 0; line < 5; line += 1) for (let x = 60; x < end; x += 1) dot(x, top + line * space)
    for (let y = first; y <= top - space * 9 + 4 * space; y += 1) dot(60, y)
    top += space * 6
  }
  return { width, height, pixels }
}

describe('the staves of a page', () => {
  const counted = (systems: readonly number[], choices = {}) => {
    const picture = engraveSystems(systems, choices)
    const found = findStaves(picture, { spacePixels: 10 })
    return { found, systems: found?.staves.map(({ system }) => system) }
  }

  it('are counted with the systems that a line at the left joins, also a short last one', () => {
    expect(counted([2, 2, 2]).systems).toEqual([1, 1, 2, 2, 3, 3])
    expect(counted([1, 1, 1, 1]).systems).toEqual([1, 2, 3, 4])
    expect(counted([4, 4]).systems).toEqual([1, 1, 1, 1, 2, 2, 2, 2])
  })

  it('are found on a tilted page, and a place belongs to the nearest', () => {
    const { found, systems } = counted([2, 2, 2], { fall: 15 })
    expect(systems).toEqual([1, 1, 2, 2, 3, 3])
    expect(Math.abs((found?.fall ?? 0) - 15)).toBeLessThan(5)
    const [upper] = found?.staves.filter(({ system }) => system === 2) ?? []
    const place = { x: 800, y: (upper?.top ?? 0) + 14 + 20 }
    expect(systemAt(found, { width: 900 }, place)).toBe(2)
    expect(systemAt(null, { width: 900 }, place)).toBeNull()
  })

  it('are not told where some of them are missed: a wrong number is worse than none', () => {
    expect(counted([2, 1, 2, 1, 2]).systems).toBeUndefined()
    expect(findStaves(plainPage(255), { spacePixels: 10 })).toBeNull()
  })
})

describe('staff spaces of a project', () => {
  it('are measured on a page once, again when its bytes changed, and over a set of samples', async () => {
    const test = await corpusProject()
    const file = 'Style/Composer/Piece/page-1.png'
    put(test.images, file, await pngOf(engrave(clean)))
    await test.importFrom(test.images)
    const first = await test.corpus.api.staffSpace({ page: 1 }, calling)
    expect(first?.spacePixels).toBeCloseTo(10, 0)
    expect(await test.corpus.api.staffSpace({ page: 1 }, calling)).toEqual(first)
    const kept = test.project.database.prepare('SELECT count(*) FROM staff_spaces').pluck().get()
    expect(kept).toBe(1)

    const { sampleSet } = await test.draw({ seed: 1, size: 200, perPage: 4 })
    const summary = await test.sampling.api.staffSpaces({ sampleSet }, calling)
    expect(summary).toMatchObject({ measured: 1, pages: 1 })
    expect(Math.abs((summary.median ?? 0) - 10)).toBeLessThan(0.5)

    put(test.images, file, await pngOf(engrave({ ...clean, space: 16 })))
    await test.importFrom(join(test.images))
    const pages = await test.corpus.api.pages({ offset: 0, limit: 10 }, calling)
    const newest = pages.items.at(-1)?.id ?? 0
    expect((await test.corpus.api.staffSpace({ page: newest }, calling))?.spacePixels).toBeCloseTo(16, 0)
  })

  it('cannot be asked of a page that is not there', async () => {
    const test = await corpusProject()
    await expect(test.corpus.api.staffSpace({ page: 9 }, calling)).rejects.toMatchObject({
      code: 'corpus/page-unknown',
    })
  })
})
