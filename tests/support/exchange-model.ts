/** A small model with seeded numbers, as it would be exchanged; and what it computes, in plain JavaScript. */
import { uniformFloat32 } from 'pure-rand/distribution/uniformFloat32'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { type Architecture, formatArchitectureSpec, parseArchitectureSpec } from '@shared/domain/architecture'
import { modelParameters, sizeOf } from '@shared/domain/model-parameters'
import { loadTensorflowScript } from '../../src/main/compute/script/load-script'
import { ScriptModel } from '../../src/main/compute/script/script-model'
import type { ModelContent, NamedTensor } from '../../src/main/core/sharing/model-content'

/** An even kernel among them, whose padding is not symmetric. */
export const EXCHANGED: Architecture = {
  blocks: parseArchitectureSpec('1x4@3,2x6@4'),
  inputSize: 16,
  dropout: 0.25,
  head: { field: 'style', classes: ['Baroque', 'Impressionist', 'Ragtime'], weight: 0.1 },
}

/** The same with a bottleneck of 2 channels instead of 6. */
export const NARROWED: Architecture = { ...EXCHANGED, blocks: parseArchitectureSpec('1x4@3,2x6@4>2') }

export function exchangeModel(architecture = EXCHANGED): ModelContent {
  const random = xoroshiro128plus(7)
  const tensors = modelParameters(architecture).map(({ name, shape }): NamedTensor => {
    const values = new Float32Array(sizeOf(shape)).map(() => uniformFloat32(random) - 0.5)
    // Variances are positive; scales around 1.
    return {
      name,
      shape,
      values: /(scale|variance)$/.test(name) ? values.map((value) => 1 + value) : values,
    }
  })
  return {
    architecture,
    tensors,
    facts: {
      format: 'scorescope-model-1',
      spec: formatArchitectureSpec(architecture.blocks),
      inputSize: architecture.inputSize,
      dropout: architecture.dropout,
      run: 'abcd2345',
      seed: 7,
      weightsSha256: '0'.repeat(64),
      head:
        architecture.head === null
          ? null
          : { field: architecture.head.field, classes: architecture.head.classes },
      versions: { scorescope: '0.0.0' },
    },
  }
}

/** Grey bytes [samples, size, size]. */
export function exchangePixels(samples: number, size = EXCHANGED.inputSize): Uint8Array {
  const random = xoroshiro128plus(11)
  return new Uint8Array(samples * size * size).map(() => Math.floor(uniformFloat32(random) * 256))
}

/** Outputs of the layers as Scorescope's own plain JavaScript backend computes them. */
export async function layerOutputs(
  { architecture, tensors }: ModelContent,
  pixels: Uint8Array,
): Promise<{ readonly bottleneck: Float32Array; readonly output: Float32Array }> {
  const values = new Map(tensors.map((tensor) => [tensor.name, tensor.values]))
  const model = new ScriptModel(await loadTensorflowScript(), architecture, values)
  try {
    return { bottleneck: model.layer('bottleneck', pixels), output: model.layer('output', pixels) }
  } finally {
    model.close()
  }
}

export function largestDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) return NaN
  return Array.from(one).reduce((most, value, at) => Math.max(most, Math.abs(value - (other[at] ?? NaN))), 0)
}
