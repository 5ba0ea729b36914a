import axe from 'axe-core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import type { Application } from '../../src/renderer/src/state/application.svelte'
import { FAKE_FOLDER, FakeEngine, type FakeOptions } from './support/fake-engine'
import { MemoryStorage } from './support/memory-storage'
import { renderApplication, type Rendered } from './support/rendering'

let rendered: (Rendered & { readonly application: Application }) | null = null
afterEach(async () => {
  await rendered?.remove()
  rendered = null
})

async function show(options: FakeOptions = {}): Promise<FakeEngine> {
  const engine = new FakeEngine(options)
  const storage = new MemoryStorage()
  storage.setItem('scorescope.project', FAKE_FOLDER)
  rendered = renderApplication(engine, storage)
  const { application } = rendered
  await vi.waitFor(() => expect(application.project.status).toBe('open'))
  // Screens are loaded when they are first shown.
  application.navigation.go('corpus')
  await vi.waitFor(() => expect(document.body.textContent).toContain('120 pages'), { timeout: 10_000 })
  return engine
}

const dialog = (): HTMLElement => {
  const found = document.querySelector<HTMLElement>('[role=dialog]')
  if (found === null) throw new Error('There is no dialog.')
  return found
}

function drag(kind: 'dragenter' | 'drop', names: readonly string[]): void {
  const dataTransfer = new DataTransfer()
  for (const name of names) dataTransfer.items.add(new File(['x'], name))
  document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }))
}

describe('the import dialog', () => {
  it('shows levels on real names and columns of a list, lets both be changed, and axe finds nothing', async () => {
    const engine = await show()
    rendered?.application.ask('import')
    await vi.waitFor(() => expect(dialog().textContent).toContain('Import pages'))
    const [folder] = dialog().querySelectorAll<HTMLInputElement>('input[type=text]')
    await userEvent.fill(folder ?? dialog(), '/scans')
    await vi.waitFor(() => expect(dialog().textContent).toContain('Folder level 1'))
    expect(dialog().textContent).toContain('Baroque, Classical, Ragtime')
    const list = [...dialog().querySelectorAll<HTMLInputElement>('input[placeholder="Path of a .csv file"]')]
    await userEvent.fill(list[0] ?? dialog(), '/lists/pages.csv')
    await vi.waitFor(() => expect(dialog().textContent).toContain('Each column means'))
    const { violations } = await axe.run(dialog())
    expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`)).toEqual([])
    const [first] = dialog().querySelectorAll('select')
    await userEvent.selectOptions(first ?? dialog(), 'Nothing: skip it')
    await vi.waitFor(() =>
      expect(engine.requests('corpus', 'preview').at(-1)).toMatchObject({
        levels: ['-', 'composer', 'piece'],
      }),
    )
  })

  it('takes what is dropped onto the window', async () => {
    await show()
    drag('dragenter', ['a.pdf'])
    await vi.waitFor(() => expect(document.body.textContent).toContain('Drop folders and files'))
    drag('drop', ['a.pdf', 'b.jpg'])
    await vi.waitFor(() => expect(dialog().textContent).toContain('2 files and folders: /dropped/a.pdf'))
    expect(document.body.textContent).not.toContain('Drop folders and files to import')
  })

  it('says in a browser that it cannot know where dropped files lie', async () => {
    await show({ browser: true })
    drag('drop', ['a.pdf'])
    await vi.waitFor(() =>
      expect(dialog().textContent).toContain('A browser does not tell where dropped files lie'),
    )
  })
})
