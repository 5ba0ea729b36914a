/** The compute process for looking, kept warm between questions; after a crash the question is asked once more. */
import type { RemoteCompute } from '@shared/compute-api'
import { AppError } from '@shared/errors'
import type { ComputeProcess, LaunchCompute } from '../ports'
import { WarmProcess } from '../warm-process'

/** Memory is given back when nothing was looked at for this long. */
const IDLE_MS = 5 * 60 * 1000

export class WarmCompute {
  private readonly process: WarmProcess<ComputeProcess>

  constructor(launch: LaunchCompute, idleMs = IDLE_MS) {
    this.process = new WarmProcess(() => launch({ threads: null, doing: 'exploring' }), idleMs)
  }

  /** Asks the warm process; should it crash meanwhile, a new one is asked once more. @throws AppError process/exited */
  async ask<Reply>(question: (api: RemoteCompute) => Promise<Reply>): Promise<Reply> {
    const attempt = (): Promise<Reply> => this.process.ask(({ api }) => question(api))
    return await this.process.during(async () => {
      try {
        return await attempt()
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'process/exited') throw error
        return await attempt()
      }
    })
  }

  /** Ends the process if there is one; the next question starts another. */
  async close(): Promise<void> {
    await this.process.close()
  }
}
