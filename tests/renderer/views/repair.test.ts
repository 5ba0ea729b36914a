import axe from 'axe-core'
import { AppError } from '@shared/errors'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import type { Application } from '../../../src/renderer/src/state/application.svelte'
import { FAKE_FOLDER, FakeEngine, type FakeOptions } from '../support/fake-engine'
import { fakeCopy } from '../support/fake-repair'
import { MemoryStorage } from '../support/memory-storage'
import { renderApplication, type Rendered } from '../support/rendering'

let rendered: (Rendered & { readonly application: Application }) | null = null
afterEach(async () => {
  await rendered?.remove()
  rendered = null
})

async function show(options: FakeOptions): Promise<{ engine: FakeEngine; application: Application }> {
  const engine = new FakeEngine(options)
  rendered = renderApplication(engine, new MemoryStorage())
  const { application } = rendered
  await vi.waitFor(() => expect(application.project.status).toBe(options.closed === true ? 'closed' : 'open'))
  application.navigation.go('start')
  await vi.waitFor(() => expect(document.querySelector('main h1')?.textContent).toBe('Scorescope'))
  return { engine, application }
}

const dialog = (): HTMLElement => {
  const found = document.querySelector<HTMLElement>('[role=dialog]')
  if (found === null) throw new Error('There is no dialog.')
  return found
}
const button = (name: string): HTMLButtonElement => {
  const found = [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === name)
  if (found === undefined) throw new Error(`There is no button ${name}.`)
  return found
}

/** Opens a project that is refused as damaged. */
async function openDamaged(engine: FakeEngine, application: Application): Promise<void> {
  const details = { folder: FAKE_FOLDER, problem: 'row 3 missing from index' }
  engine.failNext('project', 'open', AppError.of('project/damaged', details))
  await application.project.open(FAKE_FOLDER)
  await vi.waitFor(() => expect(dialog().textContent).toContain('row 3 missing from index'))
  await vi.waitFor(() => expect(dialog().textContent).toContain('373 pages'))
}

describe('a project that is refused as damaged', () => {
  it('is restored from the copy that is chosen, and opened', async () => {
    const { engine, application } = await show({ closed: true })
    await openDamaged(engine, application)
    expect(application.project.failure).toBeNull()
    const [newest, older] = dialog().querySelectorAll<HTMLInputElement>('input[type=radio]')
    expect(newest?.checked).toBe(true)
    newest?.focus()
    await userEvent.keyboard('{ArrowDown}')
    expect(older?.checked).toBe(true)
    await userEvent.click(button('Restore this copy'))
    await vi.waitFor(() => expect(dialog().textContent).toContain('set-aside-2025-11-23'))
    expect(dialog().textContent).toContain('samples/3.u8')
    expect(engine.requests('project', 'repair')).toEqual([
      { folder: FAKE_FOLDER, how: { backup: fakeCopy(1).name } },
    ])
    await userEvent.click(button('Open the project'))
    await vi.waitFor(() => expect(application.project.current?.folder).toBe(FAKE_FOLDER))
    expect(document.querySelector('[role=dialog]')).toBeNull()
  })

  it('is recovered as far as it can be read, with what is lost by table', async () => {
    const { engine, application } = await show({ closed: true })
    engine.copies = {
      ...engine.copies,
      backups: [{ ...fakeCopy(1), problem: 'it is cut off', counts: null }],
    }
    const details = { folder: FAKE_FOLDER, problem: 'x' }
    engine.failNext('project', 'open', AppError.of('project/damaged', details))
    await application.project.open(FAKE_FOLDER)
    await vi.waitFor(() => expect(dialog().textContent).toContain('it is cut off'))
    await userEvent.click(button('Recover what can be read'))
    await vi.waitFor(() => expect(dialog().querySelector('table')).not.toBeNull())
    const rows = [...dialog().querySelectorAll('tbody tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent.trim()),
    )
    expect(rows[0]).toEqual(['page fields', '1,490', '12'])
    expect(rows[1]).toEqual(['edit changes', '400', 'not known'])
  })

  it('says why a repair did not work, and stays to be repaired another way', async () => {
    const { engine, application } = await show({ closed: true })
    await openDamaged(engine, application)
    engine.failNext('project', 'repair', AppError.of('project/locked', { folder: FAKE_FOLDER, pid: 7 }))
    await userEvent.click(button('Restore this copy'))
    await vi.waitFor(() => expect(dialog().textContent).toContain('is open in another Scorescope'))
    expect(button('Restore this copy').disabled).toBe(false)
  })

  it('is shown in a dialog without serious problems for assistive technology', async () => {
    const { engine, application } = await show({ closed: true })
    await openDamaged(engine, application)
    const before = await axe.run(dialog())
    await userEvent.click(button('Restore this copy'))
    await vi.waitFor(() => expect(dialog().textContent).toContain('Open the project'))
    const after = await axe.run(dialog())
    const serious = [...before.violations, ...after.violations].filter(
      ({ impact }) => impact === 'serious' || impact === 'critical',
    )
    expect(serious.map(({ id }) => id)).toEqual([])
  })
})

describe('the copies of an open project', () => {
  it('are listed and made from the start screen, and gone back to', async () => {
    const { engine, application } = await show({})
    await userEvent.click(button('Copies…'))
    await vi.waitFor(() => expect(dialog().textContent).toContain('1 edit'))
    await userEvent.click(button('Back up now'))
    await vi.waitFor(() => expect(dialog().querySelectorAll('input[type=radio]')).toHaveLength(4))
    await userEvent.click(button('Restore this copy'))
    await vi.waitFor(() => expect(application.project.current).toBeNull())
    await userEvent.click(button('Open the project'))
    await vi.waitFor(() => expect(application.project.status).toBe('open'))
    expect(engine.requests('project', 'repair')).toHaveLength(1)
  })
})
