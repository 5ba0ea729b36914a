import { AppError } from '@shared/errors'

/** As TensorFlow, C++ and V8 say it. */
const REFUSED = /OOM when allocating|RESOURCE_?EXHAUSTED|bad_alloc|Array buffer allocation failed/i

/** Whether an operation failed because it was refused memory. */
export function isOutOfMemory(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'compute/out-of-memory'
  return error instanceof Error && REFUSED.test(error.message)
}
