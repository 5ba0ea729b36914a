/** What a failed request becomes in the window: one sentence, or nothing when it was cancelled. */
import { toWire } from '@shared/errors'

export interface Failure {
  /** `expected` has a sentence for the reader; a `bug` is ours and says so. */
  readonly kind: 'expected' | 'bug'
  readonly code: string
  readonly message: string
}

/** Null for what the reader cancelled: that is never shown as a failure. */
export function describeFailure(error: unknown): Failure | null {
  const { kind, code, message } = toWire(error)
  if (kind === 'cancelled') return null
  return { kind, code, message: kind === 'bug' ? `This is a bug in Scorescope: ${message}` : message }
}
