import { describe, expect, it, vi } from 'vitest'
import { Application } from '../../../src/renderer/src/state/application.svelte'
import { FakeEngine, type FakeOptions } from '../support/fake-engine'
import { MemoryStorage } from '../support/memory-storage'

async function begin(
  options: FakeOptions = {},
  storage: Storage = new MemoryStorage(),
): Promise<{ engine: FakeEngine; application: Application; storage: Storage }> {
  const engine = new FakeEngine(options)
  const application = new Application(engine.connection, storage)
  application.start()
  await vi.waitFor(() => expect(application.project.status).not.toBe('starting'))
  return { engine, application, storage }
}

describe('the application', () => {
  it('shows the start screen where no project is open, whatever was shown last', async () => {
    const storage = new MemoryStorage()
    storage.setItem('scorescope.place', '{"screen":"filters","places":{}}')
    const { application } = await begin({ closed: true }, storage)
    await vi.waitFor(() => expect(application.navigation.screen).toBe('start'))
  })

  it('comes back to the screen and the selection of the project that was open last', async () => {
    const { application, storage } = await begin()
    application.navigation.go('corpus', { page: 12 })
    const again = await begin({}, storage)
    expect(again.application.navigation.on('corpus')).toEqual({ page: 12 })
    expect(again.application.navigation.screen).toBe('corpus')
  })

  it('keeps a screen’s state until another project is opened', async () => {
    const { application } = await begin()
    const make = vi.fn(() => ({ made: true }))
    const first = application.stateOf('corpus', make)
    expect(application.stateOf('corpus', make)).toBe(first)
    await application.project.open('/data/Rags.scorescope')
    expect(application.stateOf('corpus', make)).not.toBe(first)
  })

  it('asks again after the engine was restarted', async () => {
    const { engine, application } = await begin()
    const before = application.generation
    engine.host.becomes({ state: 'restarting', sentence: 'The engine stopped and is started again.' })
    expect(application.engine.sentence).toContain('started again')
    engine.host.becomes({ state: 'ready', sentence: null })
    await vi.waitFor(() => expect(application.generation).toBe(before + 1))
    expect(application.project.status).toBe('open')
  })

  it('does what the menu says', async () => {
    const { engine, application } = await begin()
    engine.host.command({ command: 'theme', theme: 'dark' })
    expect(application.theme.shown).toBe('dark')
    engine.host.command({ command: 'import' })
    expect([application.prompt, application.navigation.screen]).toEqual(['import', 'corpus'])
    engine.host.command({ command: 'open-folder', folder: '/data/Rags.scorescope' })
    await vi.waitFor(() => expect(application.project.current?.name).toBe('Rags'))
    engine.host.command({ command: 'close-project' })
    await vi.waitFor(() => expect(application.navigation.screen).toBe('start'))
    application.theme.choose('light')
  })

  it('creates a project in the folder that the system’s dialog gives', async () => {
    const { engine, application } = await begin({ closed: true })
    engine.host.folder = '/data/New.scorescope'
    await application.folders.ask('new-project')
    expect(engine.requests('project', 'create')).toEqual([{ folder: '/data/New.scorescope' }])
    expect(application.navigation.screen).toBe('corpus')
  })

  it('does nothing when the system’s dialog is dismissed', async () => {
    const { engine, application } = await begin({ closed: true })
    await application.folders.ask('demo')
    expect(engine.requests('project', 'demo')).toEqual([])
  })

  it('lets the path be typed in a browser, and adds the ending of a new project', async () => {
    const { engine, application } = await begin({ closed: true, browser: true })
    await application.folders.ask('new-project')
    application.folders.type(' /data/Rags/ ')
    expect(application.folders.folder).toBe('/data/Rags.scorescope')
    await application.folders.accept()
    expect(engine.requests('project', 'create')).toEqual([{ folder: '/data/Rags.scorescope' }])
    expect(application.folders.verb).toBeNull()
  })

  it('stays with the typed path and the reason where that does not work', async () => {
    const { engine, application } = await begin({ closed: true, browser: true })
    await application.folders.ask('open-project')
    application.folders.type('/data/nothing')
    engine.failNext('project', 'open', new Error('no such folder'))
    await application.folders.accept()
    expect(application.folders.verb).toBe('open-project')
    expect(application.project.failure?.kind).toBe('bug')
  })
})
