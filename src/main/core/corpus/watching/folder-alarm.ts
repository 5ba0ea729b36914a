/** Says that something in a folder may have changed: at once where the system tells, else at intervals. */
import { type FSWatcher, watch } from 'node:fs'
import { PASSED_OVER } from '../folder-walk'

/** More folders are looked at in turns instead: each one watched takes room in the system's kernel. */
const MOST_WATCHED = 4096
const HAS_RECURSIVE = process.platform === 'darwin' || process.platform === 'win32'

/** Keeps no process alive. Network folders may not tell of changes, so looking at intervals never ends. */
export class FolderAlarm {
  private watchers = new Map<string, FSWatcher>()
  private readonly interval: ReturnType<typeof setInterval>

  constructor(
    private readonly folder: string,
    private readonly onStir: () => void,
    scanMs: number,
  ) {
    this.interval = setInterval(onStir, scanMs)
    this.interval.unref()
  }

  /** Watches these folders and no others; the first is the root. */
  cover(folders: readonly string[]): void {
    const wanted = new Set(HAS_RECURSIVE ? [this.folder] : folders.slice(0, MOST_WATCHED))
    for (const [path, watcher] of this.watchers)
      if (!wanted.has(path)) {
        watcher.close()
        this.watchers.delete(path)
      }
    for (const path of wanted) if (!this.watchers.has(path)) this.begin(path)
  }

  close(): void {
    clearInterval(this.interval)
    for (const watcher of this.watchers.values()) watcher.close()
    this.watchers.clear()
  }

  private begin(path: string): void {
    try {
      const options = { persistent: false, recursive: HAS_RECURSIVE }
      const watcher = watch(path, options, (_, name) => {
        // What lies in a project is written all the time.
        const isOurs = name?.split(/[\\/]/).some((part) => PASSED_OVER.test(part)) ?? false
        if (!isOurs) this.onStir()
      })
      watcher.on('error', () => {
        watcher.close()
        this.watchers.delete(path)
        this.onStir()
      })
      this.watchers.set(path, watcher)
    } catch {
      // The system watches no more folders, or it is gone: the interval finds out.
    }
  }
}
