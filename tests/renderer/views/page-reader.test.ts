import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { userEvent } from 'vitest/browser'
import type { Places } from '../../../src/renderer/src/state/navigation.svelte'
import { FakeEngine } from '../support/fake-engine'
import { application, find, openCorpus, until } from '../support/open-corpus'

async function show(place: Places['corpus'], ready: string): Promise<FakeEngine> {
  const engine = new FakeEngine()
  await openCorpus(engine, place)
  await until(() => find(ready))
  return engine
}

const all = (selector: string): readonly Element[] => [...document.querySelectorAll(selector)]
const button = (name: string): HTMLElement => {
  const found = [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === name)
  if (found === undefined) throw new Error(`There is no button ${name}.`)
  return found
}
const text = (): string => document.body.textContent
const regionsOf = (engine: FakeEngine, page: number): readonly { width: number; note: string }[] =>
  engine.regions.get(page) ?? []

/** Drags with the pointer over the page, in shares of the viewer. */
function drag(selector: string, from: readonly [number, number], to: readonly [number, number]): void {
  const target = find(selector)
  const layer = find('[data-layer=rectangles]')
  const box = layer.getBoundingClientRect()
  // A made-up pointer cannot be captured.
  layer.setPointerCapture = () => undefined
  const fire = (type: string, on: Element, [x, y]: readonly [number, number]): void => {
    const place = { clientX: box.left + x * box.width, clientY: box.top + y * box.height }
    on.dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, pointerId: 1, ...place }))
  }
  fire('pointerdown', target, from)
  fire('pointermove', layer, [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2])
  fire('pointermove', layer, to)
  fire('pointerup', layer, to)
}

async function expectAccessible(): Promise<void> {
  const { violations } = await axe.run()
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`)).toEqual([])
}

const OPENED = '[data-layer=rectangles]'

describe('regions that are left out', () => {
  it('are drawn with X and a drag, hatched, described, and taken back with Ctrl+Z', async () => {
    const engine = await show({ page: 3 }, OPENED)
    await userEvent.keyboard('x')
    await until(() => expect(find('[aria-label="Draw a region to leave out"]').ariaPressed).toBe('true'))
    drag(OPENED, [0.45, 0.2], [0.55, 0.3])
    await until(() => expect(regionsOf(engine, 3)).toHaveLength(1))
    await until(() => expect(all('rect.overlay.excluded.selected')).toHaveLength(1))
    await until(() => expect(all('[data-handle]')).toHaveLength(8))
    expect(text()).toMatch(/\d+ crops? touch|no crop touches it/)
    await userEvent.fill(find('input[id][list]'), 'advert')
    await userEvent.keyboard('{Enter}')
    await until(() => expect(regionsOf(engine, 3)[0]?.note).toBe('advert'))
    await until(() => expect(all('text.label').map((label) => label.textContent)).toContain('advert'))
    await expectAccessible()
    find('[role=application]').focus()
    await userEvent.keyboard('{Control>}z{/Control}')
    await until(() => expect(regionsOf(engine, 3)[0]?.note).toBe(''))
    await userEvent.keyboard('{Control>}z{/Control}')
    await until(() => expect(all('rect.overlay.excluded')).toHaveLength(0))
  })

  it('are drawn where the pointer is on a page that is turned and enlarged', async () => {
    const engine = await show({ page: 3 }, OPENED)
    await userEvent.keyboard('r++')
    await until(() => expect(application().navigation.on('corpus').page).toBe(3))
    // The view comes to rest.
    let last = ''
    await until(() => {
      const now = find('g[transform^=matrix]').getAttribute('transform') ?? ''
      const rests = now === last
      last = now
      expect(rests).toBe(true)
    })
    await userEvent.keyboard('x')
    drag(OPENED, [0.4, 0.3], [0.6, 0.5])
    await until(() => expect(regionsOf(engine, 3)).toHaveLength(1))
    const frame = find(OPENED).getBoundingClientRect()
    await until(() => {
      const box = find('rect.overlay.excluded').getBoundingClientRect()
      expect((box.left - frame.left) / frame.width).toBeCloseTo(0.4, 2)
      expect((box.bottom - frame.top) / frame.height).toBeCloseTo(0.5, 2)
    })
  })

  it('are not drawn where Escape breaks it off', async () => {
    const engine = await show({ page: 3 }, OPENED)
    await userEvent.keyboard('x{Escape}')
    await until(() => expect(find('[aria-label="Draw a region to leave out"]').ariaPressed).toBe('false'))
    expect(application().navigation.on('corpus').page).toBe(3)
    expect(engine.requests('catalogue', 'setRegions')).toEqual([])
  })

  it('are made, moved, resized and removed by keyboard alone', async () => {
    const engine = await show({ page: 3 }, OPENED)
    await until(() => button('Add a region'))
    button('Add a region').focus()
    await userEvent.keyboard('{Enter}')
    await until(() => expect(engine.requests('catalogue', 'setRegions')).toHaveLength(1))
    await until(() => expect(document.activeElement?.role).toBe('application'))
    const before = engine.regions.get(3)?.[0]
    await userEvent.keyboard('{ArrowRight}')
    await until(() => expect(engine.regions.get(3)?.[0]?.x).toBeGreaterThan(before?.x ?? Infinity))
    expect(application().navigation.on('corpus').page).toBe(3)
    await userEvent.keyboard('{Control>}{ArrowDown}{/Control}')
    await until(() => expect(engine.regions.get(3)?.[0]?.height).toBeGreaterThan(before?.height ?? Infinity))
    await userEvent.keyboard('{Delete}')
    await until(() => expect(engine.regions.get(3)).toEqual([]))
    await userEvent.keyboard('{ArrowRight}')
    await until(() => expect(application().navigation.on('corpus').page).toBe(4))
  })

  it('are chosen in the list, moved as a whole by dragging and pulled at a handle', async () => {
    const engine = await show({ page: 3 }, OPENED)
    engine.regions = new Map([
      [
        4,
        [
          { x: 200, y: 300, width: 400, height: 200, note: 'title' },
          { x: 200, y: 1500, width: 90, height: 90, note: '' },
        ],
      ],
    ])
    await userEvent.keyboard('{ArrowRight}')
    await until(() => expect(all('[role=option]')).toHaveLength(2))
    find('[role=option]').focus()
    await until(() => expect(find('[role=option]').ariaSelected).toBe('true'))
    await userEvent.keyboard('{ArrowDown}')
    await until(() => expect(all('[role=option]')[1]?.ariaSelected).toBe('true'))
    await userEvent.keyboard('{ArrowUp}{Enter}')
    await until(() => expect(document.activeElement?.role).toBe('application'))
    await until(() => find('[data-handle="1,1"]'))
    drag('[data-handle="1,1"]', [0.5, 0.5], [0.6, 0.5])
    await until(() => expect(engine.regions.get(4)?.[0]?.width).toBeGreaterThan(400))
    expect(engine.regions.get(4)?.[0]).toMatchObject({ x: 200, y: 300, height: 200, note: 'title' })
  })
})

describe('whole pages that are left out', () => {
  it('say why in the reader and in the grid, one or many at once', async () => {
    const engine = await show({ page: 3 }, OPENED)
    await userEvent.selectOptions(find('[aria-label="Sampling of this page"]'), 'Left out: title page')
    await until(() => expect(engine.pages[2]?.excluded).toBe('title page'))
    await until(() => expect(find('h2 + span').textContent).toContain('Left out: title page'))
    await userEvent.click(button('Sample it again'))
    await until(() => expect(engine.pages[2]?.excluded).toBeNull())
    find('[role=application]').focus()
    await userEvent.keyboard('{Escape}')
    await until(() => find('[data-index="2"]'))
    await userEvent.keyboard('{Shift>}{ArrowRight}{/Shift}')
    await until(() => expect(text()).toContain('2 pages chosen'))
    await userEvent.selectOptions(find('[aria-label="Sampling of these pages"]'), 'Left out: bad scan')
    await until(() => expect(find('[data-index="2"]').title).toContain('left out: bad scan'))
    expect(find('[data-index="3"]').textContent).toContain('bad scan')
    expect(engine.pages.filter(({ excluded }) => excluded === 'bad scan')).toHaveLength(2)
    await expectAccessible()
  })

  it('takes own words', async () => {
    const engine = await show({ page: 3 }, OPENED)
    await userEvent.selectOptions(find('[aria-label="Sampling of this page"]'), 'Left out: own words…')
    await until(() => expect(document.activeElement?.tagName).toBe('INPUT'))
    await userEvent.keyboard('a letter')
    await userEvent.keyboard('{Enter}')
    await until(() => expect(engine.pages[2]?.excluded).toBe('a letter'))
    await expectAccessible()
    await userEvent.click(button('All left out'))
    await until(() =>
      expect(engine.requests('corpus', 'order').at(-1)).toMatchObject({ query: 'is:excluded' }),
    )
  })
})

describe('the staff space', () => {
  it('is said with the facts and drawn with staves, systems and a ruler', async () => {
    await show({ page: 3 }, OPENED)
    await until(() => expect(text()).toContain('14.0 pixels, 1.78 mm'))
    expect(text()).toContain('4 staves in 2 systems')
    find('[role=application]').focus()
    await userEvent.keyboard('s')
    await until(() => expect(all('polygon.staff')).toHaveLength(4))
    expect(all('polyline.system')).toHaveLength(2)
    expect(find('[data-layer=staves]').textContent).toMatch(/\d+ staff spaces?/)
    await expectAccessible()
  })

  it('is missing where no staff can be made out, and that is said', async () => {
    const engine = await show({ page: 3 }, OPENED)
    engine.staffless = [4]
    find('[role=application]').focus()
    await userEvent.keyboard('{ArrowRight}')
    await until(() => expect(text()).toContain('No staff can be made out on this page.'))
  })
})

describe('two pages side by side', () => {
  const PAIR = '[aria-label="Second page"] [role=application]'
  /** How the page lies in its pane, as an SVG matrix. */
  const lieOf = (pane: string): readonly number[] => {
    const group = document.querySelector(`[aria-label="${pane}"] g[transform^=matrix]`)
    const numbers = group?.getAttribute('transform')?.match(/-?[\d.]+(e-?\d+)?/g) ?? []
    return numbers.map((number) => Number(Number(number).toFixed(3)))
  }
  const scaleOf = (pane: string): number => {
    const [a = 0, b = 0] = lieOf(pane)
    return Math.hypot(a, b)
  }
  const turnOf = (pane: string): number => {
    const [a = 0, b = 0] = lieOf(pane)
    return Math.round((Math.atan2(b, a) * 180) / Math.PI)
  }
  const place = (): Places['corpus'] | undefined => application().navigation.on('corpus')

  it('are opened by a place, by C, and by choosing two in the grid', async () => {
    await show({ page: 3, beside: 9 }, PAIR)
    expect(find('[aria-label="Second page"]').textContent).toContain('page 9')
    await until(() =>
      expect(find('[aria-label="Second page"]').textContent).toContain('staff space 14.0 pixels'),
    )
    find(PAIR).focus()
    await userEvent.keyboard('{Escape}')
    await until(() => expect(place()).toMatchObject({ page: 3, beside: undefined }))
    await until(() => expect(document.activeElement?.role).toBe('application'))
    await userEvent.keyboard('c')
    await until(() => expect(place()).toMatchObject({ page: 3, beside: 4 }))
    await userEvent.click(button('Pages'))
    await until(() => find('[data-index="2"]'))
    await userEvent.click(find('[data-index="2"]'))
    await userEvent.click(find('[data-index="5"]'), { modifiers: ['Control'] })
    await userEvent.click(button('Compare'))
    await until(() => expect(place()).toMatchObject({ page: 3, beside: 6 }))
  })

  it('step in the pane that has the keyboard, F6 goes to the other, without violations', async () => {
    await show({ page: 3, beside: 9 }, PAIR)
    await until(() => expect(document.activeElement?.role).toBe('application'))
    await userEvent.keyboard('{ArrowRight}')
    await until(() => expect(place()).toMatchObject({ page: 4, beside: 9 }))
    await userEvent.keyboard('{F6}{ArrowLeft}')
    await until(() => expect(place()).toMatchObject({ page: 4, beside: 8 }))
    await until(() => expect(all('[aria-label$="page"] .openseadragon-canvas')).toHaveLength(2))
    await expectAccessible()
  })

  it('zoom, move and turn together until they are unlocked', async () => {
    await show({ page: 3, beside: 9 }, PAIR)
    find('[aria-label="First page"] [role=application]').focus()
    await until(() => expect(scaleOf('Second page')).toBeGreaterThan(0))
    const before = scaleOf('First page')
    await userEvent.keyboard('++{Shift>}{ArrowDown}{/Shift}')
    await until(() => {
      expect(scaleOf('First page')).toBeCloseTo(before * 1.96, 2)
      expect(lieOf('Second page')).toEqual(lieOf('First page'))
    })
    await userEvent.keyboard('r')
    await until(() => expect([turnOf('First page'), turnOf('Second page')]).toEqual([90, 90]))
    await userEvent.keyboard('l')
    await until(() =>
      expect(find('[aria-label="Zoom, move and turn both together"]').ariaPressed).toBe('false'),
    )
    await userEvent.keyboard('r-')
    await until(() => expect(turnOf('First page')).toBe(180))
    await until(() => expect(scaleOf('First page')).toBeCloseTo(before * 1.4, 2))
    expect(turnOf('Second page')).toBe(90)
    expect(scaleOf('Second page')).toBeCloseTo(before * 1.96, 2)
  })

  it('enlarge so that staff spaces are equally large', async () => {
    const engine = await show({ page: 3 }, OPENED)
    engine.staffSpaces = new Map([[9, 28]])
    application().navigation.go('corpus', { page: 3, beside: 9 })
    await until(() => expect(find('[aria-label="Second page"]').textContent).toContain('28.0 pixels'))
    await until(() => expect(scaleOf('Second page')).toBeGreaterThan(0))
    find('[aria-label="First page"] [role=application]').focus()
    await userEvent.keyboard('a')
    await until(() => expect(scaleOf('Second page') * 28).toBeCloseTo(scaleOf('First page') * 14, 1))
  })

  it('lie one over the other and change places with B', async () => {
    await show({ page: 3, beside: 9 }, PAIR)
    const hidden = (): readonly (string | null | undefined)[] =>
      all('.invisible').map((one) => one.closest('section')?.ariaLabel)
    find('[aria-label="First page"] [role=application]').focus()
    await userEvent.keyboard('b')
    await until(() => expect(hidden()).toEqual(['Second page']))
    await userEvent.keyboard('b')
    await until(() => expect(hidden()).toEqual(['First page']))
    await until(() => expect(find('[aria-label="Second page"]').contains(document.activeElement)).toBe(true))
    await expectAccessible()
    await userEvent.keyboard('{Escape}')
    await until(() => expect(hidden()).toEqual([]))
  })

  it('are subtracted from each other: black where they are alike', async () => {
    await show({ page: 3, beside: 9 }, PAIR)
    await userEvent.click(find('[aria-label="Their difference: black where both are alike"]'))
    await until(() => find('[aria-label="Second page"] .over'))
    const [first, second] = ['First page', 'Second page'].map((pane) =>
      find(`[aria-label="${pane}"] [role=application]`).getBoundingClientRect(),
    )
    expect(second).toEqual(first)
    expect(getComputedStyle(find('.over canvas')).mixBlendMode).toBe('difference')
  })
})
