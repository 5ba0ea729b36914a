/** The asking side of a port: requests that settle exactly once, cancellation, and events. */
import { AppError, Cancelled, fromWire } from './errors'
import type { CallOptions } from './remote'
import { Subscriptions } from './subscriptions'
import type { Frame, Outcome, Port } from './wire'

interface Pending {
  readonly name: string
  settle(outcome: Outcome): void
  fail(error: Error): void
}

type Methods = Readonly<Record<string, readonly (string | number | symbol)[]>>
type Call = (noun: string, verb: string, request: unknown, options?: CallOptions) => Promise<unknown>

/** The far side as its callers hold it. */
export interface RemoteSide<Api, Events> {
  readonly api: Api
  readonly on: <Name extends keyof Events>(name: Name, listener: (value: Events[Name]) => void) => () => void
  /** The same requests, for those who only pass them on. */
  readonly call: Call
}

/** Asks over one port, as its reader. */
class Caller {
  readonly #pending = new Map<number, Pending>()
  #failureOf: ((request: string) => Error) | null = null
  #lastId = 0

  constructor(
    readonly port: Port,
    readonly emit: (name: string, value: unknown) => void,
  ) {
    port.read({
      frame: (frame) => this.#receive(frame),
      closed: (failureOf) => this.#close(failureOf),
    })
  }

  /**
   * Settles with the reply, the far side's failure, the port's end, or `request/deadline`.
   * An aborted signal is passed on; what the request then answers is up to the far side.
   */
  readonly call: Call = (noun, verb, request, options = {}) => {
    const name = `${noun}.${verb}`
    if (this.#failureOf !== null) return Promise.reject(this.#failureOf(name))
    if (options.signal?.aborted === true) return Promise.reject(new Cancelled())
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      const release = this.#watch(id, name, options)
      const leave = (): void => {
        this.#pending.delete(id)
        release()
      }
      const fail = (error: Error): void => {
        leave()
        reject(error)
      }
      const settle = (outcome: Outcome): void => {
        leave()
        if (outcome.ok) resolve(outcome.value)
        else reject(fromWire(outcome.error))
      }
      this.#pending.set(id, { name, settle, fail })
      try {
        this.port.send({ type: 'request', id, noun, verb, request })
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)))
      }
    })
  }

  /** Passes the signal on and keeps the deadline; the returned function stops both. */
  #watch(id: number, name: string, { signal, deadlineMs }: CallOptions): () => void {
    const cancel = (): void => this.port.send({ type: 'cancel', id })
    signal?.addEventListener('abort', cancel)
    const timer =
      deadlineMs === undefined
        ? undefined
        : setTimeout(() => {
            cancel()
            const late = AppError.of('request/deadline', { request: name, seconds: deadlineMs / 1000 })
            this.#pending.get(id)?.fail(late)
          }, deadlineMs)
    return () => {
      signal?.removeEventListener('abort', cancel)
      clearTimeout(timer)
    }
  }

  #receive(frame: Frame): void {
    if (frame.type === 'reply') this.#pending.get(frame.id)?.settle(frame.outcome)
    if (frame.type === 'event') this.emit(frame.name, frame.value)
  }

  #close(failureOf: (request: string) => Error): void {
    this.#failureOf ??= failureOf
    for (const pending of [...this.#pending.values()]) pending.fail(failureOf(pending.name))
  }
}

/**
 * The far side of a port as an object with one method per noun and verb.
 * Give it the subscriptions of an earlier port to go on telling their listeners.
 */
export function createRemote<Api, Events>(
  port: Port,
  methods: Methods,
  subscriptions = new Subscriptions<Events>(),
): RemoteSide<Api, Events> {
  const { call } = new Caller(port, (name, value) =>
    subscriptions.emit(name as keyof Events, value as Events[keyof Events]),
  )
  return {
    api: createApi<Api>(methods, call),
    on: (name, listener) => subscriptions.on(name, listener),
    call,
  }
}

/** Builds `api.noun.verb(request, options)` from the table of methods. */
export function createApi<Api>(methods: Methods, call: Call): Api {
  const verbsOf = (noun: string, verbs: readonly (string | number | symbol)[]): Record<string, unknown> =>
    Object.fromEntries(
      verbs.map((verb) => [
        verb,
        (request?: unknown, options?: CallOptions) => call(noun, String(verb), request, options),
      ]),
    )
  const nouns = Object.entries(methods).map(([noun, verbs]) => [noun, verbsOf(noun, verbs)])
  return Object.fromEntries(nouns) as Api
}
