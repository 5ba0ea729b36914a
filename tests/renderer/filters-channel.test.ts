import axe from 'axe-core'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Application } from '../../src/renderer/src/state/application.svelte'
import { fakeAblation, fakePieceId } from './support/fake-exploration'
import { FakeEngine } from './support/fake-engine'
import { fakeContrasts } from './support/fake-findings'
import { renderApplication, type Rendered } from './support/rendering'

let rendered: (Rendered & { readonly application: Application }) | null = null
// The window fetches its screens when they are first shown; on a busy machine that takes longer than a test should.
beforeAll(() => import('../../src/renderer/src/views/filters/FiltersView.svelte'), 120_000)
beforeEach(() => localStorage.clear())
afterEach(async () => {
  await rendered?.remove()
  rendered = null
})

async function opened(engine: FakeEngine, channel = 5) {
  rendered = renderApplication(engine)
  await expect.poll(() => rendered?.application.project.status).toBe('open')
  rendered.application.navigation.go('filters', { run: 'r1', layer: 'encoder-2-1', channel })
  const { target } = rendered
  await expect
    .poll(() => target.querySelector('#channel-fires h2')?.textContent, { timeout: 20_000 })
    .toBe('How it fires')
  return rendered
}

/** Everything that can be measured was measured. */
function measured(): FakeEngine {
  const engine = new FakeEngine()
  engine.findings.contrasts.set('r1/style', fakeContrasts('r1', 'style'))
  engine.symbols.measured.add('r1')
  engine.losses.set('r1/encoder-2-1', fakeAblation('r1', 'encoder-2-1'))
  return engine
}

function part(name: string): HTMLElement | null {
  return rendered?.target.querySelector<HTMLElement>(`#channel-${name}`) ?? null
}

const text = (name: string): string => part(name)?.textContent.replaceAll(/\s+/g, ' ') ?? ''

function press(label: string, within: ParentNode = document): void {
  const found = [...within.querySelectorAll('button')].find((one) => one.textContent.trim() === label)
  if (found === undefined) throw new Error(`There is no button ${label}.`)
  found.click()
}

function write(field: HTMLInputElement | HTMLTextAreaElement | null, value: string): void {
  if (field === null) throw new Error('There is no such field.')
  field.value = value
  field.dispatchEvent(new Event('input', { bubbles: true }))
  field.dispatchEvent(new Event('change', { bubbles: true }))
}

describe('a channel’s page', () => {
  test('says in staff spaces what a unit sees', async () => {
    const { target } = await opened(new FakeEngine())
    await expect.poll(() => target.textContent).toContain('about 10 staff spaces wide')
  })

  test('says in words where it stands in its layer, and links channels that go together with it', async () => {
    const { application } = await opened(new FakeEngine())
    expect(text('fires')).toMatch(/more often than \d+ % of its layer/)
    press('encoder-2-1/6', part('fires') ?? document)
    expect(application.navigation.on('filters')).toMatchObject({ layer: 'encoder-2-1', channel: 6 })
  })

  test('shows crops over the whole range, the strongest first', async () => {
    await opened(new FakeEngine())
    part('excites')?.querySelector<HTMLInputElement>('input[value=range]')?.click()
    await expect.poll(() => text('excites')).toContain('Weakest')
    const names = [...(part('excites')?.querySelectorAll('h3') ?? [])].map((one) => one.textContent)
    expect(names).toEqual(['Strongest', '4 of 5', '3 of 5', '2 of 5', 'Weakest'])
  })

  test('tests all channels by style when nothing was tested, and shows the test when it has ended', async () => {
    const engine = new FakeEngine()
    await opened(engine)
    await expect.poll(() => text('styles')).toContain('has not been tested yet')
    press('Test all channels by style')
    await expect.poll(() => engine.jobs[0]?.kind).toBe('contrasts')
    await expect.poll(() => text('styles')).toContain('Testing every channel')
    engine.findings.contrasts.set('r1/style', fakeContrasts('r1', 'style'))
    engine.endJob(engine.jobs[0]?.job ?? '')
    await expect.poll(() => text('styles')).toContain('Its strength differs between styles')
    expect(text('styles')).toContain(
      'a piece of Ragtime is stronger than one of another style in 95 of 100 pairs',
    )
    expect(text('styles')).toContain('25 % by chance')
    expect(text('styles')).toContain('with shuffled labels')
  })

  test('shows the model the probe sheet when asked, then lists what the channel likes with pictures', async () => {
    const engine = new FakeEngine()
    await opened(engine)
    await expect.poll(() => text('likes')).toContain('has not seen the probe sheet')
    expect(engine.requests('symbols', 'responses')).toHaveLength(0)
    press('Show it the probe sheet')
    await expect.poll(() => engine.jobs[0]?.kind).toBe('symbols')
    engine.symbols.measured.add('r1')
    engine.endJob(engine.jobs[0]?.job ?? '')
    await expect.poll(() => text('likes')).toContain('Answers most to black notehead')
    await expect.poll(() => part('likes')?.querySelectorAll('img').length).toBe(5)
  })

  test('measures what is lost without it, and leads to the reconstruction without it', async () => {
    const engine = new FakeEngine()
    const { application, target } = await opened(engine)
    press('Measure this layer')
    await expect.poll(() => engine.jobs[0]?.kind).toBe('ablate')
    engine.losses.set('r1/encoder-2-1', fakeAblation('r1', 'encoder-2-1'))
    engine.endJob(engine.jobs[0]?.job ?? '')
    await expect.poll(() => text('without')).toContain('number 6 of 16 in its layer')
    expect(text('without')).toContain('held out of training')
    press('Reconstruct without it')
    expect(application.navigation.screen).toBe('reconstruction')
    await expect.poll(() => target.querySelector('h1')?.textContent).toBe('Reconstruction')
    await expect
      .poll(() => engine.requests('exploration', 'reconstruct'))
      .toContainEqual(expect.objectContaining({ channels: [{ layer: 'encoder-2-1', channel: 5, scale: 0 }] }))
  })

  test('keeps a name for whoever says who they are, and remembers them', async () => {
    const engine = new FakeEngine()
    await opened(engine)
    const field = (label: string): HTMLInputElement | null => {
      const found = [...(part('name')?.querySelectorAll('label') ?? [])].find(
        (one) => one.textContent === label,
      )
      return found === undefined ? null : document.querySelector<HTMLInputElement>(`[id="${found.htmlFor}"]`)
    }
    await expect.poll(() => part('name')?.querySelectorAll('datalist option').length).toBeGreaterThan(20)
    write(field('Name'), 'stem')
    expect(engine.naming.names).toEqual([])
    write(field('Named by'), 'AB')
    write(field('Name'), 'beam')
    await expect.poll(() => engine.naming.names).toMatchObject([{ rater: 'AB', name: 'beam', channel: 5 }])
    await expect
      .poll(() => rendered?.target.querySelector('[title="What it is called"]')?.textContent)
      .toBe('beam')
    write(field('Note'), 'only in print')
    await expect.poll(() => engine.naming.names).toMatchObject([{ name: 'beam', note: 'only in print' }])
    expect(localStorage.getItem('scorescope.rater')).toBe('AB')
  })

  test('puts a channel into a list and takes it out again', async () => {
    const engine = new FakeEngine()
    await opened(engine)
    write(part('name')?.querySelector('[aria-label="List to add this channel to"]') ?? null, 'essential')
    await expect
      .poll(() => part('name')?.querySelector<HTMLButtonElement>('[type=submit]')?.disabled)
      .toBe(false)
    press('Add')
    await expect
      .poll(() => engine.naming.lists)
      .toMatchObject([{ name: 'essential', channels: [{ channel: 5 }] }])
    const out = () => part('name')?.querySelector<HTMLElement>('[aria-label="Take out of essential"]')
    await expect.poll(out).not.toBeNull()
    out()?.click()
    await expect.poll(() => engine.naming.lists[0]?.channels).toEqual([])
  })

  test('lays its activation over the pages of its strongest crops, one after the other', async () => {
    const engine = new FakeEngine()
    await opened(engine)
    press('Where it fires on a page')
    await expect.poll(() => part('page')?.querySelector('[role=application]')).not.toBeNull()
    await expect.poll(() => text('page')).toContain('of this page, at most')
    const first = engine.requests('exploration', 'pageActivation').length
    part('page')?.querySelector<HTMLElement>('[aria-label="Next page"]')?.click()
    await expect.poll(() => engine.requests('exploration', 'pageActivation').length).toBe(first + 1)
    press('All pages of this piece')
    await expect.poll(() => part('page')?.querySelectorAll('option').length).toBe(18)
  })

  test('follows a piece page after page, and a second one beside it', async () => {
    const engine = new FakeEngine()
    await opened(engine)
    const choose = (slot: number, piece: string): void => {
      const select = part('piece')?.querySelectorAll('select')[slot]
      const option = [...(select?.options ?? [])].find((one) => one.text.includes(piece))
      if (select === undefined || option === undefined) throw new Error(`There is no piece ${piece}.`)
      select.value = option.value
      select.dispatchEvent(new Event('change', { bubbles: true }))
    }
    await expect.poll(() => part('piece')?.querySelectorAll('option').length).toBeGreaterThan(9)
    choose(0, 'Maple Leaf Rag')
    await expect.poll(() => part('piece')?.querySelectorAll('section li').length).toBe(10)
    choose(1, 'Bagatelle')
    await expect.poll(() => part('piece')?.querySelectorAll('section li').length).toBe(18)
    expect(engine.requests('exploration', 'pieceActivation')).toContainEqual({
      run: 'r1',
      layer: 'encoder-2-1',
      channel: 5,
      piece: fakePieceId(engine.pages, 'Bagatelle'),
    })
  })

  test('works out one convolution and slides the window with the arrow keys', async () => {
    const { target, application } = await opened(new FakeEngine())
    press('Watch it work on this crop')
    const board = () => target.querySelector<HTMLElement>('[aria-roledescription="sliding window"]')
    await expect.poll(board).not.toBeNull()
    expect(board()?.parentElement?.textContent).toContain('the other 4 input channels')
    const before = board()?.getAttribute('aria-label') ?? ''
    board()?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true }),
    )
    await expect.poll(() => board()?.getAttribute('aria-label')).not.toBe(before)
    board()?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }),
    )
    expect(application.navigation.on('filters').channel).toBe(5)
  })

  for (const theme of ['light', 'dark'] as const) {
    test(`has nothing that axe objects to, with everything measured and opened, in the ${theme} theme`, async () => {
      const { target, application } = await opened(measured())
      application.theme.choose(theme)
      press('Where it fires on a page')
      press('Watch it work on this crop')
      await expect.poll(() => target.querySelector('[aria-roledescription="sliding window"]')).not.toBeNull()
      await expect.poll(() => text('likes')).toContain('Answers most')
      await expect.poll(() => text('styles')).toContain('Effect size')
      await expect.poll(() => text('page')).toContain('of this page, at most')
      const { violations } = await axe.run(target, { resultTypes: ['violations'] })
      expect(
        violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`,
        ),
      ).toEqual([])
    })
  }
})

describe('a layer’s page', () => {
  test('labels tiles with names or likings, hides what does not pass, and has nothing that axe objects to', async () => {
    const engine = measured()
    const { target, application } = await opened(engine)
    application.navigation.go('filters', { run: 'r1', layer: 'encoder-2-1' })
    const tiles = () => target.querySelectorAll('[role=toolbar] button').length
    await expect.poll(tiles).toBe(16)
    expect(target.querySelector('[role=toolbar]')?.textContent).toContain('black notehead')
    write(target.querySelector('input[type=search]'), 'stem')
    await expect.poll(tiles).toBe(3)
    await expect.poll(() => target.textContent).toContain('3 of 16 channels')
    const { violations } = await axe.run(target, { resultTypes: ['violations'] })
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160) ?? ''}`)).toEqual([])
  })
})
