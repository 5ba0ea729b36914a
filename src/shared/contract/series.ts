/** Series: several runs of one plan that differ in one thing, as one job. */
import { z } from 'zod'
import type { JobReference } from '../domain/job'
import type { SeriesReport, SeriesSummary } from '../domain/series'
import { nothing, seed, seriesId, splitUnit } from './shapes'
import { trainingChoices } from './training-choices'

const common = { name: z.string().min(1).max(200).optional(), choices: z.object(trainingChoices) }

export const seriesRequests = {
  /** Trains one run after the other and evaluates each; those that are done stay when it is cancelled. */
  start: z.discriminatedUnion('kind', [
    /** The same plan from several seeds; the split stays that of `choices.seed`. */
    z.object({ kind: z.literal('seeds'), seeds: z.array(seed).min(2).max(100), ...common }),
    /** The same plan with ever fewer channels in the bottleneck. */
    z.object({
      kind: z.literal('ladder'),
      codeChannels: z.array(z.int().min(1).max(512)).min(2).max(20),
      ...common,
    }),
    /** The same plan with crops held out in different ways. */
    z.object({ kind: z.literal('splits'), splits: z.array(splitUnit).min(2).max(3), ...common }),
  ]),
  /** Goes on with the runs that are not finished yet. */
  resume: z.object({ series: seriesId }),
  list: nothing,
  report: z.object({ series: seriesId }),
} as const

export interface SeriesReplies {
  start: JobReference<'series'> & { readonly series: string }
  resume: JobReference<'series'> & { readonly series: string }
  list: readonly SeriesSummary[]
  report: SeriesReport
}
