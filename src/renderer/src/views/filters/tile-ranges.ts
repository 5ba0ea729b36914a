/** What the colours of a layer's tiles are relative to. */
import type { ActivationMaps, KernelWeights } from '@shared/compute-api'
import type { FeatureSummary } from '@shared/domain/feature'
import { channelRange, layerActivationRange } from '../../pictures/activation-picture'
import { filterRange, layerKernelRange, modelKernelRange } from '../../pictures/kernel-picture'
import type { ScaleMode, ValueRange } from '../../pictures/value-range'

export type RangeOf = (channel: number) => ValueRange

/** Of kernels: of one filter, of the layer, or of every layer whose kernels are here. */
export function kernelRanges(
  kernels: KernelWeights,
  scale: ScaleMode,
  loaded: readonly KernelWeights[],
): RangeOf {
  if (scale === 'local') return (filter) => filterRange(kernels, filter)
  const range = scale === 'layer' ? layerKernelRange(kernels) : modelKernelRange(loaded)
  return () => range
}

/**
 * Of activation maps: of one map, of the layer's maps on this crop, or up to the strongest activation of any channel
 * on any crop of the sample set.
 */
export function mapRanges(
  maps: ActivationMaps,
  scale: ScaleMode,
  features: readonly FeatureSummary[],
): RangeOf {
  if (scale === 'local') return (channel) => channelRange(maps, channel)
  const layer = layerActivationRange(maps)
  if (scale === 'layer') return () => layer
  const highest = features.reduce((most, feature) => Math.max(most, feature.maximum), layer.highest)
  return () => ({ lowest: 0, highest })
}
