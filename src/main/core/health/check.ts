/** The job: measures pages that are new or changed, then compares them with all others. */
import type { HealthReport } from '@shared/domain/health'
import type { RefusedFile } from '@shared/domain/page'
import { AppError, throwIfCancelled } from '@shared/errors'
import { HEALTH_METHOD } from '../../numerics/page-health/measure'
import { inOrder } from '../ordered-work'
import type { Clock, JobContext, OpenProject, PageLooks } from '../ports'
import { comparePages } from './compare'
import { listPagesToJudge, type PageToJudge, storeMeasures } from './health-records'

/** Pages under way, and the pixels that they may hold together. */
const CONCURRENCY = 2
const PIXELS_AT_ONCE = 60_000_000

export interface HealthWork {
  readonly project: OpenProject
  readonly clock: Clock
  readonly looks: PageLooks
}

/** @throws Cancelled */
export async function checkHealth(work: HealthWork, context: JobContext): Promise<HealthReport> {
  const { project, clock, looks } = work
  const started = clock.elapsedMs()
  const pages = listPagesToJudge(project.database, HEALTH_METHOD)
  const fresh = pages.filter(({ measures }) => measures === null)
  const refused = await measureAll(fresh, work, context)
  const measured = listPagesToJudge(project.database, HEALTH_METHOD)
  const pairs = await comparePages(measured, { project, looks, context })
  return {
    measured: fresh.length - refused.length,
    known: pages.length - fresh.length,
    refused,
    pairs,
    seconds: (clock.elapsedMs() - started) / 1000,
  }
}

/** Returns the pages that could not be read; each that could is remembered at once. */
async function measureAll(
  pages: readonly PageToJudge[],
  { project, clock, looks }: HealthWork,
  context: JobContext,
): Promise<readonly RefusedFile[]> {
  const refused: RefusedFile[] = []
  const read = async (page: PageToJudge) => {
    throwIfCancelled(context.signal)
    try {
      return { page, health: await looks.measure(page.id) }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      refused.push({ file: page.file, reason: error.message })
      return { page, health: null }
    }
  }
  const weigh = ({ width, height }: PageToJudge): number => width * height
  const options = { concurrency: CONCURRENCY, weigh, capacity: PIXELS_AT_ONCE }
  let done = 0
  context.progress({ label: 'Measuring pages', done, total: pages.length })
  for await (const { page, health } of inOrder(pages, read, options)) {
    if (health !== null) {
      const measuredAt = clock.now().toISOString()
      storeMeasures(project.database, page, { ...health, method: HEALTH_METHOD, measuredAt })
    }
    done += 1
    context.progress({ label: 'Measuring pages', done, total: pages.length })
    throwIfCancelled(context.signal)
  }
  return refused
}
