/** What needs the features of runs: they are computed first where that was not done yet. */
import type { JobKind, JobReference, JobResults } from '@shared/domain/job'
import { AppError } from '@shared/errors'
import { follow, type Session } from './session'

/** Asks; where the run's features are missing, computes them and asks once more. */
export async function withFeatures<Reply>(
  session: Session,
  run: string,
  ask: () => Promise<Reply>,
): Promise<Reply> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'exploration/features-missing') throw error
    await follow(session, await session.api.exploration.computeFeatures({ run }))
    return ask()
  }
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
