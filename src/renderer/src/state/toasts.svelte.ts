/** Short messages at the window's corner: what failed, and what went well and is not otherwise seen. */
import { describeFailure } from './failure'

export interface Toast {
  readonly id: number
  readonly tone: 'danger' | 'good' | 'neutral'
  readonly message: string
}

const KEPT = 4
/** Time enough to read two lines twice. */
const READ_MS = 8_000

export class Toasts {
  #items = $state.raw<readonly Toast[]>([])
  #next = 1

  get items(): readonly Toast[] {
    return this.#items
  }

  say(message: string, tone: Toast['tone'] = 'neutral'): void {
    if (this.#items.some((item) => item.message === message)) return
    const id = this.#next++
    this.#items = [...this.#items, { id, tone, message }].slice(-KEPT)
    // What failed stays until it is dismissed; what went well has been read by then, and lies over the screen.
    if (tone === 'good') setTimeout(() => this.dismiss(id), READ_MS)
  }

  /** Says what failed; silent when it was cancelled. */
  fail(error: unknown): void {
    const failure = describeFailure(error)
    if (failure !== null) this.say(failure.message, 'danger')
  }

  dismiss(id: number): void {
    this.#items = this.#items.filter((item) => item.id !== id)
  }

  /** Watches a request whose answer nobody needs. */
  watch(request: Promise<unknown>): void {
    request.catch((error: unknown) => this.fail(error))
  }
}
