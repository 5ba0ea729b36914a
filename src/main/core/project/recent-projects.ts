/** Which projects were opened last: one small file in the settings folder. */
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { RecentProject } from '@shared/domain/project'
import { writeFileAtomically } from '../../storage/atomic-file'
import { hasBackups } from './backups'
import { CATALOGUE_FILE } from './catalogue'
import type { Log } from './slow-queries'

const FILE = 'recent-projects.json'
const KEPT = 20

type Entry = Omit<RecentProject, 'exists'>

export interface RecentProjects {
  /** Newest first. */
  list(): readonly RecentProject[]
  remember(entry: Entry): void
  forget(folder: string): void
}

export function createRecentProjects(settingsFolder: string, log: Log): RecentProjects {
  const path = join(settingsFolder, FILE)
  const write = (entries: readonly Entry[]): void => {
    mkdirSync(settingsFolder, { recursive: true })
    writeFileAtomically(path, `${JSON.stringify({ version: 1, recent: entries }, null, 2)}\n`)
  }
  return {
    list: () =>
      readEntries(path, log).map((entry) => ({
        ...entry,
        // One whose catalogue is gone can be repaired.
        exists: existsSync(join(entry.folder, CATALOGUE_FILE)) || hasBackups(entry.folder),
      })),
    remember(entry) {
      const others = readEntries(path, log).filter((other) => other.folder !== entry.folder)
      write([entry, ...others].slice(0, KEPT))
    },
    forget(folder) {
      write(readEntries(path, log).filter((entry) => entry.folder !== folder))
    },
  }
}

function readEntries(path: string, log: Log): readonly Entry[] {
  if (!existsSync(path)) return []
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const recent: unknown =
      typeof value === 'object' && value !== null && 'recent' in value ? value.recent : []
    return Array.isArray(recent) ? recent.filter(isEntry) : []
  } catch (error) {
    const aside = `${path}.damaged`
    renameSync(path, aside)
    log(`The list of recent projects could not be read (${String(error)}); it was moved to ${aside}.`)
    return []
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false
  const { folder, name, openedAt } = value as Partial<Record<keyof Entry, unknown>>
  return typeof folder === 'string' && typeof name === 'string' && typeof openedAt === 'string'
}
