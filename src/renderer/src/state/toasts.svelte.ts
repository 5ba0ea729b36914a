/** Short messages at the window's corner: what failed, and what went well and is not otherwise seen. */
import { describeFailure } from './failure'

export interface Toast {
  readonly id: number
  readonly tone: 'danger' | 'good' | 'neutral'
  readonly message: string
}

const KEPT = 4

export class Toasts {
  #items = $state.raw<readonly Toast[]>([])
  #next = 1

  get items(): readonly Toast[] {
    return this.#items
  }

  say(message: string, tone: Toast['tone'] = 'neutral'): void {
    if (this.#items.some((item) => item.message === message)) return
    this.#items = [...this.#items, { id: this.#next++, tone, message }].slice(-KEPT)
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
