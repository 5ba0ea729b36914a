import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ImageMatrix } from '../../../src/renderer/src/components/page-viewer/deep-zoom'
import {
  byWay,
  HANDLES,
  middleOf,
  movedBy,
  pulledBy,
  rectangleBetween,
  toPicture,
  toView,
  turnedWay,
} from '../../../src/renderer/src/components/page-viewer/rectangles'
import { rulerOf, systemsOf } from '../../../src/renderer/src/components/page-viewer/staff-drawing'
import { afterKey } from '../../../src/renderer/src/views/corpus/region-keys'

const SIZE = { width: 1000, height: 1400 }
const SEED = { seed: 20251124, numRuns: 300 }

/** A picture enlarged by `scale`, turned by whole degrees clockwise, moved. */
function matrixOf(scale: number, degrees: number, [e, f]: readonly [number, number] = [0, 0]): ImageMatrix {
  const angle = (degrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale]
  return { a: cos, b: sin, c: -sin, d: cos, e, f }
}

const matrices = fc
  .tuple(
    fc.double({ min: 0.05, max: 8, noNaN: true }),
    fc.constantFrom(0, 90, 180, 270, 33),
    fc.tuple(fc.integer({ min: -900, max: 900 }), fc.integer({ min: -900, max: 900 })),
  )
  .map(([scale, degrees, offset]) => matrixOf(scale, degrees, offset))
const points = fc.record({
  x: fc.integer({ min: -3000, max: 3000 }),
  y: fc.integer({ min: -3000, max: 3000 }),
})
const rectangles = fc
  .record({
    x: fc.integer({ min: 0, max: 999 }),
    y: fc.integer({ min: 0, max: 1399 }),
    width: fc.integer({ min: 1, max: 1000 }),
    height: fc.integer({ min: 1, max: 1400 }),
  })
  .map(({ x, y, width, height }) => ({
    x,
    y,
    width: Math.min(width, SIZE.width - x),
    height: Math.min(height, SIZE.height - y),
  }))

function expectOnPage(rectangle: { x: number; y: number; width: number; height: number }): void {
  expect(Object.values(rectangle).every(Number.isInteger)).toBe(true)
  expect(Math.min(rectangle.x, rectangle.y)).toBeGreaterThanOrEqual(0)
  expect(Math.min(rectangle.width, rectangle.height)).toBeGreaterThanOrEqual(1)
  expect(rectangle.x + rectangle.width).toBeLessThanOrEqual(SIZE.width)
  expect(rectangle.y + rectangle.height).toBeLessThanOrEqual(SIZE.height)
}

describe('rectangles on a picture', () => {
  it('come back from the view at the place they were drawn from, zoomed, moved and turned', () => {
    fc.assert(
      fc.property(matrices, points, points, (matrix, place, way) => {
        const back = toPicture(matrix, toView(matrix, place))
        expect(back.x).toBeCloseTo(place.x, 6)
        expect(back.y).toBeCloseTo(place.y, 6)
        const [from, to] = [toPicture(matrix, { x: 0, y: 0 }), toPicture(matrix, way)]
        expect(byWay(matrix, way).x).toBeCloseTo(to.x - from.x, 5)
        expect(byWay(matrix, way).y).toBeCloseTo(to.y - from.y, 5)
      }),
      SEED,
    )
  })

  it('is the same whichever corner the drag began at, and whole pixels of the page', () => {
    const drawn = rectangleBetween({ x: 120.4, y: 80.6 }, { x: 20, y: 200 }, SIZE)
    expect(drawn).toEqual({ x: 20, y: 81, width: 100, height: 119 })
    expect(rectangleBetween({ x: 20, y: 200 }, { x: 120.4, y: 80.6 }, SIZE)).toEqual(drawn)
    expect(rectangleBetween({ x: -50, y: -50 }, { x: 5000, y: 10 }, SIZE)).toEqual({
      x: 0,
      y: 0,
      width: 1000,
      height: 10,
    })
  })

  it('is none where nothing was drawn or all of it beside the page', () => {
    expect(rectangleBetween({ x: 50, y: 50 }, { x: 50.3, y: 400 }, SIZE)).toBeNull()
    expect(rectangleBetween({ x: -90, y: 0 }, { x: -10, y: 90 }, SIZE)).toBeNull()
  })

  it('stays on the page however it is moved or pulled', () => {
    fc.assert(
      fc.property(rectangles, points, fc.constantFrom(...HANDLES), (rectangle, way, handle) => {
        const moved = movedBy(rectangle, way, SIZE)
        expectOnPage(moved)
        expect([moved.width, moved.height]).toEqual([rectangle.width, rectangle.height])
        expectOnPage(pulledBy(rectangle, { handle, way }, SIZE))
      }),
      SEED,
    )
  })

  it('is pulled at one corner while the opposite one stays', () => {
    const rectangle = { x: 100, y: 100, width: 200, height: 100 }
    const pull = (x: -1 | 0 | 1, y: -1 | 0 | 1, way: { x: number; y: number }): unknown =>
      pulledBy(rectangle, { handle: { x, y }, way }, SIZE)
    expect(pull(1, 1, { x: 50, y: 20 })).toEqual({ x: 100, y: 100, width: 250, height: 120 })
    expect(pull(-1, -1, { x: 50, y: 20 })).toEqual({ x: 150, y: 120, width: 150, height: 80 })
    expect(pull(0, 1, { x: 50, y: 20 })).toEqual({ x: 100, y: 100, width: 200, height: 120 })
    expect(pull(-1, 0, { x: 900, y: 0 })).toEqual({ x: 299, y: 100, width: 1, height: 100 })
  })

  it('goes where an arrow key points in a turned view', () => {
    for (const degrees of [0, 90, 180, 270, -90, 450]) {
      for (const way of [
        { x: 1, y: 0 },
        { x: 0, y: -1 },
      ]) {
        const onPage = turnedWay(way, degrees)
        const seen = toView(matrixOf(1, degrees), onPage)
        expect(seen.x).toBeCloseTo(way.x, 9)
        expect(seen.y).toBeCloseTo(way.y, 9)
      }
    }
  })

  it('begins in the middle of what is seen when it is added without drawing', () => {
    expect(middleOf({ x: 0, y: 0, width: 900, height: 600 }, SIZE)).toEqual({
      x: 300,
      y: 200,
      width: 300,
      height: 200,
    })
  })
})

describe('keys that move a region', () => {
  const place = { x: 100, y: 100, width: 200, height: 100 }
  const view = { size: SIZE, rotation: 0, scale: 0.5 }
  const press = (key: string, change: Partial<KeyboardEvent> = {}, seen = view): unknown =>
    afterKey(place, { key, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...change }, seen)

  it('move by what can be seen at this zoom, ten times as far with Shift', () => {
    expect(press('ArrowRight')).toMatchObject({ x: 104, y: 100 })
    expect(press('ArrowUp', { shiftKey: true })).toMatchObject({ x: 100, y: 60 })
    expect(press('ArrowRight', {}, { ...view, scale: 8 })).toMatchObject({ x: 101 })
    expect(press('x')).toBeNull()
  })

  it('change the size with Ctrl or Alt, at the side that is seen right or below', () => {
    expect(press('ArrowRight', { ctrlKey: true })).toEqual({ ...place, width: 204 })
    expect(press('ArrowUp', { altKey: true })).toEqual({ ...place, height: 96 })
    // Turned by 90°, what is seen at the right is the upper side of the page.
    expect(press('ArrowRight', { ctrlKey: true }, { ...view, rotation: 90 })).toEqual({
      ...place,
      y: 96,
      height: 104,
    })
  })
})

describe('what is drawn of staves', () => {
  it('puts a bracket round the staves of each system', () => {
    const staves = [
      { top: 100, bottom: 140, system: 1 },
      { top: 200, bottom: 240, system: 1 },
      { top: 400, bottom: 440, system: 2 },
    ]
    expect(systemsOf({ staves, fall: 3 }, 10)).toEqual([
      { system: 1, top: 95, bottom: 245 },
      { system: 2, top: 395, bottom: 445 },
    ])
    expect(systemsOf(null, 10)).toEqual([])
  })

  it('has a ruler of as many staff spaces as are long enough to read', () => {
    expect(rulerOf(5)).toMatchObject({ length: 160, label: '32 staff spaces' })
    expect(rulerOf(30)).toMatchObject({ length: 120, label: '4 staff spaces' })
    expect(rulerOf(120)).toMatchObject({ length: 120, label: '1 staff space', ticks: [0, 120] })
    expect(rulerOf(3)?.ticks).toHaveLength(17)
    expect(rulerOf(1)).toBeNull()
  })
})
