import { AppError } from '@shared/errors'
import { describe, expect, it } from 'vitest'
import { ProjectState } from '../../../src/renderer/src/state/project.svelte'
import { FAKE_FOLDER, FakeEngine, type FakeOptions } from '../support/fake-engine'
import { MemoryStorage } from '../support/memory-storage'

function begin(options: FakeOptions): { engine: FakeEngine; storage: MemoryStorage; project: ProjectState } {
  const engine = new FakeEngine(options)
  const storage = new MemoryStorage()
  return { engine, storage, project: new ProjectState(engine.connection, storage) }
}

describe('the project', () => {
  it('is the one that the engine has open', async () => {
    const { project } = begin({})
    await project.start()
    expect([project.status, project.current?.name]).toEqual(['open', 'Styles'])
  })

  it('is closed where nothing was open before', async () => {
    const { project } = begin({ closed: true })
    await project.start()
    expect([project.status, project.current]).toEqual(['closed', null])
  })

  it('opened last is opened again at the next start', async () => {
    const { engine, storage, project } = begin({ closed: true })
    storage.setItem('scorescope.project', FAKE_FOLDER)
    await project.start()
    expect(project.current?.folder).toBe(FAKE_FOLDER)
    expect(engine.requests('project', 'open')).toEqual([{ folder: FAKE_FOLDER }])
  })

  it('opened last but gone is not asked for', async () => {
    const { engine, storage, project } = begin({ closed: true })
    storage.setItem('scorescope.project', '/media/archive/Rags.scorescope')
    await project.start()
    expect(project.status).toBe('closed')
    expect(engine.requests('project', 'open')).toEqual([])
  })

  it('that cannot be opened leaves a sentence and the one that is open', async () => {
    const { engine, project } = begin({})
    await project.start()
    const folder = '/data/Locked.scorescope'
    engine.failNext('project', 'open', AppError.of('project/locked', { folder, pid: 7 }))
    await project.open(folder)
    expect(project.failure?.message).toContain('is open in another Scorescope')
    expect([project.status, project.current?.name]).toEqual(['open', 'Styles'])
  })

  it('says whether it is another than before', async () => {
    const { project } = begin({})
    const changes: [string | undefined, boolean][] = []
    project.onChanged = (changed, remembered) => changes.push([changed?.name, remembered])
    await project.start()
    await project.open('/data/Rags.scorescope')
    await project.close()
    expect(changes).toEqual([
      ['Styles', false],
      ['Rags', false],
      [undefined, false],
    ])
  })

  it('follows its counts', async () => {
    const { engine, project } = begin({})
    await project.start()
    engine.events.emit('project/changed', { ...engine.summary(FAKE_FOLDER), name: 'Renamed' })
    expect(project.current?.name).toBe('Renamed')
  })
})
