import axe from 'axe-core'
import { flushSync } from 'svelte'
import { afterEach, describe, expect, test } from 'vitest'
import { LatentState } from '../../src/renderer/src/state/latent.svelte'
import { FakeEngine } from './support/fake-engine'
import { fakeConfoundReport, fakeProbeReport } from './support/fake-probes'
import { renderApplication } from './support/rendering'

let ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends) await end()
  ends = []
})

const REPORTS = { probe: fakeProbeReport('r1'), confounds: fakeConfoundReport('r1') }

describe('the latent screen', () => {
  async function shown(engine: FakeEngine, theme: 'light' | 'dark' = 'light') {
    const rendered = renderApplication(engine)
    ends.push(rendered.remove)
    rendered.application.theme.choose(theme)
    await expect.poll(() => rendered.application.project.status).toBe('open')
    rendered.application.navigation.go('latent')
    await expect
      .poll(() => rendered.target.querySelector('h1')?.textContent, { timeout: 20_000 })
      .toBe('Latent space')
    return rendered
  }

  const click = (name: string): void => {
    const all = [...document.querySelectorAll<HTMLElement>('button, label, [role=menuitem]')]
    const named = all.find((one) => [one.getAttribute('aria-label'), one.textContent.trim()].includes(name))
    if (named === undefined) throw new Error(`There is nothing to click that is called ${name}.`)
    named.click()
    flushSync()
  }

  async function expectAccessible(): Promise<void> {
    const { violations } = await axe.run(document, { resultTypes: ['violations'] })
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('; ')}`)
    expect(found).toEqual([])
  }

  test('says what to do where nothing was trained', async () => {
    const { target } = await shown(new FakeEngine({ empty: true }))
    await expect.poll(() => target.textContent).toContain('There is no trained model to map crops with yet')
  })

  test('compares two groups that are on offer without a choice being made', async () => {
    const engine = new FakeEngine()
    const { target } = await shown(engine)
    await expect.poll(() => target.textContent).toContain('On offer: values of style')
    click('Paint the difference')
    await expect.poll(() => target.textContent).toContain(' against ')
    await expect.poll(() => target.querySelectorAll('canvas[role=img]').length).toBe(6)
    expect(target.querySelector('canvas[aria-label^="Where they differ: blue is darker in"]')).not.toBeNull()
    expect(engine.requests('latent', 'decode')).toHaveLength(1)
  })

  test('saves the map as a table with its caption', async () => {
    const engine = new FakeEngine()
    const { target } = await shown(engine)
    await expect.poll(() => target.querySelector('button[aria-label="Export the map"]')).not.toBeNull()
    const trigger = target.querySelector('button[aria-label="Export the map"]')
    trigger?.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, button: 0 }))
    await expect.poll(() => document.querySelector('[role=menu]')?.textContent).toContain('CSV')
    expect(document.querySelector('[role=menu]')?.textContent).toContain('SVG')
    const csv = [...document.querySelectorAll<HTMLElement>('[role=menuitem]')].find((item) =>
      item.textContent.includes('CSV'),
    )
    csv?.dispatchEvent(new PointerEvent('pointerup', { bubbles: true, button: 0 }))
    csv?.click()
    await expect.poll(() => engine.host.savedFiles.length).toBeGreaterThan(0)
    const file = engine.host.savedFiles[0]
    const text = new TextDecoder().decode(file?.bytes)
    expect(text.split('\r\n')[0]).toContain('# Latent map. Run r1 (Quick look); method PCA')
    expect(text.split('\r\n')).toHaveLength(engine.samples.length + 3)
  })

  test('takes L for the lasso and Escape to clear the selection', async () => {
    const { target, application } = await shown(new FakeEngine())
    const map = () => target.querySelector<HTMLElement>('[role=application]')
    await expect.poll(map).not.toBeNull()
    map()?.dispatchEvent(new KeyboardEvent('keydown', { key: 'l', bubbles: true }))
    flushSync()
    const lasso = [...target.querySelectorAll('button')].find((one) => one.textContent.trim() === 'Lasso')
    expect(lasso?.getAttribute('aria-pressed')).toBe('true')
    const latent = application.stateOf('latent', (one) => new LatentState(one))
    latent.selectPoints([0, 1, 2])
    flushSync()
    expect(target.textContent).toContain('Selection: 3 crops')
    map()?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
    flushSync()
    expect(target.textContent).not.toContain('Selection: 3 crops')
  })

  test('says of confounds first in words, then how well each field is read', async () => {
    const engine = new FakeEngine()
    engine.latent.reports.set('r1', REPORTS)
    const { target } = await shown(engine)
    await expect.poll(() => target.textContent).toContain('What the code knows')
    click('What the code knows')
    await expect.poll(() => target.textContent).toContain('The code tells scan sources apart with 88 %')
    const text = target.textContent
    expect(text.indexOf('The code tells scan sources apart')).toBeLessThan(text.indexOf('The music'))
    expect(text).toContain('Among crops with the same scan source')
    expect(text).toContain('Not probed')
    expect(
      target.querySelector(
        '[role=img][aria-label="Style: balanced accuracy 32 % (25–39 %), accuracy 36 %; chance 14 %, shuffled up to 24 %, majority 26 %"]',
      ),
    ).not.toBeNull()
    expect(target.querySelector('button[aria-label="Export the probes"]')).not.toBeNull()
  })

  describe.each(['light', 'dark'] as const)('axe finds nothing in the %s theme', (theme) => {
    test('on the map with a crop, a selection and decoded pictures', async () => {
      const engine = new FakeEngine()
      const { target, application } = await shown(engine, theme)
      await expect.poll(() => target.querySelector('[role=application]')).not.toBeNull()
      const latent = application.stateOf('latent', (one) => new LatentState(one))
      await expect.poll(() => latent.samples.status).toBe('ready')
      latent.pickCrop(5)
      latent.selectPoints([1, 2, 40, 41])
      await latent.crops.save('four')
      click('Paint the difference')
      await expect.poll(() => target.querySelectorAll('canvas[role=img]').length).toBe(6)
      await expectAccessible()
    })

    test('on what the code knows', async () => {
      const engine = new FakeEngine()
      engine.latent.reports.set('r1', REPORTS)
      const { target } = await shown(engine, theme)
      await expect.poll(() => target.textContent).toContain('What the code knows')
      click('What the code knows')
      await expect.poll(() => target.textContent).toContain('Not probed')
      await expectAccessible()
    })

    test('on how UMAP draws', async () => {
      const { target } = await shown(new FakeEngine(), theme)
      await expect.poll(() => target.textContent).toContain('What the code knows')
      click('How UMAP draws')
      await expect.poll(() => document.body.textContent).toContain('Draw the UMAP')
      await expectAccessible()
    })
  })
})
