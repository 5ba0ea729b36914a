/** The files of a fake engine's pages, as a test says they are. */
import type { LocalApi } from '@shared/api'
import type { AmissFile, FilesOverview, WatchedFolder } from '@shared/domain/files'
import type { FakeEngine } from './fake-engine'

export class FakeFiles {
  storage: FilesOverview['storage'] = 'link'
  amiss: readonly AmissFile[] = []
  watched: readonly WatchedFolder[] = []
}

/** A file of one page that is not where it was. */
export function fakeAmiss(page: number, change: Partial<AmissFile> = {}): AmissFile {
  const folder = '/scans/Baroque/Bach/Invention'
  const name = `page-${String(page)}.jpg`
  return {
    page,
    file: `Baroque/Bach/Invention/${name}`,
    path: `${folder}/${name}`,
    folder,
    state: 'missing',
    storage: 'linked',
    pages: 1,
    sizeBytes: 310_000,
    proposals: [],
    ...change,
  }
}

export function filesApi(engine: FakeEngine): LocalApi['files'] {
  const { files } = engine
  const overview = (): FilesOverview => ({
    storage: files.storage,
    linked: { files: engine.pages.length, bytes: 37_000_000 },
    copied: { files: 0, bytes: 0 },
    freeBytes: 80_000_000_000,
    amiss: files.amiss,
  })
  const keep = (watched: readonly WatchedFolder[]): readonly WatchedFolder[] => (files.watched = watched)
  return {
    overview,
    check: () => ({ job: engine.startJob('check-files', 'Looking').job, kind: 'check-files' }),
    find: () => ({ job: engine.startJob('find-files', 'Looking for moved files').job, kind: 'find-files' }),
    relink: ({ proposals }) => {
      const found = files.amiss.filter((file) => file.proposals.some(({ id }) => proposals.includes(id)))
      files.amiss = files.amiss.filter((file) => !found.includes(file))
      return { files: found.length, pages: found.length, left: [] }
    },
    renew: () => ({ job: engine.startJob('renew-files', 'Taking new versions').job, kind: 'renew-files' }),
    setStorage: ({ storage }) => {
      files.storage = storage
      return overview()
    },
    consolidate: ({ to }) => {
      files.storage = to
      return { job: engine.startJob('consolidate', 'Copying').job, kind: 'consolidate' }
    },
    watched: () => files.watched,
    watch: ({ folder }) => {
      const known = { paused: false, importedAt: null, added: 0, refused: 0, problem: null }
      return keep([...files.watched, { id: files.watched.length + 1, folder, ...known }])
    },
    pauseWatching: ({ id, paused }) =>
      keep(files.watched.map((folder) => (folder.id === id ? { ...folder, paused } : folder))),
    unwatch: ({ id }) => keep(files.watched.filter((folder) => folder.id !== id)),
  }
}
