/**
 * The core's one door: every request, whoever asks, is checked here before the core sees it.
 * What is wrong with it is said in one plain sentence.
 */
import type { LocalApi } from '@shared/api'
import { AppError, Cancelled } from '@shared/errors'
import { REQUESTS } from '@shared/requests'
import { z } from 'zod'
import { describeProblem } from './request-problem'

/** Asks for `noun.verb` with an unchecked request. */
export type Door = (noun: string, verb: string, request: unknown, signal?: AbortSignal) => Promise<unknown>

type Handler = (request: unknown, context: { readonly signal: AbortSignal }) => unknown

/** @throws (the door's promises) AppError request/unknown, request/invalid, Cancelled, and whatever the core says */
export function createDoor(
  api: LocalApi,
  /** What a failure means, where more is known than its words; unchanged where it is not. */
  explain: (error: unknown) => unknown = (error) => error,
): Door {
  return async (noun, verb, request, signal = new AbortController().signal) => {
    const { schema, handler } = find(api, noun, verb)
    const checked = schema.safeParse(request)
    if (!checked.success) {
      const problem = describeProblem(schema, request, checked.error)
      throw AppError.of('request/invalid', { request: `${noun}.${verb}`, problem })
    }
    if (signal.aborted) throw new Cancelled()
    try {
      return await handler(checked.data, { signal })
    } catch (error) {
      // Node's own cancellations look the same to callers as ours.
      if (error instanceof Error && error.name === 'AbortError') throw new Cancelled()
      throw explain(error)
    }
  }
}

function find(api: LocalApi, noun: string, verb: string): { schema: z.ZodType; handler: Handler } {
  const schema = own(own(REQUESTS, noun), verb)
  const handler = own(own(api, noun), verb)
  if (!(schema instanceof z.ZodType) || typeof handler !== 'function')
    throw AppError.of('request/unknown', { request: `${noun}.${verb}` })
  return { schema, handler: handler as Handler }
}

/** Only what was put there: `constructor` and the like are no requests. */
function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Record<string, unknown>)[key]
}
