/** Why a picture is refused, in words that follow its name: "it is cut short or damaged". */
import { AppError } from '@shared/errors'

export const pictureProblem = (reason: string, options?: ErrorOptions): AppError =>
  AppError.of('corpus/picture-refused', { reason }, options)

/** The reason, where a failure is one of these; null for every other. */
export function refusalOf(error: unknown): string | null {
  if (!(error instanceof AppError) || error.code !== 'corpus/picture-refused') return null
  return String(error.details['reason'])
}
