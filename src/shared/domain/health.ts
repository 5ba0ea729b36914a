/** The health of the corpus: pages that should be looked at before anything is learned from them. */
import type { Page, RefusedFile } from './page'

/** In the order in which they are shown. */
export const HEALTH_CHECKS = [
  'exact-copies',
  'near-copies',
  'no-music',
  'nearly-empty',
  'blur',
  'tone',
  'resolution',
  'orientation',
  'skew',
] as const

export type HealthCheck = (typeof HEALTH_CHECKS)[number]

/** Checks that find several pages together; the others find one at a time. */
export const COPY_CHECKS: readonly HealthCheck[] = ['exact-copies', 'near-copies']

/** One thing that was found: a page, or copies of one another. */
export interface HealthFinding {
  readonly check: HealthCheck
  /** In catalogue order. */
  readonly pages: readonly Page[]
  /** What was measured, in the unit that `evidence` names; of copies their likeness in [0, 1]. */
  readonly value: number
  /** In robust standard deviations from what is usual in this corpus; null where the limit is an absolute one. */
  readonly distance: number | null
  /** One sentence. */
  readonly evidence: string
  /** "It is fine" is remembered by content; excluded pages are so in the catalogue, and of copies all but one. */
  readonly settled: 'fine' | 'excluded' | null
}

export interface HealthCheckSummary {
  readonly check: HealthCheck
  readonly found: number
  readonly undecided: number
}

export interface HealthSummary {
  readonly pages: number
  readonly measured: number
  /** Pages that are measured but not compared with all others yet, as a check was cancelled. */
  readonly uncompared: number
  /** ISO 8601; null before the first check. */
  readonly checkedAt: string | null
  readonly checks: readonly HealthCheckSummary[]
}

/** What a check of all pages did. */
export interface HealthReport {
  /** Measured now, and known from an earlier check. */
  readonly measured: number
  readonly known: number
  /** Pages that could not be read. */
  readonly refused: readonly RefusedFile[]
  /** Pairs of pages that were laid over one another. */
  readonly pairs: number
  readonly seconds: number
}
