/** Health of the corpus: copies, pages without music, blurred, askew and other unusual ones, and what was decided. */
import { z } from 'zod'
import { HEALTH_CHECKS, type HealthFinding, type HealthSummary } from '../domain/health'
import type { JobReference } from '../domain/job'
import { id, type Listing, nothing } from './shapes'

const check = z.enum(HEALTH_CHECKS)
/** The pages of one finding. */
const decided = z.object({ check, pages: z.array(id).min(1).max(10_000) })

export const healthRequests = {
  /** Measures pages that are new or changed, and compares them with all others. */
  check: nothing,
  summary: nothing,
  /** The most unusual first. */
  findings: z.object({
    check,
    /** Also those that are decided. */
    decided: z.boolean().default(false),
    offset: z.int().min(0).default(0),
    limit: z.int().min(1).max(1000).default(200),
  }),
  /** "It is fine": remembered by content, so also when the pages are imported anew. */
  decide: decided,
  undecide: decided,
} as const

export interface HealthReplies {
  check: JobReference<'health'>
  summary: HealthSummary
  findings: Listing<HealthFinding>
  decide: HealthSummary
  undecide: HealthSummary
}
