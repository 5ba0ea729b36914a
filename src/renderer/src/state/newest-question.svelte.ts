/**
 * Asks one question at a time. Those that come meanwhile (a seed being typed, a slider being dragged) wait, and only
 * the newest of them is asked.
 */
export class NewestQuestion<Question> {
  #wanted: Question | null = null
  #asked = $state.raw<Question | null>(null)
  #busy = $state(false)

  /** @param ask must not reject: what fails is kept where answers are */
  constructor(private readonly ask: (question: Question) => Promise<unknown>) {}

  /** The answer that is there is of the newest question. */
  get current(): boolean {
    return !this.#busy
  }

  /** What was asked last. */
  get asked(): Question | null {
    return this.#asked
  }

  /** Asks nothing that was asked just before; null leaves the answer as it is. */
  want(question: Question | null): void {
    if (question === null || same(question, this.#wanted)) return
    this.#wanted = question
    if (!this.#busy) void this.catchUp()
  }

  /** The answer may have changed: the next question is asked even where it is the same. */
  forget(): void {
    this.#wanted = null
    this.#asked = null
  }

  private async catchUp(): Promise<void> {
    this.#busy = true
    while (this.#wanted !== null && !same(this.#wanted, this.#asked)) {
      this.#asked = this.#wanted
      await this.ask(this.#wanted)
    }
    this.#busy = false
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
