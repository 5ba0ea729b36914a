/** What a trained model finds: features, activations, reconstructions. */
import { z } from 'zod'
import type { ActivationMaps, KernelWeights } from '../compute-api'
import type { ArchitectureDescription } from '../domain/architecture'
import type {
  AblationReport,
  ChannelPage,
  FeatureSummary,
  PageActivation,
  PieceActivation,
  Reconstruction,
} from '../domain/feature'
import type { JobReference } from '../domain/job'
import { id, runId, layer } from './shapes'

export const explorationRequests = {
  layers: z.object({ run: runId }),
  /** Starts the feature pass; it also starts by itself after training. */
  computeFeatures: z.object({ run: runId }),
  features: z.object({ run: runId, layer: layer.optional() }),
  channel: z.object({ run: runId, layer, channel: z.int().min(0) }),
  kernels: z.object({ run: runId, layer }),
  activations: z.object({ run: runId, layer, index: z.int().min(0) }),
  reconstruct: z.object({
    run: runId,
    index: z.int().min(0),
    channels: z
      .array(
        z.object({
          layer: layer.default('bottleneck'),
          channel: z.int().min(0),
          scale: z.number().min(-10).max(10),
        }),
      )
      .default([]),
  }),
  /** Starts measuring what the absence of each channel costs, on held-out crops spread over the pieces. */
  ablate: z.object({
    run: runId,
    layer: layer.default('bottleneck'),
    crops: z.int().min(1).max(100_000).default(256),
  }),
  /** What `ablate` found; null until it was asked for, and again when the run has other weights. */
  losses: z.object({ run: runId, layer: layer.default('bottleneck') }),
  /** One channel over a whole page. `alignTo`: a page pixel at which a unit's square is to begin, such as a crop's corner. */
  pageActivation: z.object({
    run: runId,
    layer,
    channel: z.int().min(0),
    page: id,
    alignTo: z.object({ x: z.int().min(0), y: z.int().min(0) }).optional(),
  }),
  /** One channel over the pages of a piece; pages that were measured once are not measured again. */
  pieceActivation: z.object({ run: runId, layer, channel: z.int().min(0), piece: id }),
} as const

export interface ExplorationReplies {
  layers: ArchitectureDescription
  computeFeatures: JobReference<'features'>
  features: readonly FeatureSummary[]
  channel: ChannelPage
  kernels: KernelWeights
  activations: ActivationMaps
  reconstruct: Reconstruction
  ablate: JobReference<'ablate'>
  losses: AblationReport | null
  pageActivation: PageActivation
  pieceActivation: PieceActivation
}
