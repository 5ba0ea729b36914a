/** A run's model with what places its units on crops and pages. */
import {
  type ArchitectureDescription,
  describeArchitecture,
  type Layer,
  receptiveFieldInCrop,
  reductionFactor,
} from '@shared/domain/architecture'
import type { SampledUnit } from '@shared/compute-api'
import type { FeatureTop } from '@shared/domain/feature'
import { requireLayer } from '@shared/domain/layers'
import type { RunPlan } from '@shared/domain/run'
import { AppError } from '@shared/errors'

export class ModelGeometry {
  readonly description: ArchitectureDescription
  /** Crop pixels per input pixel. */
  readonly reduction: number

  constructor(readonly plan: RunPlan) {
    this.description = describeArchitecture(plan.architecture)
    this.reduction = reductionFactor(plan.sampleSet.size, plan.architecture.inputSize)
  }

  /** @throws AppError exploration/layer-unknown */
  layer(name: string): Layer {
    return requireLayer(this.description.layers, name)
  }

  get bottleneck(): Layer {
    const { layers } = this.description
    const layer = layers.find(({ kind }) => kind === 'bottleneck')
    if (layer === undefined) throw new RangeError('A model without a bottleneck.')
    return layer
  }

  /** @throws AppError sampling/index-unknown */
  requireSample(index: number): void {
    const { samples } = this.plan.sampleSet
    if (index >= samples) throw AppError.of('sampling/index-unknown', { index, samples })
  }

  /** The receptive field of a unit, in pixels of the crop. */
  patch(layer: Layer, { index, row, column, activation }: SampledUnit): FeatureTop {
    const window = receptiveFieldInCrop(layer.receptiveField, { row, column }, this.reduction)
    return { index, x: window.x, y: window.y, size: window.size, activation }
  }
}
