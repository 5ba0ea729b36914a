/** Projects: folders that hold a corpus and all that was made of it. */
import { z } from 'zod'
import type { JobReference } from '../domain/job'
import type { ProjectSummary, RecentProject } from '../domain/project'
import { seed, folder, nothing } from './shapes'

export const projectRequests = {
  create: z.object({ folder }),
  open: z.object({ folder }),
  close: nothing,
  current: nothing,
  recent: nothing,
  forget: z.object({ folder }),
  /** Engraves the demo corpus into a new project and runs the whole path on it. */
  demo: z.object({ folder, seed: seed.default(1), epochs: z.int().min(1).max(1000).optional() }),
} as const

export interface ProjectReplies {
  create: ProjectSummary
  open: ProjectSummary
  close: null
  current: ProjectSummary | null
  recent: readonly RecentProject[]
  forget: readonly RecentProject[]
  demo: JobReference<'demo'>
}
