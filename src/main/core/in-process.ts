/** Asks the door from the same process, with the promises that every other border keeps. */
import { AppError } from '@shared/errors'
import type { CallOptions } from '@shared/remote'
import type { Door } from './door'

type Ask = (noun: string, verb: string, request: unknown, options?: CallOptions) => Promise<unknown>

/** Passes the signal on and keeps the deadline; whoever missed it gets `request/deadline`, and the work is told to end. */
export function askInProcess(door: Door): Ask {
  return async (noun, verb, request, { signal, deadlineMs } = {}) => {
    if (deadlineMs === undefined) return door(noun, verb, request, signal)
    const late = new AbortController()
    const signals = signal === undefined ? [late.signal] : [late.signal, signal]
    const answer = door(noun, verb, request, AbortSignal.any(signals))
    answer.catch(() => undefined)
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(AppError.of('request/deadline', { request: `${noun}.${verb}`, seconds: deadlineMs / 1000 }))
        late.abort()
      }, deadlineMs)
    })
    try {
      return await Promise.race([answer, deadline])
    } finally {
      clearTimeout(timer)
    }
  }
}
