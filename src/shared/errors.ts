/**
 * Failures as data. Three kinds cross every border:
 * expected (a stable code and one sentence for the user), cancelled (silent), bug (logged with its stack).
 */
import { SENTENCES, type ErrorCode, type ErrorDetails } from './error-sentences'

export type { ErrorCode } from './error-sentences'

/** A failure that was foreseen: its sentence names the thing and what to do. */
export class AppError extends Error {
  override readonly name = 'AppError'

  private constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>>,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }

  /** The one way to make an expected failure: the sentence follows from the code and its details. */
  static of<Code extends ErrorCode>(
    code: Code,
    details: ErrorDetails<Code>,
    options?: ErrorOptions,
  ): AppError {
    const sentence = SENTENCES[code] as (details: ErrorDetails<Code>) => string
    return new AppError(code, sentence(details), details, options)
  }

  /** Rebuilds a failure that arrived over a wire, where its sentence was already made. */
  static restored(code: ErrorCode, message: string, details: Record<string, unknown>): AppError {
    return new AppError(code, message, details)
  }
}

/** The caller asked to stop. Never shown as a failure. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'

  constructor(message = 'Cancelled.') {
    super(message)
  }
}

/** A failure as it crosses a process border. */
export interface WireError {
  readonly kind: 'expected' | 'cancelled' | 'bug'
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
  readonly cause: string | null
}

/** A bug on the far side, restored here with the far side's stack. */
export class RemoteBug extends Error {
  override readonly name = 'RemoteBug'

  constructor(
    message: string,
    readonly remoteStack: string | null,
  ) {
    super(message)
  }
}

/** Turns anything thrown into data. */
export function toWire(error: unknown): WireError {
  if (error instanceof AppError) {
    const { code, message, details, cause } = error
    return {
      kind: 'expected',
      code,
      message,
      details,
      cause: cause instanceof Error ? cause.message : null,
    }
  }
  if (error instanceof Cancelled || (error instanceof Error && error.name === 'AbortError')) {
    return { kind: 'cancelled', code: 'cancelled', message: 'Cancelled.', details: {}, cause: null }
  }
  const message = error instanceof Error ? error.message : String(error)
  const cause =
    error instanceof RemoteBug ? error.remoteStack : error instanceof Error ? (error.stack ?? null) : null
  return { kind: 'bug', code: 'bug', message, details: {}, cause }
}

/** Turns data back into what was thrown. */
export function fromWire(wire: WireError): Error {
  if (wire.kind === 'cancelled') return new Cancelled()
  if (wire.kind === 'expected' && wire.code in SENTENCES)
    return AppError.restored(wire.code as ErrorCode, wire.message, { ...wire.details })
  return new RemoteBug(wire.message, wire.cause)
}

/** Throws Cancelled when the signal says so: called between units of long work. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new Cancelled()
}
