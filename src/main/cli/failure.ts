/** From what was thrown to what is said and the exit code: 1 refused with a reason, 2 usage, 3 a bug. */
import { CommanderError } from 'commander'
import { toWire } from '@shared/errors'
import { UsageError } from './usage-error'

export interface Failure {
  readonly exitCode: 1 | 2 | 3
  readonly code: string
  readonly message: string
  /** For a bug. */
  readonly stack: string | null
}

export function failureOf(error: unknown): Failure {
  if (error instanceof UsageError || error instanceof CommanderError)
    return { exitCode: 2, code: 'usage', message: error.message.replace(/^error: /, ''), stack: null }
  const { kind, code, message, cause } = toWire(error)
  if (kind === 'bug') return { exitCode: 3, code, message, stack: cause }
  return { exitCode: 1, code, message, stack: null }
}
