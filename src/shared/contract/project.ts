/** Projects: folders that hold a corpus and all that was made of it. */
import { z } from 'zod'
import type { JobReference } from '../domain/job'
import type { ProjectSummary, RecentProject } from '../domain/project'
import type { CatalogueCopies, RepairReport } from '../domain/repair'
import { seed, folder, nothing } from './shapes'

const backup = z.string().min(1).max(200)

export const projectRequests = {
  create: z.object({ folder }),
  open: z.object({ folder }),
  close: nothing,
  current: nothing,
  recent: nothing,
  forget: z.object({ folder }),
  /** The copies of a project's catalogue. The project may be closed, open or damaged; nothing is written. */
  backups: z.object({ folder }),
  /** Makes a checked copy of the open project's catalogue now. */
  backUp: nothing,
  /**
   * Puts a copy in the catalogue's place, or all that can still be read of the catalogue itself. What was there is moved
   * aside. A project that is open here is closed first and stays closed.
   */
  repair: z.object({ folder, how: z.union([z.literal('recover'), z.object({ backup }).strict()]) }),
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
  backups: CatalogueCopies
  backUp: CatalogueCopies
  repair: RepairReport
  demo: JobReference<'demo'>
}
