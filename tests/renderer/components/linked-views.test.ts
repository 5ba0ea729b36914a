import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PictureView } from '../../../src/renderer/src/components/page-viewer/deep-zoom'
import {
  firstView,
  type LinkedView,
  LinkedViews,
  secondView,
  staffRatio,
} from '../../../src/renderer/src/views/corpus/linked-views.svelte'

/** A view without a picture: it looks where it is told to. */
class PlainView implements LinkedView {
  constructor(public view: PictureView | null = { x: 0.5, y: 0.7, zoom: 1 }) {}

  look(view: PictureView): void {
    this.view = view
  }

  fit(): void {
    this.view = { x: 0.5, y: 0.7, zoom: 0.6 }
  }
}

function begin(): { views: LinkedViews; first: PlainView; second: PlainView } {
  const [first, second] = [new PlainView(), new PlainView()]
  const views = new LinkedViews()
  views.opened(0, first)
  views.opened(1, second)
  return { views, first, second }
}

function move(views: LinkedViews, side: 0 | 1, [view, to]: readonly [PlainView, PictureView]): void {
  views.lead(side)
  view.look(to)
  views.moved(side)
}

describe('two linked views', () => {
  it('look at the same share of both pages, whichever is moved', () => {
    const { views, first, second } = begin()
    move(views, 0, [first, { x: 0.2, y: 0.3, zoom: 4 }])
    expect(second.view).toEqual({ x: 0.2, y: 0.3, zoom: 4 })
    move(views, 1, [second, { x: 0.6, y: 0.9, zoom: 2 }])
    expect(first.view).toEqual({ x: 0.6, y: 0.9, zoom: 2 })
  })

  it('do not answer each other: only the one that is moved by hand leads', () => {
    const { views, first, second } = begin()
    views.lead(0)
    second.look({ x: 0, y: 0, zoom: 9 })
    views.moved(1)
    expect(first.view).toEqual({ x: 0.5, y: 0.7, zoom: 1 })
  })

  it('move apart while free, and keep both middles when locked again', () => {
    const { views, first, second } = begin()
    views.lock(false)
    move(views, 1, [second, { x: 0.6, y: 0.65, zoom: 1 }])
    expect(first.view).toEqual({ x: 0.5, y: 0.7, zoom: 1 })
    views.lock(true)
    move(views, 0, [first, { x: 0.3, y: 0.7, zoom: 3 }])
    expect(second.view?.x).toBeCloseTo(0.4, 9)
    expect(second.view?.y).toBeCloseTo(0.65, 9)
    views.fit()
    expect(second.view).toEqual(first.view)
  })

  it('show staff spaces equally large when aligned', () => {
    const { views, first, second } = begin()
    const [one, other] = [
      { width: 1000, spacePixels: 10 },
      { width: 3000, spacePixels: 60 },
    ]
    views.scale(staffRatio(one, other))
    const onScreen = (view: PictureView | null, { width, spacePixels }: typeof one): number =>
      ((view?.zoom ?? 0) * spacePixels) / width
    expect(onScreen(second.view, other)).toBeCloseTo(onScreen(first.view, one), 9)
    move(views, 1, [second, { x: 0.4, y: 0.2, zoom: 3 }])
    expect(onScreen(second.view, other)).toBeCloseTo(onScreen(first.view, one), 9)
  })

  it('a page that is opened follows what is looked at in the other', () => {
    const { views, first } = begin()
    move(views, 0, [first, { x: 0.2, y: 0.3, zoom: 4 }])
    const next = new PlainView()
    views.lead(1)
    views.opened(1, next)
    expect(next.view).toEqual({ x: 0.2, y: 0.3, zoom: 4 })
  })

  it('each view follows from the other and back', () => {
    const number = fc.double({ min: 0.01, max: 20, noNaN: true })
    const view = fc.record({ x: number, y: number, zoom: number })
    const link = fc.record({ ratio: number, x: number, y: number })
    fc.assert(
      fc.property(view, link, (seen, by) => {
        const back = firstView(secondView(seen, by), by)
        expect(back.x).toBeCloseTo(seen.x, 6)
        expect(back.y).toBeCloseTo(seen.y, 6)
        expect(back.zoom).toBeCloseTo(seen.zoom, 6)
      }),
      { seed: 20251124 },
    )
  })
})
