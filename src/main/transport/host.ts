/** The answering side of a port: runs requests, passes cancellation on, sends events. */
import { AppError } from '@shared/errors'
import type { CallContext } from '@shared/remote'
import type { Port, RequestFrame } from '@shared/wire'
import { outcomeOf } from './outcome'

/** What is hosted: a method per noun and verb. Both a local implementation and another remote side fit. */
export type HostedApi = Readonly<
  Record<string, Readonly<Record<string, (request: never, context: CallContext) => unknown>>>
>
export type Methods = Readonly<Record<string, readonly string[]>>

export interface HostOptions {
  /** Told of every failure that nobody foresaw. */
  readonly onBug?: (request: string, error: unknown) => void
}

export interface Host {
  emit(name: string, value: unknown): void
}

/**
 * Answers every request that arrives on the port, each exactly once. When the port closes, the signals of
 * unanswered requests are aborted.
 */
export function host(port: Port, api: HostedApi, methods: Methods, options: HostOptions = {}): Host {
  const running = new Map<number, AbortController>()
  const onBug = options.onBug ?? writeBug
  const answer = async (frame: RequestFrame): Promise<void> => {
    const name = `${frame.noun}.${frame.verb}`
    const controller = new AbortController()
    running.set(frame.id, controller)
    const outcome = await outcomeOf(
      () => methodOf(api, methods, frame)(frame.request as never, { signal: controller.signal }),
      (error) => onBug(name, error),
    )
    running.delete(frame.id)
    try {
      port.send({ type: 'reply', id: frame.id, outcome })
    } catch (error) {
      onBug(name, error)
      const unsendable = await outcomeOf(() => {
        throw error
      })
      port.send({ type: 'reply', id: frame.id, outcome: unsendable })
    }
  }
  port.read({
    frame: (frame) => {
      if (frame.type === 'request') void answer(frame)
      if (frame.type === 'cancel') running.get(frame.id)?.abort()
    },
    closed: () => {
      for (const controller of running.values()) controller.abort()
    },
  })
  return { emit: (name, value) => port.send({ type: 'event', name, value }) }
}

/** @throws AppError request/unknown for what is not in the table, inherited names included */
function methodOf(api: HostedApi, methods: Methods, { noun, verb }: RequestFrame) {
  const known = Object.hasOwn(methods, noun) && methods[noun]?.includes(verb) === true
  const method = known ? api[noun]?.[verb] : undefined
  if (method === undefined) throw AppError.of('request/unknown', { request: `${noun}.${verb}`.slice(0, 200) })
  return method
}

function writeBug(request: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${request} failed unexpectedly: ${text}\n`)
}
