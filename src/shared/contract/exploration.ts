/** What a trained model finds: features, activations, reconstructions. */
import { z } from 'zod'
import type { ActivationMaps, KernelWeights } from '../compute-api'
import type { ArchitectureDescription } from '../domain/architecture'
import type { ChannelPage, FeatureSummary, Reconstruction } from '../domain/feature'
import type { JobReference } from '../domain/job'
import { runId, layer } from './shapes'

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
    channels: z.array(z.object({ channel: z.int().min(0), scale: z.number().min(-10).max(10) })).default([]),
  }),
} as const

export interface ExplorationReplies {
  layers: ArchitectureDescription
  computeFeatures: JobReference<'features'>
  features: readonly FeatureSummary[]
  channel: ChannelPage
  kernels: KernelWeights
  activations: ActivationMaps
  reconstruct: Reconstruction
}
