/** Sample sets: frozen crops of pages, and their splits. */
import { z } from 'zod'
import type { LeakReport } from '../domain/evaluation'
import type { JobReference } from '../domain/job'
import type { SampleReport, SampleSet, SampleWithPage, StaffSpaceSummary } from '../domain/sample-set'
import { id, seed, splitUnit, heldOutShare, stratum, nothing, type Listing } from './shapes'

export const samplingRequests = {
  draw: z.object({
    seed,
    name: z.string().min(1).max(200).optional(),
    perPage: z.int().min(1).max(100).default(5),
    size: z.int().min(16).max(2048).default(448),
    whiteness: z.number().gt(0).max(1).default(0.9),
    triesPerPage: z.int().min(1).max(10_000).default(500),
  }),
  sets: nothing,
  report: z.object({ sampleSet: id }),
  samples: z.object({
    sampleSet: id,
    page: id.optional(),
    offset: z.int().min(0).default(0),
    limit: z.int().min(1).max(100_000).default(100_000),
  }),
  crop: z.object({ sampleSet: id, index: z.int().min(0) }),
  /** Takes a second or two for a thousand crops. */
  staffSpaces: z.object({ sampleSet: id }),
  /** The split that a training with the same choices would make, and what it leaks. */
  leaks: z.object({
    sampleSet: id,
    by: splitUnit,
    seed,
    validation: heldOutShare,
    stratify: stratum,
  }),
} as const

export interface SamplingReplies {
  draw: JobReference<'sample'>
  sets: readonly SampleSet[]
  report: SampleReport
  samples: Listing<SampleWithPage>
  staffSpaces: StaffSpaceSummary
  crop: SampleWithPage
  /** What the held-out crops of such a split would share with its training crops. */
  leaks: LeakReport
}
