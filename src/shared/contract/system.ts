/** What this machine can do. */
import { z } from 'zod'
import type { JobReference } from '../domain/job'
import type { DoctorReport, TuningReport } from '../domain/system'
import { nothing } from './shapes'

export const systemRequests = {
  doctor: nothing,
  /** Measures which threads and allocator suit this machine; `thorough` tries XLA too. Kept for this machine. */
  tune: z.object({ thorough: z.boolean().default(false) }),
  tuning: nothing,
  ping: z.object({ echo: z.unknown() }),
} as const

export interface SystemReplies {
  doctor: DoctorReport
  tune: JobReference<'tune'>
  /** Null until it was measured on this machine. */
  tuning: TuningReport | null
  ping: { readonly echo: unknown }
}
