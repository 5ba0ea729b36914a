/** Work that may go on together, and work that must go on alone; those who wait for it go first. */
export class TurnLock {
  #together = 0
  #isAlone = false
  #waitingAlone = 0
  readonly #waiting = new Set<() => void>()

  together<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#run(
      () => !this.#isAlone && this.#waitingAlone === 0,
      (change) => {
        this.#together += change
      },
      work,
    )
  }

  async alone<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#waitingAlone += 1
    return await this.#run(
      () => !this.#isAlone && this.#together === 0,
      (change) => {
        this.#isAlone = change === 1
        if (change === 1) this.#waitingAlone -= 1
      },
      work,
    )
  }

  async #run<Result>(
    mayStart: () => boolean,
    count: (change: 1 | -1) => void,
    work: () => Promise<Result>,
  ): Promise<Result> {
    while (!mayStart()) await new Promise<void>((resolve) => this.#waiting.add(resolve))
    count(1)
    try {
      return await work()
    } finally {
      count(-1)
      const waiting = [...this.#waiting]
      this.#waiting.clear()
      for (const wake of waiting) wake()
    }
  }
}
