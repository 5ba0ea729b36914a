/** One watched folder: waits until its files have stopped growing, then has it imported. */
import { AppError, Cancelled } from '@shared/errors'
import { readProblem } from '../folder-walk'
import { FolderAlarm } from './folder-alarm'
import { takeSnapshot } from './folder-snapshot'
import type { Outcome, WatchedRow } from './watched-records'

export interface WatchTimes {
  /** Nothing may have changed for this long before an import begins. */
  readonly settleMs: number
  /** How often folders are looked at that nothing was heard of. */
  readonly scanMs: number
}

const unreachable = (folder: string): string => `${folder} cannot be looked at`

/** What a watched folder asks of its project. */
export interface WatchKeeper {
  /** As it stands in the catalogue now; null once nobody watches it. */
  readonly row: (id: number) => WatchedRow | null
  /** No job is under way that an import would have to wait for. */
  readonly isFree: () => boolean
  /** An import by itself. @throws AppError job/busy while another one runs, and as imports do */
  readonly importFolder: (row: WatchedRow) => Promise<{ readonly added: number; readonly refused: number }>
  readonly note: (id: number, outcome: Outcome) => void
  readonly pause: (id: number) => void
  readonly now: () => Date
  readonly log: (line: string) => void
}

export class WatchedImport {
  private readonly alarm: FolderAlarm
  private readonly ending = new AbortController()
  private timer: ReturnType<typeof setTimeout> | undefined
  private looking: Promise<void> = Promise.resolve()
  private isLooking = false
  private stirred = false
  /** What was there when last looked at. */
  private last: string | null = null

  constructor(
    readonly id: number,
    private readonly options: {
      readonly folder: string
      readonly keeper: WatchKeeper
      readonly times: WatchTimes
    },
  ) {
    this.alarm = new FolderAlarm(
      options.folder,
      () => {
        this.stir()
      },
      options.times.scanMs,
    )
    this.stir()
  }

  /** Something may have changed: looks once it has been quiet. */
  stir(): void {
    if (this.ending.signal.aborted) return
    this.stirred = true
    if (this.isLooking) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.looking = this.look()
    }, this.options.times.settleMs)
    this.timer.unref()
  }

  /** Ends when nothing of it is under way any more. */
  async close(): Promise<void> {
    this.ending.abort()
    clearTimeout(this.timer)
    this.alarm.close()
    await this.looking
  }

  private async look(): Promise<void> {
    this.isLooking = true
    this.stirred = false
    try {
      if (await this.wantsAnotherLook()) this.stirred = true
    } catch (error) {
      if (!this.isOver(error))
        this.options.keeper.log(`Watching ${this.options.folder} met a problem: ${String(error)}`)
    } finally {
      this.isLooking = false
      if (this.stirred) this.stir()
    }
  }

  private async wantsAnotherLook(): Promise<boolean> {
    const { keeper, folder } = this.options
    const row = keeper.row(this.id)
    if (row === null || row.paused) return false
    if (!keeper.isFree()) return true
    const signature = await this.signature()
    if (signature === null) return false
    const isQuiet = signature === this.last
    this.last = signature
    if (signature === row.signature) {
      if (row.problem?.startsWith(unreachable(folder)) === true) keeper.note(this.id, { problem: null })
      return false
    }
    // Files may still be growing, or still be on their way.
    if (!isQuiet) return true
    return await this.import(row, signature)
  }

  /** Null where the folder cannot be read, which is said. */
  private async signature(): Promise<string | null> {
    const { keeper, folder } = this.options
    try {
      const { signature, folders } = await takeSnapshot(folder, this.ending.signal)
      this.alarm.cover(folders)
      return signature
    } catch (error) {
      if (this.isOver(error)) throw error
      this.last = null
      this.alarm.cover([])
      keeper.note(this.id, { problem: `${unreachable(folder)}: ${readProblem(error)}.` })
      return null
    }
  }

  private async import(row: WatchedRow, signature: string): Promise<boolean> {
    const { keeper } = this.options
    try {
      const { added, refused } = await keeper.importFolder(row)
      const importedAt = keeper.now().toISOString()
      if (!this.ending.signal.aborted) keeper.note(this.id, { signature, importedAt, added, refused })
      return false
    } catch (error) {
      if (this.isOver(error)) return false
      if (error instanceof Cancelled) keeper.pause(this.id)
      else if (error instanceof AppError && error.code === 'job/busy') return true
      else if (error instanceof AppError) keeper.note(this.id, { problem: error.message, signature })
      else throw error
      return false
    }
  }

  private isOver(error: unknown): boolean {
    return this.ending.signal.aborted || (error instanceof Error && error.name === 'AbortError')
  }
}
