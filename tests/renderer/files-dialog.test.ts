import axe from 'axe-core'
import type { AmissFile } from '@shared/domain/files'
import { AppError } from '@shared/errors'
import { describe, expect, it } from 'vitest'
import { userEvent } from 'vitest/browser'
import { FakeEngine } from './support/fake-engine'
import { fakeAmiss } from './support/fake-files'
import { application, openCorpus, until } from './support/open-corpus'

const found = (page: number, sameBytes = true, id = page): AmissFile['proposals'][number] => ({
  id,
  path: `/archive/${String(id)}/page-${String(page)}.jpg`,
  sameBytes,
  sizeBytes: 290_000,
  modifiedMs: 0,
})

async function show(amiss: readonly AmissFile[] = []): Promise<FakeEngine> {
  const engine = new FakeEngine()
  engine.files.amiss = amiss
  await openCorpus(engine)
  await until(() => expect(button('Files…')).toBeTruthy())
  return engine
}

function button(name: string): HTMLElement {
  const all = [...document.querySelectorAll<HTMLElement>('button')]
  const named = all.find((one) => (one.getAttribute('aria-label') ?? one.textContent.trim()) === name)
  if (named === undefined) throw new Error(`There is no button ${name}.`)
  return named
}

const dialog = (): HTMLElement => {
  const open = document.querySelector<HTMLElement>('[role=dialog]')
  if (open === null) throw new Error('There is no dialog.')
  return open
}

async function expectAccessible(): Promise<void> {
  const { violations } = await axe.run(dialog())
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`)).toEqual([])
}

describe('the dialog of missing and changed files', () => {
  it('is opened from a notice, lists files by folder, and links all that were found in one click', async () => {
    const engine = await show([
      fakeAmiss(1, { proposals: [found(1)] }),
      fakeAmiss(2, { proposals: [found(2), found(2, true, 12)] }),
      fakeAmiss(3, { proposals: [found(3, false)] }),
      fakeAmiss(4, { state: 'changed', folder: '/scans/other' }),
    ])
    await until(() => expect(document.body.textContent).toContain('3 files are not where they were.'))
    expect(document.body.textContent).toContain(
      '1 file changed since the import: the new bytes are not used.',
    )
    await userEvent.click(button('Find them…'))
    await until(() => expect(dialog().textContent).toContain('Missing and changed files'))
    expect([...dialog().querySelectorAll('h3')].map(({ textContent }) => textContent.trim())).toEqual([
      '/scans/Baroque/Bach/Invention 3 files',
      '/scans/other 1 file',
    ])
    await expectAccessible()
    await userEvent.selectOptions(
      dialog().querySelector('select') ?? dialog(),
      '…/12/page-2.jpg (same bytes)',
    )
    await userEvent.click(button('Link to all 2 files found'))
    await until(() => expect(dialog().textContent).toContain('2 files of 2 pages found again.'))
    expect(engine.requests('files', 'relink')).toEqual([{ proposals: [1, 12] }])
    await userEvent.click(button('Use this version of page-3.jpg'))
    await until(() =>
      expect(engine.requests('files', 'renew')).toEqual([{ files: [{ page: 3, proposal: 3 }] }]),
    )
    engine.endJob(engine.jobs[0]?.job ?? '')
    await until(() => expect(button('Accept the new version of page-4.jpg')).toBeTruthy())
  })

  it('accepts the version of a changed file that is there now, and says what was left', async () => {
    const engine = await show([fakeAmiss(4, { state: 'changed' })])
    engine.resultOf = () => ({
      files: 0,
      pages: 0,
      left: [{ file: 'page-4.jpg', reason: 'it is empty' }],
      seconds: 1,
    })
    await userEvent.click(button('Files…'))
    await until(() => expect(button('Accept the new version of page-4.jpg')).toBeTruthy())
    await userEvent.click(button('Accept the new version of page-4.jpg'))
    await until(() => expect(dialog().textContent).toContain('page-4.jpg: it is empty'))
    expect(engine.requests('files', 'renew')).toEqual([{ files: [{ page: 4 }] }])
  })

  it('looks in a folder that is typed, by keyboard alone, and shows a refusal', async () => {
    const engine = await show([fakeAmiss(1)])
    button('Files…').focus()
    await userEvent.keyboard('{Enter}')
    await until(() => expect(dialog().querySelector('input[type=text]')).toBeTruthy())
    const [field] = dialog().querySelectorAll<HTMLInputElement>('input[type=text]')
    field?.focus()
    engine.failNext('files', 'find', AppError.of('corpus/folder-missing', { folder: '/gone' }))
    await userEvent.keyboard('/gone{Enter}')
    await until(() => expect(document.body.textContent).toContain('/gone does not exist or is not a folder'))
    expect(engine.requests('files', 'find')).toEqual([{ folder: '/gone' }])
    await userEvent.keyboard('{Escape}')
    await until(() => expect(document.querySelector('[role=dialog]')).toBeNull())
  })

  it('turns links into copies only after it was said what that takes', async () => {
    const engine = await show()
    await userEvent.click(button('Files…'))
    await until(() => expect(dialog().querySelector('input[value=kept]')).toBeTruthy())
    await userEvent.click(dialog().querySelector('input[value=kept]') ?? dialog())
    await until(() => expect(dialog().textContent).toContain('120 files linked (37.0 MB)'))
    await expectAccessible()
    await userEvent.click(button('Copy all linked files into the project…'))
    await until(() => expect(dialog().textContent).toContain('80.0 GB are free'))
    expect(engine.requests('files', 'consolidate')).toEqual([])
    await expectAccessible()
    await userEvent.click(button('Copy'))
    await until(() => expect(engine.requests('files', 'consolidate')).toEqual([{ to: 'copy' }]))
  })

  it('lists watched folders, pauses and forgets them', async () => {
    const engine = await show()
    const known = { paused: false, importedAt: '2025-11-24T08:00:00.000Z', added: 3, refused: 0 }
    engine.files.watched = [
      { id: 1, folder: '/scans', problem: '/scans cannot be looked at: it is not there.', ...known },
    ]
    await userEvent.click(button('Files…'))
    await until(() => expect(dialog().querySelector('input[value=watched]')).toBeTruthy())
    await userEvent.click(dialog().querySelector('input[value=watched]') ?? dialog())
    await until(() => expect(dialog().textContent).toContain('/scans cannot be looked at: it is not there.'))
    expect(dialog().textContent).toContain('3 pages added')
    await expectAccessible()
    await userEvent.click(button('Pause /scans'))
    await until(() => expect(button('Go on watching /scans')).toBeTruthy())
    await userEvent.click(button('Stop watching /scans'))
    await until(() => expect(dialog().textContent).toContain('No folder is watched.'))
  })
})

describe('the import dialog', () => {
  it('begins with what the project does with files, and keeps watching the folder when asked to', async () => {
    const engine = await show()
    engine.files.storage = 'copy'
    application().ask('import')
    await until(() => expect(dialog().textContent).toContain('Keep watching this folder'))
    const [folder] = dialog().querySelectorAll<HTMLInputElement>('input[type=text]')
    await userEvent.fill(folder ?? dialog(), '/scans')
    await userEvent.click(dialog().querySelector('input[type=checkbox]') ?? dialog())
    await userEvent.click(button('Import'))
    await until(() =>
      expect(engine.requests('files', 'watch')).toEqual([{ folder: '/scans', storage: 'copy' }]),
    )
    expect(engine.requests('corpus', 'import')).toEqual([{ folder: '/scans', storage: 'copy' }])
  })
})
