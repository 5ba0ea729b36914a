/** Long work of any kind. */
import { z } from 'zod'
import type { Job, JobResults } from '../domain/job'
import { nothing } from './shapes'

export const jobsRequests = {
  list: nothing,
  get: z.object({ job: z.string().min(1).max(64) }),
  /** Answers when the job has ended: with its result, or fails as it failed. */
  wait: z.object({ job: z.string().min(1).max(64) }),
  cancel: z.object({ job: z.string().min(1).max(64) }),
} as const

export interface JobsReplies {
  list: readonly Job[]
  get: Job
  wait: JobResults[keyof JobResults]
  cancel: Job
}
