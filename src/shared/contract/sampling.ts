/** Sample sets: frozen crops of pages, and their splits. */
import { z } from 'zod'
import type { LeakReport } from '../domain/evaluation'
import type { JobReference } from '../domain/job'
import {
  type AcceptanceField,
  type Forecast,
  type SampleSetComparison,
  STUDY_RULES,
  type SurveyReport,
} from '../domain/sampling-rules'
import type { SampleReport, SampleSet, SampleWithPage, StaffSpaceSummary } from '../domain/sample-set'
import { id, seed, splitUnit, heldOutShare, stratum, nothing, type Listing } from './shapes'

const surveyed = {
  seed,
  size: z.int().min(16).max(2048).default(STUDY_RULES.size),
  triesPerPage: z.int().min(1).max(10_000).default(STUDY_RULES.triesPerPage),
  background: z.enum(['as-is', 'paper']).default(STUDY_RULES.background),
}

const rules = {
  ...surveyed,
  perPage: z.int().min(1).max(100).default(STUDY_RULES.perPage),
  whiteness: z.number().gt(0).max(1).default(STUDY_RULES.whiteness),
  minimumInk: z.number().min(0).lt(1).default(STUDY_RULES.minimumInk),
  margin: z.number().min(0).max(0.4).default(STUDY_RULES.margin),
  balance: z.enum(['none', 'style', 'composer']).default(STUDY_RULES.balance),
  where: z.string().trim().min(1).max(500).optional(),
}

export const samplingRequests = {
  draw: z.object({ ...rules, name: z.string().min(1).max(200).optional() }),
  /** What crops would be like all over a page; what the rules make of it: refusalOf in domain/sampling-rules.ts. */
  field: z.object({
    page: id,
    size: surveyed.size,
    background: surveyed.background,
    /** Places along the longer side of the page. */
    places: z.int().min(8).max(256).default(96),
  }),
  /** Measures the squares that drawing would look at, on pages where that has not been done. */
  survey: z.object(surveyed),
  /** How far a survey is; starts nothing. */
  surveyState: z.object(surveyed),
  /** What drawing would give, from what is surveyed. `by`: style, composer, piece, or a field of pages. */
  forecast: z.object({ ...rules, by: z.string().trim().min(1).max(100).default('composer') }),
  compare: z.object({ one: id, other: id }),
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
  field: AcceptanceField
  survey: JobReference<'survey'>
  surveyState: SurveyReport
  forecast: Forecast
  compare: SampleSetComparison
  sets: readonly SampleSet[]
  report: SampleReport
  samples: Listing<SampleWithPage>
  staffSpaces: StaffSpaceSummary
  crop: SampleWithPage
  /** What the held-out crops of such a split would share with its training crops. */
  leaks: LeakReport
}
