/** What a failed request becomes in the window: one sentence, or nothing when it was cancelled. */
import { AppError, Cancelled } from '@shared/errors'

export interface Failure {
  /** `expected` has a sentence for the reader; a `bug` is ours and says so. */
  readonly kind: 'expected' | 'bug'
  readonly code: string
  readonly message: string
}

/** Null for what the reader cancelled: that is never shown as a failure. */
export function describeFailure(error: unknown): Failure | null {
  if (error instanceof Cancelled || (error instanceof Error && error.name === 'AbortError')) return null
  if (error instanceof AppError) return { kind: 'expected', code: error.code, message: error.message }
  const message = error instanceof Error ? error.message : String(error)
  return { kind: 'bug', code: 'bug', message: `This is a bug in Scorescope: ${message}` }
}
