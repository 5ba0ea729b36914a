/** The probe sheet: what each channel answers to single engraved symbols. */
import { z } from 'zod'
import type { JobReference } from '../domain/job'
import type { ChannelLiking, ChannelResponses, SymbolSheet } from '../domain/symbols'
import { id, layer, runId } from './shapes'

export const symbolsRequests = {
  /** Drawn when first asked for; takes some seconds. */
  sheet: z.object({ sampleSet: id }),
  /** Shows the sheet to a run's model. */
  measure: z.object({ run: runId }),
  responses: z.object({ run: runId, layer, channel: z.int().min(0) }),
  likings: z.object({ run: runId, layer: layer.optional() }),
} as const

export interface SymbolsReplies {
  sheet: SymbolSheet
  measure: JobReference<'symbols'>
  responses: ChannelResponses
  likings: readonly ChannelLiking[]
}
