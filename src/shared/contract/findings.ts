/** Findings: contrasts between styles or composers, and what recurs from run to run. */
import { z } from 'zod'
import {
  ACTIVATION_PATTERNS,
  CONTRAST_FIELDS,
  CORRELATIONS,
  SHUFFLES,
  type ChannelProfile,
  type Contrasts,
  type Recurrence,
  type RecurrenceSummary,
} from '../domain/findings'
import type { JobReference } from '../domain/job'
import { id, layer, nothing, runId, seed } from './shapes'

const table = { run: runId, field: z.enum(CONTRAST_FIELDS), layer: layer.optional() }

export const findingsRequests = {
  /** Tests every channel of a run, with a control of shuffled labels; the result replaces the stored one of the same run, field and layer. */
  contrasts: z.object({
    ...table,
    permutations: z.int().min(99).max(99_999).default(999),
    seed,
    shuffle: z.enum(SHUFFLES).default('pieces'),
    /** What is regressed out of the piece means first: ink, staff space, or fields of pages. */
    without: z.array(z.string().trim().min(1).max(200)).max(20).default([]),
    /** Shuffled-label tables beside the real one. */
    shuffles: z.int().min(1).max(1000).default(20),
  }),
  /** The stored contrasts; null where there are none, or where the run has been trained on since. */
  contrastTable: z.object(table),
  profile: z.object({ run: runId, layer, channel: z.int().min(0) }),
  /** Compares the channels of runs of one sample set, with networks before training as control. */
  recurrence: z.object({
    runs: z.array(runId).min(1).max(20),
    layer: layer.optional(),
    /** Absent: such that 5 % of the channels of untrained networks find a partner. */
    threshold: z.number().gt(0).lt(1).optional(),
    pattern: z.enum(ACTIVATION_PATTERNS).default('mean'),
    correlation: z.enum(CORRELATIONS).default('pearson'),
    seed,
  }),
  /** Newest first. */
  recurrences: nothing,
  recurrenceReport: z.object({ recurrence: id }),
} as const

export interface FindingsReplies {
  contrasts: JobReference<'contrasts'>
  contrastTable: Contrasts | null
  profile: ChannelProfile
  recurrence: JobReference<'recur'>
  recurrences: readonly RecurrenceSummary[]
  recurrenceReport: Recurrence
}
