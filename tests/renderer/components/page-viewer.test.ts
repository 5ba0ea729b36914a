import { flushSync } from 'svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import type { PageOverlay } from '../../../src/renderer/src/components/page-viewer/overlay'
import PageViewer from '../../../src/renderer/src/components/page-viewer/PageViewer.svelte'
import { fakePictureUrl } from '../support/fake-pictures'
import { reactive } from '../support/reactive.svelte'
import { render, type Rendered } from '../support/rendering'

const OVERLAYS: readonly PageOverlay[] = [
  { key: 'first', x: 100, y: 200, width: 448, height: 448, label: 'Crop 0' },
  { key: 'second', x: 900, y: 1500, width: 448, height: 448, label: 'Crop 1' },
]

let rendered: Rendered | null = null
afterEach(async () => {
  await rendered?.remove()
  rendered = null
})

async function renderViewer(change: Record<string, unknown> = {}): Promise<{ told: string[] }> {
  const told: string[] = []
  const props = reactive({
    label: 'Page 1',
    levels: [{ url: fakePictureUrl({ kind: 'page', page: 1 }), width: 1654, height: 2339 }],
    overlays: OVERLAYS,
    rotation: 0,
    startFocused: true,
    onRotate: (degrees: number) => {
      told.push(`turn ${degrees}`)
      props.rotation = degrees
    },
    onOverlay: (key: string) => told.push(key),
    onPrevious: () => told.push('previous'),
    onNext: () => told.push('next'),
    ...change,
  })
  rendered = render(PageViewer, props)
  await vi.waitFor(() => expect(boxes()).toHaveLength(2))
  return { told }
}

const boxes = (): readonly DOMRect[] =>
  [...(rendered?.target.querySelectorAll('rect.overlay') ?? [])].map((box) => box.getBoundingClientRect())

describe('the page viewer', () => {
  it('draws overlays where they are on the picture', async () => {
    await renderViewer()
    const [first, second] = boxes()
    expect(first?.width).toBeCloseTo(second?.width ?? 0, 1)
    // The whole page is in view: 1300 pixels lie between the two in the picture, so their distance follows from a side.
    expect(((second?.y ?? 0) - (first?.y ?? 0)) / 1300).toBeCloseTo((first?.height ?? 0) / 448, 2)
  })

  it('zooms in and shows the whole page again by keyboard', async () => {
    await renderViewer()
    const before = boxes()[0]?.width ?? 0
    await userEvent.keyboard('++')
    await vi.waitFor(() => expect(boxes()[0]?.width).toBeGreaterThan(before * 1.8))
    await userEvent.keyboard('0')
    await vi.waitFor(() => expect(boxes()[0]?.width).toBeCloseTo(before, 0))
  })

  it('asks for its neighbours and for turning by keyboard', async () => {
    const { told } = await renderViewer()
    await userEvent.keyboard('{ArrowRight}{ArrowLeft}r')
    expect(told).toEqual(['next', 'previous', 'turn 90'])
  })

  it('turns the overlays with the page', async () => {
    await renderViewer({ rotation: 90 })
    await vi.waitFor(() => {
      const [first, second] = boxes()
      expect(second?.x).toBeLessThan((first?.x ?? 0) - 50)
    })
  })

  it('tells which overlay was clicked, the nearest where two lie there', async () => {
    const { told } = await renderViewer()
    const target = boxes()[1]
    const canvas = rendered?.target.querySelector('.openseadragon-canvas')
    if (target === undefined || canvas === null || canvas === undefined) throw new Error('Nothing to click.')
    const bounds = canvas.getBoundingClientRect()
    await userEvent.click(canvas, {
      position: {
        x: target.x + target.width / 2 - bounds.x,
        y: target.y + target.height / 2 - bounds.y,
      },
    })
    await vi.waitFor(() => expect(told).toEqual(['second']))
  })

  it('brings the overlay that is pointed at into view', async () => {
    await renderViewer({ focusOn: 'second' })
    await vi.waitFor(() => expect(boxes()[1]?.width).toBeGreaterThan(200))
    flushSync()
    const box = boxes()[1]
    const frame = rendered?.target.getBoundingClientRect()
    const middle = (box?.x ?? 0) + (box?.width ?? 0) / 2 - (frame?.x ?? 0)
    expect(Math.abs(middle - 500)).toBeLessThan(30)
  })

  it('says so when the picture cannot be loaded', async () => {
    await renderViewer({ levels: [{ url: 'data:image/png,nothing', width: 100, height: 100 }] })
    await vi.waitFor(() =>
      expect(rendered?.target.querySelector('[role=alert]')?.textContent).toContain('could not be loaded'),
    )
  })
})
