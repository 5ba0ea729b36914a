import axe from 'axe-core'
import { AppError } from '@shared/errors'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import type { Application } from '../../../src/renderer/src/state/application.svelte'
import { FAKE_FOLDER, FakeEngine, type FakeOptions } from '../support/fake-engine'
import { MemoryStorage } from '../support/memory-storage'
import { renderApplication, type Rendered } from '../support/rendering'

let rendered: (Rendered & { readonly application: Application }) | null = null
afterEach(async () => {
  await rendered?.remove()
  rendered = null
})

/** The window as it starts, on a screen; the fake project counts as the one that was open last. */
async function show(
  screen: 'start' | 'corpus' | 'samples',
  options: FakeOptions = {},
): Promise<{ engine: FakeEngine; application: Application }> {
  const engine = new FakeEngine(options)
  const storage = new MemoryStorage()
  if (options.closed !== true) storage.setItem('scorescope.project', FAKE_FOLDER)
  rendered = renderApplication(engine, storage)
  const { application } = rendered
  await vi.waitFor(() => expect(application.project.status).toBe(options.closed === true ? 'closed' : 'open'))
  application.navigation.go(screen)
  await vi.waitFor(() => expect(document.querySelector('main h1, main h2')).not.toBeNull())
  return { engine, application }
}

const text = (): string => document.body.textContent
const button = (name: string): HTMLButtonElement => {
  const found = [...document.querySelectorAll('button')].find((candidate) =>
    [candidate.textContent.trim(), candidate.getAttribute('aria-label')].includes(name),
  )
  if (found === undefined) throw new Error(`There is no button ${name}.`)
  return found
}
const find = (selector: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(selector)
  if (found === null) throw new Error(`There is no ${selector}.`)
  return found
}

describe('the start screen', () => {
  it('tells what trains here and which projects there are', async () => {
    await show('start', { closed: true })
    await vi.waitFor(() => expect(text()).toContain('Trains with native TensorFlow.'))
    expect(text()).toContain('/home/researcher/Styles.scorescope')
    expect(text()).toContain('Not found')
  })

  it('opens a recent project and goes to its corpus', async () => {
    const { application } = await show('start', { closed: true })
    await vi.waitFor(() => expect(text()).toContain('Styles'))
    await userEvent.click(find('main li button'))
    await vi.waitFor(() => expect(application.navigation.screen).toBe('corpus'))
  })

  it('makes the demo, shows how far it is and says that it is synthetic', async () => {
    const { engine } = await show('start', { closed: true })
    engine.host.folder = '/data/Scorescope demo.scorescope'
    await userEvent.click(button('Open the demo…'))
    await vi.waitFor(() => expect(text()).toContain('Synthetic demo'))
    engine.progressJob('j1', 3, 63, 150)
    await vi.waitFor(() => expect(text()).toContain('about 3 min left'))
  })

  it('takes a typed path in a browser and shows why it cannot be used', async () => {
    const { engine } = await show('start', { closed: true, browser: true })
    await userEvent.click(button('New project…'))
    await userEvent.fill(find('[role=dialog] input'), '/data/Rags')
    const folder = '/data/Rags.scorescope'
    engine.failNext('project', 'create', AppError.of('project/exists', { folder }))
    await userEvent.click(button('Create'))
    await vi.waitFor(() => expect(find('[role=alert]').textContent).toContain('already exists'))
  })
})

describe('the corpus screen', () => {
  it('says what to do while there are no pages', async () => {
    await show('corpus', { empty: true })
    await vi.waitFor(() => expect(text()).toContain('No pages yet'))
    await userEvent.click(button('Import a folder…'))
    await vi.waitFor(() =>
      expect(find('[role=dialog]').textContent).toContain('Link: leave them where they are'),
    )
  })

  it('imports from the dialog and reports what was refused', async () => {
    const { engine } = await show('corpus')
    await vi.waitFor(() => expect(text()).toContain('120 pages'))
    await userEvent.click(button('Import…'))
    await userEvent.fill(find('[role=dialog] input[type=text]'), '/scans')
    await userEvent.click(button('Import'))
    await vi.waitFor(() =>
      expect(engine.requests('corpus', 'import')).toEqual([{ folder: '/scans', storage: 'link' }]),
    )
    await vi.waitFor(() => expect(document.querySelector('[role=dialog]')).toBeNull())
    engine.progressJob('j1', 120, 373, 47)
    await vi.waitFor(() => expect(find('[aria-label=Running]').textContent).toContain('120 of 373'))
    engine.endJob('j1')
    await vi.waitFor(() => expect(find('[role=dialog]').textContent).toContain('it is text, not an image'))
  })

  it('cancels a running import from the bar', async () => {
    const { engine } = await show('corpus')
    engine.startJob('import', 'Importing pages')
    await vi.waitFor(() => button('Cancel: Importing pages'))
    await userEvent.click(button('Cancel: Importing pages'))
    await vi.waitFor(() => expect(document.querySelector('[aria-label=Running]')).toBeNull())
    expect(document.querySelector('[role=alert]')).toBeNull()
  })

  it('opens a page by keyboard, goes to the next, and back to its tile', async () => {
    const { application } = await show('corpus')
    await vi.waitFor(() => find('[data-index="0"]'))
    find('[data-index="0"]').focus()
    await userEvent.keyboard('{ArrowRight}{Enter}')
    await vi.waitFor(() => expect(document.activeElement?.getAttribute('role')).toBe('application'))
    await userEvent.keyboard('{ArrowRight}')
    await vi.waitFor(() => expect(application.navigation.on('corpus').page).toBe(3))
    await vi.waitFor(() => expect(document.querySelectorAll('rect.overlay')).toHaveLength(5))
    const written = [...document.querySelectorAll<HTMLInputElement>('aside input')]
    expect(written.map(({ value }) => value)).toContain('Urtext')
    await userEvent.keyboard('{Escape}')
    await vi.waitFor(() => expect((document.activeElement as HTMLElement).dataset['index']).toBe('2'))
  })

  it('says why a search cannot be read, beside the pages found before', async () => {
    const { engine } = await show('corpus')
    await vi.waitFor(() => find('[role=searchbox]'))
    const failure = { query: '"', problem: 'a quotation mark is not closed' }
    engine.failNext('corpus', 'order', AppError.of('corpus/query-invalid', failure))
    await userEvent.fill(find('[role=searchbox]'), '"')
    await vi.waitFor(() =>
      expect(find('[role=alert]').textContent).toContain('a quotation mark is not closed'),
    )
    expect(text()).not.toContain('pages for')
    expect(find('[data-index="0"]')).toBeTruthy()
  })

  it('says when no page matches', async () => {
    await show('corpus')
    await vi.waitFor(() => find('[role=searchbox]'))
    await userEvent.fill(find('[role=searchbox]'), 'stockhausen')
    await vi.waitFor(() => expect(text()).toContain('No page matches'))
  })
})

describe('the samples screen', () => {
  it('says what to do while there are no pages', async () => {
    const { application } = await show('samples', { empty: true })
    await vi.waitFor(() => expect(text()).toContain('No pages to draw from'))
    await userEvent.click(button('Go to Corpus'))
    await vi.waitFor(() => expect(application.navigation.screen).toBe('corpus'))
  })

  it('shows the hash of a set and leads to the studio for another', async () => {
    const { engine, application } = await show('samples')
    await vi.waitFor(() => expect(text()).toContain(engine.sets[0]?.hash ?? 'no hash'))
    await userEvent.click(button('New set by these rules'))
    await vi.waitFor(() => expect(text()).toContain('Gives at most 600 crops.'))
    expect(application.navigation.on('samples').part).toBe('new')
    await userEvent.click(button('Draw'))
    await vi.waitFor(() => expect(engine.requests('sampling', 'draw')).toHaveLength(1))
  })

  it('leads from a crop to its page', async () => {
    const { application } = await show('samples')
    await vi.waitFor(() => find('[data-index="0"]'))
    find('[data-index="0"]').focus()
    await userEvent.keyboard('{ArrowRight}{Enter}')
    await vi.waitFor(() => expect(application.navigation.screen).toBe('corpus'))
    await vi.waitFor(() => expect(find('rect.selected')).toBeTruthy())
  })

  it('tells which pages gave too few crops, and why', async () => {
    await show('samples')
    await vi.waitFor(() =>
      expect(text()).toContain('only 2 of 500 draws were at or below the whiteness limit'),
    )
  })
})

describe('the frame', () => {
  it('goes to a screen by its number', async () => {
    const { application } = await show('start')
    await userEvent.keyboard('{Control>}2{/Control}')
    expect(application.navigation.screen).toBe('corpus')
    await userEvent.keyboard('{Control>}3{/Control}')
    expect(application.navigation.screen).toBe('samples')
  })

  it('says that no project is open where one is needed', async () => {
    const { application } = await show('start', { closed: true })
    application.navigation.go('corpus')
    await vi.waitFor(() => expect(text()).toContain('No project is open'))
  })

  it('announces the failure of a job', async () => {
    const { engine } = await show('corpus')
    const problem = { code: 'project/no-write', message: 'The disk is full: free some space.' }
    engine.endJob(engine.startJob('import', 'Importing pages').job, { status: 'failed', problem })
    await vi.waitFor(() => expect(find('[role=alert]').textContent).toContain('The disk is full'))
  })

  it('tells the surroundings which theme is chosen and keeps it', async () => {
    const { engine } = await show('start')
    await userEvent.click(find('[aria-label="Dark theme"]'))
    expect(document.documentElement.dataset['theme']).toBe('dark')
    expect(engine.host.themes.at(-1)).toBe('dark')
    await userEvent.click(find('[aria-label="Light theme"]'))
  })
})

describe('accessibility', () => {
  it.each([
    ['start', {}],
    ['start', { closed: true, browser: true }],
    ['corpus', {}],
    ['corpus', { empty: true }],
    ['samples', {}],
    ['samples', { empty: true }],
  ] as const)('axe finds nothing on %s with %j', async (screen, options) => {
    await show(screen, options)
    await vi.waitFor(() => expect(document.querySelector('main [role=status] svg.animate-spin')).toBeNull())
    const { violations } = await axe.run()
    expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`)).toEqual([])
  })
})
