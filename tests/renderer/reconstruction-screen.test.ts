import axe from 'axe-core'
import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeAblation } from './support/fake-exploration'
import { FakeEngine } from './support/fake-engine'
import { renderApplication } from './support/rendering'

let ends: (() => unknown)[] = []
beforeEach(() => {
  ends = []
})
afterEach(async () => {
  for (const end of ends) await end()
})

describe('the reconstruction screen', () => {
  async function shown(engine: FakeEngine) {
    const rendered = renderApplication(engine)
    ends.push(rendered.remove)
    await expect.poll(() => rendered.application.project.status).toBe('open')
    rendered.application.navigation.go('reconstruction')
    await expect
      .poll(() => rendered.target.querySelector('h1')?.textContent, { timeout: 20_000 })
      .toBe('Reconstruction')
    return rendered
  }

  test('says what to do where nothing was trained', async () => {
    const { target } = await shown(new FakeEngine({ empty: true }))
    await expect.poll(() => target.textContent).toContain('There is no trained model to reconstruct with yet')
  })

  test('redraws when a channel is switched, and says what that costs', async () => {
    const engine = new FakeEngine()
    const { target } = await shown(engine)
    const channel = () => target.querySelector<HTMLElement>('button[aria-label^="Channel 3,"]')
    await expect.poll(channel).not.toBeNull()
    await expect.poll(() => engine.requests('exploration', 'reconstruct')).toHaveLength(1)
    channel()?.click()
    flushSync()
    expect(channel()?.getAttribute('aria-pressed')).toBe('false')
    expect(engine.requests('exploration', 'reconstruct').at(-1)).toEqual({
      run: 'r1',
      index: 0,
      channels: [{ layer: 'bottleneck', channel: 3, scale: 0 }],
    })
    await expect
      .poll(() => target.querySelector('[data-testid=mse-change]')?.textContent)
      .toContain('75 % more error')
    expect(target.querySelector('[aria-label^="What the channels switched off took"]')).not.toBeNull()
  })

  test('moves among the channels with the arrow keys and leaves one alone with S', async () => {
    const engine = new FakeEngine()
    const { target } = await shown(engine)
    const first = () => target.querySelector<HTMLElement>('button[aria-label^="Channel 0,"]')
    await expect.poll(first).not.toBeNull()
    first()?.focus()
    first()?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))
    flushSync()
    expect(document.activeElement?.getAttribute('aria-label')).toContain('Channel 1,')
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 's', bubbles: true }))
    flushSync()
    expect(target.textContent).toContain('1 of 16 on')
  })

  test('goes along the strip of crops with the arrow keys', async () => {
    const { target, application } = await shown(new FakeEngine())
    const strip = () => target.querySelector<HTMLElement>('[role=listbox][aria-label="Held-out crops"]')
    await expect.poll(() => strip()?.querySelector('[role=option]')).not.toBeNull()
    strip()?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))
    expect(application.navigation.on('reconstruction').index).toBe(5)
  })

  test('paints tiles with a brush, without a click at its end', async () => {
    const { target } = await shown(new FakeEngine())
    const tile = (channel: number) => target.querySelector<HTMLElement>(`[data-channel="${channel}"]`)
    await expect.poll(() => tile(4)).not.toBeNull()
    const at = (channel: number, type: string): void => {
      const box = tile(channel)?.getBoundingClientRect()
      const clientX = (box?.left ?? 0) + 9
      const clientY = (box?.top ?? 0) + 9
      tile(channel)?.dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, clientX, clientY }))
      flushSync()
    }
    at(1, 'pointerdown')
    for (const channel of [2, 3, 2, 1]) at(channel, 'pointermove')
    at(1, 'pointerup')
    tile(1)?.click()
    flushSync()
    const pressed = [0, 1, 2, 3, 4].map((channel) => tile(channel)?.getAttribute('aria-pressed'))
    expect(pressed).toEqual(['true', 'false', 'false', 'false', 'true'])
  })

  test('shows the ranking with its intervals; a row switches its channel', async () => {
    const engine = new FakeEngine()
    engine.losses.set('r1/bottleneck', fakeAblation('r1', 'bottleneck'))
    const { target } = await shown(engine)
    const row = () => target.querySelector<HTMLElement>('button[aria-label^="Channel 0, on: without it"]')
    await expect.poll(row).not.toBeNull()
    expect(row()?.getAttribute('aria-label')).toContain('56 % more error')
    row()?.click()
    flushSync()
    expect(target.querySelector('[data-channel="0"]')?.getAttribute('aria-pressed')).toBe('false')
    await expect.poll(() => target.textContent).toContain('of the ink went')
    expect(target.querySelector('button[aria-label="Export the ranking"]')).not.toBeNull()
  })

  test.each(['light', 'dark'] as const)(
    'is accessible in the %s theme with everything open',
    async (theme) => {
      const engine = new FakeEngine()
      engine.losses.set('r1/bottleneck', fakeAblation('r1', 'bottleneck'))
      const { target, application } = await shown(engine)
      application.theme.choose(theme)
      const row = () => target.querySelector<HTMLElement>('button[aria-label^="Channel 0, on: without it"]')
      await expect.poll(row).not.toBeNull()
      row()?.click()
      await expect.poll(() => target.textContent).toContain('of the ink went')
      const { violations } = await axe.run(document, { resultTypes: ['violations'] })
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('; ')}`)
      expect(found).toEqual([])
    },
  )
})
