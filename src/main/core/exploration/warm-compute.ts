/** The compute process for looking: started at first use, kept warm, ended when nobody looks, started anew after a crash. */
import type { RemoteCompute } from '@shared/compute-api'
import { AppError } from '@shared/errors'
import type { ComputeProcess, LaunchCompute } from '../ports'

/** Memory is given back when nothing was looked at for this long. */
const IDLE_MS = 5 * 60 * 1000

export class WarmCompute {
  private launched: Promise<ComputeProcess> | null = null
  private users = 0
  private idleTimer: NodeJS.Timeout | undefined

  constructor(
    private readonly launch: LaunchCompute,
    private readonly idleMs = IDLE_MS,
  ) {}

  /** Asks the warm process; should it crash meanwhile, a new one is asked once more. @throws AppError process/exited */
  async ask<Reply>(question: (api: RemoteCompute) => Promise<Reply>): Promise<Reply> {
    this.users += 1
    clearTimeout(this.idleTimer)
    try {
      return await this.attempt(question)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'process/exited') throw error
      return await this.attempt(question)
    } finally {
      this.users -= 1
      if (this.users === 0) this.rest()
    }
  }

  /** Ends the process if there is one; the next question starts another. */
  async close(): Promise<void> {
    clearTimeout(this.idleTimer)
    const launched = this.launched
    this.launched = null
    const process = await launched?.catch(() => null)
    await process?.stop()
  }

  private async attempt<Reply>(question: (api: RemoteCompute) => Promise<Reply>): Promise<Reply> {
    const launched = (this.launched ??= this.start())
    try {
      return await question((await launched).api)
    } catch (error) {
      const gone = error instanceof AppError && error.code.startsWith('process/')
      if (gone && this.launched === launched) this.launched = null
      throw error
    }
  }

  private start(): Promise<ComputeProcess> {
    const launched = this.launch({ threads: null, doing: 'exploring' })
    launched.then(
      async (process) => {
        await process.exited
        if (this.launched === launched) this.launched = null
      },
      () => undefined,
    )
    return launched
  }

  private rest(): void {
    this.idleTimer = setTimeout(() => void this.close(), this.idleMs)
    this.idleTimer.unref()
  }
}
