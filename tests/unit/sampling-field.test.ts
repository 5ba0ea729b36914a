/** The acceptance map of a page against looking at every square by itself. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AcceptanceField } from '@shared/domain/sampling-rules'
import { REQUESTS } from '@shared/requests'
import type { RequestInput } from '@shared/requests'
import { preparePage } from '../../src/main/core/sampling/background'
import { inkThresholdOf } from '../../src/main/core/sampling/ink'
import { cutCrop } from '../../src/main/core/sampling/page-crops'
import { randomStream } from '../../src/main/core/sampling/random-stream'
import { sumSquares } from '../../src/main/core/sampling/square-sums'
import { calling } from '../support/corpus-projects'
import { pngOf, put } from '../support/page-makers'
import { printedOn, type SamplingWorld, samplingWorld } from '../support/sampling-world'

const ask = async (
  world: SamplingWorld,
  request: RequestInput<'sampling', 'field'>,
): Promise<AcceptanceField> => await world.sampling.api.field(REQUESTS.sampling.field.parse(request), calling)

describe('sums of many squares at once', () => {
  it('are what looking at each by itself gives', () => {
    const places = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 24 })),
        fc.nat(),
        places,
        fc.integer({ min: 0, max: 256 }),
        ([width, height], seed, given, threshold) => {
          const stream = randomStream('noise', seed)
          const pixels = Uint8Array.from({ length: width * height }, () => stream.upTo(255))
          const page = { width, height, pixels }
          const size = 1 + (seed % Math.min(width, height))
          const xs = given.map(([x]) => x % (width - size + 1))
          const ys = given.map(([, y]) => y % (height - size + 1))
          const { grey, ink } = sumSquares(page, threshold, { size, xs, ys })
          for (const [at, x] of xs.entries()) {
            const crop = cutCrop(page, { x, y: ys[at] ?? 0 }, size)
            expect(grey[at]).toBe(crop.reduce((sum, value) => sum + value, 0))
            expect(ink[at]).toBe(crop.filter((value) => value < threshold).length)
          }
        },
      ),
    )
  })

  it('stay exact where a page has long passed 2³²', () => {
    const [width, height, size] = [6000, 3000, 2048]
    const page = { width, height, pixels: new Uint8Array(width * height).fill(255) }
    const { grey, ink } = sumSquares(page, 256, { size, xs: [0, width - size], ys: [0, height - size] })
    expect([...grey]).toEqual([size * size * 255, size * size * 255])
    expect([...ink]).toEqual([size * size, size * size])
  })
})

describe('an acceptance map', () => {
  it.each([
    ['as-is', 64],
    ['paper', 64],
    ['paper', 100],
  ] as const)('of a page %s in crops of %i is what its crops are', async (background, size) => {
    const world = await samplingWorld()
    const region = { x: 10, y: 20, width: 30, height: 40, note: 'stamp' }
    await world.catalogue.setRegions({ page: 7, regions: [region] }, calling)
    const field = await ask(world, { page: 7, size, background, places: 16 })
    const grey = await world.corpus.decodePage(7)
    const page = preparePage(grey, background)
    const threshold = inkThresholdOf(page)
    expect(field).toMatchObject({ page: 7, size, background, width: 220, height: 300, regions: [region] })
    expect(field.inkThreshold).toBe(threshold)
    expect([field.xs[0], field.xs.at(-1), field.ys[0], field.ys.at(-1)]).toEqual([
      0,
      220 - size,
      0,
      300 - size,
    ])
    expect(field.ys).toHaveLength(16)
    expect(field.xs.length).toBeLessThan(16)
    let at = 0
    for (const y of field.ys)
      for (const x of field.xs) {
        const crop = cutCrop(page, { x, y }, size)
        expect(field.whiteness[at]).toBeCloseTo(
          crop.reduce((sum, value) => sum + value, 0) / size ** 2 / 255,
          6,
        )
        expect(field.ink[at]).toBeCloseTo(crop.filter((value) => value < threshold).length / size ** 2, 6)
        at += 1
      }
    expect(field.whiteness).toHaveLength(at)
    expect(field.ink).toHaveLength(at)
  })

  it('says how grey the paper is', async () => {
    const world = await samplingWorld()
    expect((await ask(world, { page: 1, size: 64 })).paper).toBeGreaterThan(252)
    expect(Math.abs((await ask(world, { page: 4, size: 64 })).paper - 205)).toBeLessThan(3)
    // As it is, whatever is done with it.
    expect(Math.abs((await ask(world, { page: 4, size: 64, background: 'paper' })).paper - 205)).toBeLessThan(
      3,
    )
  })

  it('of a page that is no larger than a crop has one place or none', async () => {
    const world = await samplingWorld()
    const none = await ask(world, { page: 5, size: 64 })
    expect([none.height, none.xs, none.ys, none.whiteness.length]).toEqual([60, [], [], 0])
    const row = await ask(world, { page: 5, size: 60, places: 8 })
    expect(row.ys).toEqual([0])
    expect(row.xs).toHaveLength(8)
    // There are not more places than pixels.
    expect((await ask(world, { page: 5, size: 60, places: 256 })).xs).toHaveLength(161)
  })

  it('is of the bytes that the catalogue has now', async () => {
    const world = await samplingWorld()
    const before = await ask(world, { page: 1, size: 64 })
    const page = printedOn(() => 150, { width: 230, height: 290, seed: 3 })
    put(world.images, 'Style 1/Composer 1/Piece/1.png', await pngOf(page))
    await world.importFrom(world.images)
    const after = await ask(world, { page: 1, size: 64 })
    expect([before.width, after.width]).toEqual([220, 230])
    await expect(ask(world, { page: 99 })).rejects.toMatchObject({ code: 'corpus/page-unknown' })
  })

  it('asked for again and again, of several pages at once, is always the same', async () => {
    const world = await samplingWorld()
    const asked = [1, 2, 3, 1, 2, 3, 1].flatMap((page) => [
      ask(world, { page, size: 64 }),
      ask(world, { page, size: 80 }),
    ])
    const fields = await Promise.all(asked)
    expect(fields.slice(6, 12)).toEqual(fields.slice(0, 6))
    expect(fields[12]).toEqual(fields[0])
  })
})
