/** One process for many questions: started at first use, shared, ended when unused, started anew after it was lost. */
import { AppError } from '@shared/errors'

interface Process {
  /** Settles when the process is gone, however that came. */
  readonly exited: Promise<unknown>
  stop(): Promise<void>
}

export class WarmProcess<Launched extends Process> {
  #launched: Promise<Launched> | null = null
  #users = 0
  #idle: NodeJS.Timeout | undefined

  /** @param idleMs how long it is kept when nobody uses it */
  constructor(
    private readonly launch: () => Promise<Launched>,
    private readonly idleMs: number,
  ) {}

  /** Keeps the process while `work` is under way, however often that asks it. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#users += 1
    clearTimeout(this.#idle)
    try {
      return await work()
    } finally {
      this.#users -= 1
      if (this.#users === 0) this.#rest()
    }
  }

  /** Asks the process once, and forgets it when it is lost over that. @throws AppError process/… */
  async ask<Reply>(question: (process: Launched) => Promise<Reply>): Promise<Reply> {
    const launched = (this.#launched ??= this.#start())
    try {
      return await question(await launched)
    } catch (error) {
      if (error instanceof AppError && error.code.startsWith('process/')) this.#forget(launched)
      throw error
    }
  }

  /** Ends the process if there is one; the next question starts another. */
  async close(): Promise<void> {
    clearTimeout(this.#idle)
    const launched = this.#launched
    this.#launched = null
    const process = await launched?.catch(() => null)
    await process?.stop()
  }

  #start(): Promise<Launched> {
    const launched = this.launch()
    const forget = (): void => {
      this.#forget(launched)
    }
    launched.then((process) => process.exited.then(forget), forget)
    return launched
  }

  #forget(launched: Promise<Launched>): void {
    if (this.#launched === launched) this.#launched = null
  }

  #rest(): void {
    this.#idle = setTimeout(() => void this.close(), this.idleMs)
    this.#idle.unref()
  }
}
