import type { Component } from 'svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import {
  nearestPoint,
  placePictures,
  pointsInside,
} from '../../../src/renderer/src/components/point-map/find-points'
import {
  fitView,
  fromPixels,
  pan,
  toPixels,
  zoom,
} from '../../../src/renderer/src/components/point-map/map-view'
import { packColour, paintPoints } from '../../../src/renderer/src/components/point-map/paint-points'
import PointMap, { type PointMapProps } from '../../../src/renderer/src/components/point-map/PointMap.svelte'
import { reactive } from '../support/reactive.svelte'
import { render, type Rendered } from '../support/rendering'

const SIZE = { width: 200, height: 100 }
/** Corners of a square, its middle, and one far outside of what a close view shows. */
const SQUARE = Float32Array.from([-1, -1, 1, -1, 1, 1, -1, 1, 0, 0])
const everything = (): boolean => true

describe('the view of a map', () => {
  it('shows all points, with one scale for both axes and some room around them', () => {
    const view = fitView(SQUARE, SIZE)
    const [x, y] = toPixels(view, SIZE, 1, 1)
    expect(y).toBeCloseTo(6)
    expect(x).toBeCloseTo(100 + 44)
    expect(fitView(new Float32Array(0), SIZE).scale).toBe(1)
  })

  it('goes to pixels and back', () => {
    const view = { centreX: 3, centreY: -2, scale: 7 }
    const [x, y] = fromPixels(view, SIZE, ...toPixels(view, SIZE, 0.25, 9))
    expect([x, y].map((value) => Number(value.toFixed(9)))).toEqual([0.25, 9])
  })

  it('moves with the pointer, and zooms around it within bounds', () => {
    const fitted = fitView(SQUARE, SIZE)
    const moved = pan(fitted, 10, 5)
    const [before, after] = [fitted, moved].map((view) => toPixels(view, SIZE, 0, 0))
    expect([after?.[0], after?.[1]]).toEqual([(before?.[0] ?? 0) + 10, (before?.[1] ?? 0) + 5])
    const corner = toPixels(fitted, SIZE, 1, 1)
    const closer = zoom(fitted, SIZE, { factor: 3, atX: corner[0], atY: corner[1], fitted })
    expect(toPixels(closer, SIZE, 1, 1)[0]).toBeCloseTo(corner[0])
    expect(closer.scale).toBeCloseTo(fitted.scale * 3)
    const far = zoom(fitted, SIZE, { factor: 1e-9, atX: 0, atY: 0, fitted })
    expect(far.scale).toBeCloseTo(fitted.scale / 4)
  })
})

describe('points of a map', () => {
  const view = fitView(SQUARE, SIZE)

  it('are found under the pointer, the upper one of two, and only those that are shown', () => {
    const twice = Float32Array.from([0, 0, 0, 0, 1, 1])
    const at = { x: 101, y: 50, reach: 5 }
    expect(nearestPoint({ coordinates: twice, shown: everything }, view, SIZE, at)).toBe(1)
    expect(nearestPoint({ coordinates: twice, shown: (point) => point === 0 }, view, SIZE, at)).toBe(0)
    const away = { x: 20, y: 20, reach: 5 }
    expect(nearestPoint({ coordinates: twice, shown: everything }, view, SIZE, away)).toBe(-1)
  })

  it('are inside a lasso or not, also one that turns back', () => {
    const triangle = [
      [-1.5, -1.5],
      [1.5, -1.5],
      [0, 0.5],
    ] as const
    expect(pointsInside(SQUARE, triangle)).toEqual([0, 1, 4])
    const horseshoe = [
      [-2, -2],
      [2, -2],
      [2, 2],
      [0.5, 2],
      [0.5, -0.5],
      [-0.5, -0.5],
      [-0.5, 2],
      [-2, 2],
    ] as const
    expect(pointsInside(SQUARE, horseshoe)).toEqual([0, 1, 2, 3])
  })

  it('give way to one picture for each cell', () => {
    const crowd = Float32Array.from([0, 0, 0.001, 0, 0, 0.001, 1, 1])
    const placed = placePictures({ coordinates: crowd, shown: everything }, fitView(crowd, SIZE), SIZE, 40)
    expect(placed.map(({ point }) => point)).toEqual([0, 3])
  })

  it('are painted as discs in their colours, the later ones above, nothing where a colour is 0', () => {
    const pixels = new Uint32Array(SIZE.width * SIZE.height)
    const red = packColour('#ff0000')
    const blue = packColour('#0000ff')
    const colours = Uint32Array.from([0, 0, 0, red, blue])
    const close = { centreX: 0, centreY: 0, scale: 40 }
    paintPoints(pixels, SIZE, close, { coordinates: SQUARE, colours, radius: 2 })
    expect(pixels[50 * 200 + 100]).toBe(blue)
    expect(pixels[10 * 200 + 60]).toBe(red)
    expect(pixels[90 * 200 + 140]).toBe(0)
    expect(pixels.filter((pixel) => pixel === blue).length).toBe(13)
  })

  it('mix a colour with what lies behind it', () => {
    expect(packColour('#ff8040').toString(16)).toBe('ff4080ff')
    expect(packColour('#ffffff', 0.5, '#000000').toString(16)).toBe('ff808080')
  })
})

describe('a point map on the screen', () => {
  type Props = PointMapProps & Record<string, unknown>
  let rendered: Rendered | null = null
  afterEach(async () => {
    await rendered?.remove()
    rendered = null
  })

  async function show(change: Partial<Props> = {}) {
    const picked: number[] = []
    const lassoed: (readonly number[])[] = []
    const props = reactive<Props>({
      label: 'Crops',
      coordinates: SQUARE,
      colours: new Uint32Array(5).fill(packColour('#cc3311')),
      onPick: (point: number) => picked.push(point),
      onLasso: (points: readonly number[]) => lassoed.push(points),
      ...change,
    })
    rendered = render(PointMap as Component<Props>, props)
    rendered.target.style.cssText = 'width: 400px; height: 300px'
    const canvas = await vi.waitFor(() => {
      const found = rendered?.target.querySelector('canvas') ?? null
      if (found?.width !== 400) throw new Error('not drawn yet')
      return found
    })
    return { picked, lassoed, canvas, props }
  }

  const isInk = (canvas: HTMLCanvasElement, x: number, y: number): boolean =>
    (canvas.getContext('2d')?.getImageData(x, y, 1, 1).data[3] ?? 0) > 0

  it('is drawn, and a click picks the point that is there', async () => {
    const { picked, canvas } = await show()
    await vi.waitFor(() => expect(isInk(canvas, 200, 150)).toBe(true))
    await userEvent.click(canvas, { position: { x: 201, y: 151 } })
    expect(picked).toEqual([4])
    await userEvent.click(canvas, { position: { x: 300, y: 150 } })
    expect(picked).toEqual([4])
  })

  it('is moved and zoomed with the keyboard, and Enter picks what is nearest to the middle', async () => {
    const { picked, canvas } = await show()
    rendered?.target.querySelector<HTMLElement>('[role="application"]')?.focus()
    await userEvent.keyboard('{+}{ArrowLeft>4/}{ArrowDown>4/}{Enter}')
    expect(picked).toEqual([0])
    await userEvent.keyboard('0{Enter}')
    expect(picked).toEqual([0, 4])
    await vi.waitFor(() => expect(isInk(canvas, 200, 150)).toBe(true))
  })

  it('draws a lasso with Shift, or without when that is asked for', async () => {
    const { lassoed, canvas, props } = await show()
    const around = [
      [10, 2],
      [390, 2],
      [390, 100],
      [10, 100],
    ] as const
    drag(canvas, around, true)
    expect(lassoed).toEqual([[2, 3]])
    props.lassoing = true
    await vi.waitFor(() => expect(canvas.className).toContain('crosshair'))
    drag(canvas, around, false)
    expect(lassoed).toHaveLength(2)
  })
})

/** Presses, moves and lets go, as a hand does. */
function drag(
  canvas: HTMLCanvasElement,
  places: readonly (readonly [number, number])[],
  shiftKey: boolean,
): void {
  const { left, top } = canvas.getBoundingClientRect()
  const say = (kind: string, [x, y]: readonly [number, number]): void => {
    const place = { clientX: left + x, clientY: top + y }
    canvas.dispatchEvent(
      new PointerEvent(kind, { ...place, shiftKey, button: 0, pointerId: 1, bubbles: true }),
    )
  }
  canvas.setPointerCapture = () => undefined
  const [first] = places
  if (first === undefined) return
  say('pointerdown', first)
  for (const place of places) say('pointermove', place)
  say('pointerup', places.at(-1) ?? first)
}
