/** The window over a fake engine with the corpus screen of its project; it is taken away after each test. */
import { afterEach, expect, vi } from 'vitest'
import type { Application } from '../../../src/renderer/src/state/application.svelte'
import type { Places } from '../../../src/renderer/src/state/navigation.svelte'
import { FAKE_FOLDER, type FakeEngine } from './fake-engine'
import { MemoryStorage } from './memory-storage'
import { renderApplication } from './rendering'

type RenderedApplication = ReturnType<typeof renderApplication>

let rendered: RenderedApplication | null = null
afterEach(async () => {
  await rendered?.remove()
  rendered = null
})

/** What the window that is open shows. */
export function application(): Application {
  if (rendered === null) throw new Error('No window is open.')
  return rendered.application
}

/** Patient: a busy machine is no failure. */
export const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 8000 })

export function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector)
  if (found === null) throw new Error(`There is no ${selector}.`)
  return found
}

export async function openCorpus(
  engine: FakeEngine,
  place: Places['corpus'] = {},
): Promise<RenderedApplication> {
  const storage = new MemoryStorage()
  storage.setItem('scorescope.project', FAKE_FOLDER)
  const opened = renderApplication(engine, storage)
  rendered = opened
  opened.target.style.width = '1280px'
  await until(() => expect(opened.application.project.status).toBe('open'))
  opened.application.navigation.go('corpus', place)
  return opened
}
