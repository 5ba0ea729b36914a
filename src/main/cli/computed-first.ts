/** What needs something computed: it is computed first where that was not done yet. */
import type { JobKind, JobReference, JobResults } from '@shared/domain/job'
import type { ErrorCode } from '@shared/error-sentences'
import { AppError } from '@shared/errors'
import { follow, type Session } from './session'

/** Asks; where the answer is refused because something was not computed yet, computes it and asks once more. */
export async function askAfter<Kind extends JobKind, Reply>(
  session: Session,
  missing: { readonly code: ErrorCode; readonly compute: () => Promise<JobReference<Kind>> },
  ask: () => Promise<Reply>,
): Promise<Reply> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== missing.code) throw error
    await follow(session, await missing.compute())
    return ask()
  }
}

/** Asks; where the run's features are missing, computes them and asks once more. */
export function withFeatures<Reply>(
  session: Session,
  run: string,
  ask: () => Promise<Reply>,
): Promise<Reply> {
  const compute = (): Promise<JobReference<'features'>> => session.api.exploration.computeFeatures({ run })
  return askAfter(session, { code: 'exploration/features-missing', compute }, ask)
}

/** Starts a job when all these runs have their features, and follows it to its end. */
export async function followWithFeatures<Kind extends JobKind>(
  session: Session,
  runs: readonly string[],
  start: () => Promise<JobReference<Kind>>,
): Promise<JobResults[Kind]> {
  for (const run of runs) await withFeatures(session, run, () => session.api.exploration.features({ run }))
  return follow(session, await start())
}
