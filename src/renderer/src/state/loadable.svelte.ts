/** One thing that is asked for: idle, loading, ready or failed. Components render it and never await. */
import { describeFailure, type Failure } from './failure'

export type LoadStatus = 'idle' | 'loading' | 'ready' | 'failed'

/**
 * Holds the newest answer to one question. A new question cancels the one before it, so answers never overtake each
 * other. While loading again, the earlier value stays readable.
 */
export class Loadable<Value> {
  #status = $state<LoadStatus>('idle')
  #value = $state.raw<Value | null>(null)
  #failure = $state.raw<Failure | null>(null)
  #request: AbortController | null = null

  get status(): LoadStatus {
    return this.#status
  }

  /** The newest answer; null before the first. */
  get value(): Value | null {
    return this.#value
  }

  get failure(): Failure | null {
    return this.#failure
  }

  /** Asks; settles the status. The promise never rejects: it is for tests and for verbs that go on afterwards. */
  async load(ask: (signal: AbortSignal) => Promise<Value>): Promise<Value | null> {
    this.#request?.abort()
    const request = new AbortController()
    this.#request = request
    this.#status = 'loading'
    try {
      const value = await ask(request.signal)
      if (this.#request !== request) return null
      this.set(value)
      return value
    } catch (error) {
      if (this.#request !== request) return null
      this.#request = null
      this.#failure = describeFailure(error)
      this.#status = this.#failure === null ? (this.#value === null ? 'idle' : 'ready') : 'failed'
      return null
    }
  }

  /** Puts a value in place without asking, e.g. from an event. */
  set(value: Value): void {
    this.#request = null
    this.#value = value
    this.#failure = null
    this.#status = 'ready'
  }

  /** Forgets the answer and drops what is being asked. */
  reset(): void {
    this.#request?.abort()
    this.#request = null
    this.#value = null
    this.#failure = null
    this.#status = 'idle'
  }
}
