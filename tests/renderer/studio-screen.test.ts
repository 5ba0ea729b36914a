import axe from 'axe-core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { AppError } from '@shared/errors'
import type { Application } from '../../src/renderer/src/state/application.svelte'
import type { Places } from '../../src/renderer/src/state/navigation.svelte'
import { fakeSampleSet } from './support/fake-corpus'
import { FakeEngine } from './support/fake-engine'
import { renderApplication, type Rendered } from './support/rendering'

let rendered: (Rendered & { readonly application: Application }) | null = null
afterEach(async () => {
  await rendered?.remove()
  rendered = null
})

/** The samples screen at some place of it. */
async function show(
  place: Places['samples'],
  prepare: (engine: FakeEngine) => void = () => undefined,
): Promise<{ engine: FakeEngine; application: Application }> {
  const engine = new FakeEngine()
  prepare(engine)
  rendered = renderApplication(engine)
  const { application } = rendered
  await expect.poll(() => application.project.status).toBe('open')
  application.navigation.go('samples', place)
  await expect.poll(() => document.querySelector('h1')?.textContent, { timeout: 20_000 }).toBe('Samples')
  return { engine, application }
}

const STUDIO: Places['samples'] = { part: 'new' }
const measured = (engine: FakeEngine): void => {
  engine.sampling.surveyed = 120
}

const part = (name: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(`[aria-label="${name}"]`)
  if (found === null) throw new Error(`There is no ${name}.`)
  return found
}
const words = (name: string): string => part(name).textContent.replace(/\s+/g, ' ')
const named = (start: string): HTMLElement => {
  const all = [...document.querySelectorAll<HTMLElement>('button, input, select')]
  const found = all.find((one) =>
    (one.getAttribute('aria-label') ?? one.textContent.trim()).startsWith(start),
  )
  if (found === undefined) throw new Error(`There is no control ${start}.`)
  return found
}
const slider = (label: string): HTMLInputElement => {
  const all = [...document.querySelectorAll<HTMLInputElement>('input[type=range]')]
  const found = all.find((one) => one.labels?.[0]?.textContent.trim() === label)
  if (found === undefined) throw new Error(`There is no slider ${label}.`)
  return found
}
function drag(label: string, value: number): void {
  const one = slider(label)
  one.value = String(value)
  one.dispatchEvent(new Event('input', { bubbles: true }))
}

describe('the sampling studio', () => {
  test('says of the square why it is refused, and moves it by keys', async () => {
    await show(STUDIO)
    await vi.waitFor(() => expect(words('Acceptance map')).toMatch(/mean pixel|mean \./i))
    await vi.waitFor(() => expect(document.querySelector('rect.selected')).not.toBeNull())
    const viewer = document.querySelector<HTMLElement>('[role=application]')
    viewer?.focus()
    const top = (): number => Number(document.querySelector('rect.selected')?.getAttribute('y'))
    const before = top()
    await userEvent.keyboard('{ArrowUp}{ArrowUp}')
    expect(top()).toBeLessThan(before)
    for (let press = 0; press < 60; press += 1) await userEvent.keyboard('{ArrowUp}')
    expect(words('Acceptance map')).toContain('Mean pixel .960 is over the limit .9: too white.')
    drag('Whiteness limit', 0.97)
    await vi.waitFor(() => expect(words('Acceptance map')).toContain('It may be a crop.'))
  })

  test('goes through pages by keys, and shows the page that one comes with', async () => {
    const { application } = await show({ part: 'new', page: 40 })
    await vi.waitFor(() => expect(words('Acceptance map')).toContain('40 of 120'))
    document.querySelector<HTMLElement>('[role=application]')?.focus()
    await userEvent.keyboard('{PageDown}')
    await vi.waitFor(() => expect(words('Acceptance map')).toContain('41 of 120'))
    expect(application.navigation.on('samples').page).toBe(41)
  })

  test('recolours while a slider moves without asking', async () => {
    const { engine } = await show(STUDIO)
    await vi.waitFor(() => expect(words('Share of places')).toMatch(/accepted \d/))
    const before = words('Share of places')
    const asked = engine.requests('sampling', 'field').length
    drag('Margin', 0.2)
    await vi.waitFor(() => expect(words('Share of places')).toContain('in the margin'))
    expect(words('Share of places')).not.toBe(before)
    expect(engine.requests('sampling', 'field')).toHaveLength(asked)
  })

  test('outlines regions and says that a page is left out', async () => {
    await show(STUDIO, (engine) => {
      engine.regions = new Map([[1, [{ x: 10, y: 20, width: 300, height: 200, note: 'stamp' }]]])
      engine.pages = engine.pages.map((page) => (page.id === 1 ? { ...page, excluded: 'title page' } : page))
    })
    await vi.waitFor(() => expect(document.querySelectorAll('rect.excluded')).toHaveLength(1))
    expect(words('Acceptance map')).toContain('This page is left out of sampling: title page.')
  })

  test('offers to measure, shows how far that is, and then moves bars with the sliders', async () => {
    const { engine } = await show(STUDIO)
    await vi.waitFor(() => named('Measure 120 pages'))
    await userEvent.click(named('Measure 120 pages'))
    engine.progressJob('j1', 60, 120, 20)
    await vi.waitFor(() => expect(words('Acceptance')).toContain('60 of 120'))
    measured(engine)
    engine.endJob('j1')
    await vi.waitFor(() => expect(words('Acceptance by composer')).toContain('Joseph Haydn'))
    expect(words('Rules')).toContain('Gives 600 crops of 120 pages.')
    const widths = (): string[] =>
      [...part('Acceptance by composer').querySelectorAll<HTMLElement>('[style]')].map(
        (bar) => bar.style.width,
      )
    const before = widths()
    drag('Whiteness limit', 0.8)
    await vi.waitFor(() => expect(widths()).not.toEqual(before))
    expect(words('Acceptance')).toContain('measures the scanner as much as the music')
  })

  test('leads through the pages of a group, and of its short ones', async () => {
    await show(STUDIO, measured)
    await vi.waitFor(() => named('Joseph Haydn:'))
    await userEvent.click(named('Joseph Haydn:'))
    await vi.waitFor(() => expect(words('Acceptance map')).toContain('1 of 34'))
    drag('Whiteness limit', 0.76)
    await vi.waitFor(() => expect(document.querySelector('[aria-label*="short. Show them"]')).not.toBeNull())
    await userEvent.click(named('Scott Joplin: '))
    await vi.waitFor(() => expect(words('Acceptance map')).toContain('Scott Joplin'))
    await userEvent.click(named('Lead through all pages'))
    await vi.waitFor(() => expect(words('Acceptance map')).toContain('of 120'))
  })

  test('says why a search cannot be read at its field', async () => {
    const { engine } = await show(STUDIO)
    await vi.waitFor(() => expect(words('Acceptance map')).toContain('1 of 120'))
    const failure = { query: '"', problem: 'a quotation mark is not closed' }
    engine.failNext('corpus', 'pages', AppError.of('corpus/query-invalid', failure))
    const field = document.querySelector<HTMLInputElement>('input[placeholder="all pages"]')
    if (field === null) throw new Error('There is no search.')
    await userEvent.fill(field, '"')
    await vi.waitFor(() => expect(field.getAttribute('aria-invalid')).toBe('true'))
    expect(words('Rules')).toContain('a quotation mark is not closed')
  })
})

describe('a sample set', () => {
  test('shows how it splits and what that leaks', async () => {
    await show({ face: 'split' })
    await vi.waitFor(() =>
      expect(document.body.textContent).toContain('No crop that is tested on comes from'),
    )
    document.querySelector<HTMLInputElement>('input[type=radio][value=crop]')?.click()
    await vi.waitFor(() => expect(document.body.textContent).toContain('Optimistic: held-out crops are from'))
  })

  test('is compared with another, and the comparison is exported', async () => {
    const { engine } = await show({ face: 'versions' }, (one) => {
      one.sets = [fakeSampleSet(2, 590, { name: 'Less white', whiteness: 0.85 }), fakeSampleSet(1, 600)]
    })
    await vi.waitFor(() => expect(document.body.textContent).toContain('Crops by composer'))
    expect(document.body.textContent).toContain('had another file')
    await userEvent.click(named('Export crops by composer'))
    await vi.waitFor(() => expect(document.querySelector('[role=menuitem]')).not.toBeNull())
    const save = [...document.querySelectorAll<HTMLElement>('[role=menuitem]')].find((item) =>
      item.textContent.includes('CSV'),
    )
    save?.click()
    await vi.waitFor(() => expect(engine.host.savedFiles).toHaveLength(1))
    const saved = new TextDecoder().decode(engine.host.savedFiles[0]?.bytes)
    expect(saved).toContain('style,composer,one,other,shared')
    expect(saved).toContain('Less white (')
  })

  test('cannot be compared while it is alone', async () => {
    await show({ face: 'versions' })
    await vi.waitFor(() => expect(document.querySelector('[data-index="0"]')).not.toBeNull())
    expect(document.querySelector('input[value=versions]')).toBeNull()
  })
})

describe.each(['light', 'dark'] as const)('axe finds nothing in the %s theme at', (theme) => {
  const two = (engine: FakeEngine): void => {
    engine.sets = [fakeSampleSet(2, 600), fakeSampleSet(1, 600)]
  }
  test.each([
    ['the studio', STUDIO, measured, 'Gives 600 crops'],
    ['the studio before pages are measured', STUDIO, () => undefined, 'Measure 120 pages'],
    ['the split of a set', { face: 'split' }, () => undefined, 'No crop that is tested on'],
    ['two sets compared', { face: 'versions' }, two, 'Crops by composer'],
  ] as const)('%s', async (_, place, prepare, seen) => {
    const { application } = await show(place, prepare)
    application.theme.choose(theme)
    await expect.poll(() => document.body.textContent).toContain(seen)
    await vi.waitFor(() => expect(document.querySelector('main [role=status] svg.animate-spin')).toBeNull())
    const { violations } = await axe.run(document, { resultTypes: ['violations'] })
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('; ')}`)).toEqual(
      [],
    )
  })
})
