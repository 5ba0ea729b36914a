/** Decodes pages in a process that may crash: the file that it crashed on is refused, and another process is started. */
import type { DecodeApi } from '@shared/decode-api'
import { AppError } from '@shared/errors'
import type { CallOptions } from '@shared/remote'
import { createDecoding, pictureProblem } from '../../decoding'
import type { DecodeProcess, LaunchDecode } from '../ports'
import { WarmProcess } from '../warm-process'
import { TurnLock } from './turn-lock'

type Pictures = DecodeApi['pictures']
type Verb = keyof Pictures

export interface PictureDecoder {
  /** @throws AppError corpus/picture-refused */
  ask<Asked extends Verb>(
    verb: Asked,
    request: Parameters<Pictures[Asked]>[0],
  ): Promise<ReturnType<Pictures[Asked]>>
  close(): Promise<void>
}

/** One page takes seconds at most; a decoder that is lost in one is ended. */
const PAGE_SECONDS = 120
/** An unused process gives its memory back. */
const IDLE_SECONDS = 30

export interface DecoderLimits {
  readonly pageSeconds?: number
  readonly idleSeconds?: number
}

/** Without a process, for tests and tools: the same work in this one. */
export function decodeHere(): PictureDecoder {
  const { pictures } = createDecoding()
  const context = { signal: new AbortController().signal }
  return {
    ask: async (verb, request) => await pictures[verb](request as never, context),
    close: () => Promise.resolve(),
  } as PictureDecoder
}

export function decodeInProcess(launch: LaunchDecode, limits: DecoderLimits = {}): PictureDecoder {
  return new SupervisedDecoder(launch, limits)
}

class SupervisedDecoder implements PictureDecoder {
  /** Many pages are decoded together; one under suspicion is decoded alone. */
  readonly #turns = new TurnLock()
  readonly #process: WarmProcess<DecodeProcess>
  readonly #deadlineMs: number

  constructor(launch: LaunchDecode, limits: DecoderLimits) {
    this.#process = new WarmProcess(launch, (limits.idleSeconds ?? IDLE_SECONDS) * 1000)
    this.#deadlineMs = (limits.pageSeconds ?? PAGE_SECONDS) * 1000
  }

  async ask<Asked extends Verb>(
    verb: Asked,
    request: Parameters<Pictures[Asked]>[0],
  ): Promise<ReturnType<Pictures[Asked]>> {
    type Reply = Promise<ReturnType<Pictures[Asked]>>
    const attempt = (): Reply => this.#attempt(verb, request) as Reply
    return await this.#process.during(async () => {
      const first = await this.#turns.together(() => settled(attempt))
      if (!isCrash(first)) return unwrapped(first)
      // Several pages were under way: which of them it was shows when each is decoded by itself.
      const second = await this.#turns.alone(() => settled(attempt))
      if (!isCrash(second)) return unwrapped(second)
      throw pictureProblem(crashReason(second.failure), { cause: second.failure })
    })
  }

  async close(): Promise<void> {
    await this.#process.close()
  }

  async #attempt(verb: Verb, request: unknown): Promise<unknown> {
    return await this.#process.ask(async ({ api }) => {
      const call = api.pictures[verb] as (request: unknown, options: CallOptions) => Promise<unknown>
      try {
        return await call(request, { deadlineMs: this.#deadlineMs })
      } catch (error) {
        if (isDeadline(error)) await this.#process.close()
        throw error
      }
    })
  }
}

type Settled<Value> = { readonly value: Value } | { readonly failure: unknown }

async function settled<Value>(work: () => Promise<Value>): Promise<Settled<Value>> {
  try {
    return { value: await work() }
  } catch (failure) {
    return { failure }
  }
}

function unwrapped<Value>(result: Settled<Value>): Value {
  if ('failure' in result) throw result.failure
  return result.value
}

const isDeadline = (error: unknown): boolean => error instanceof AppError && error.code === 'request/deadline'

function isCrash<Value>(result: Settled<Value>): result is { readonly failure: AppError } {
  if (!('failure' in result) || !(result.failure instanceof AppError)) return false
  return result.failure.code === 'process/exited' || isDeadline(result.failure)
}

function crashReason(failure: AppError): string {
  if (isDeadline(failure)) return 'decoding it takes too long: save it anew with another program'
  const reason = String(failure.details['reason'])
  return `it brings the decoder down (${reason}): save it anew with another program`
}
