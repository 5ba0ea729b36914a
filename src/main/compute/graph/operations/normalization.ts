import { NORMALIZATION_EPSILON } from '@shared/domain/network'
import { boolean, float, type Tensor, text, typeOf } from '../graph-builder'
import type { Tape } from '../tape'

const ATTRIBUTES = { U: typeOf('float32'), epsilon: float(NORMALIZATION_EPSILON), data_format: text('NHWC') }

export interface BatchNormalized {
  readonly output: Tensor
  /** Mean of each channel over the batch and all positions [channels]. */
  readonly mean: Tensor
  /** Variance of each channel, estimated with n − 1 in the denominator [channels]. */
  readonly variance: Tensor
}

/**
 * Batch normalization (Ioffe & Szegedy 2015) with the batch's own statistics: each channel to mean 0 and variance 1,
 * then scaled and offset by learned numbers.
 * @param input [batch, height, width, channels]
 * @param learned scale and offset [channels]
 */
export function batchNormalization(
  tape: Tape,
  input: Tensor,
  learned: { readonly scale: Tensor; readonly offset: Tensor },
): BatchNormalized {
  const { graph } = tape
  const { scale, offset } = learned
  const [channels] = scale.shape
  const none = graph.vector([])
  const training = { ...ATTRIBUTES, T: typeOf('float32'), is_training: boolean(true) }
  const perChannel = [channels ?? null]
  const [output, mean, variance, saved1, saved2, saved3] = graph.node({
    operation: 'FusedBatchNormV3',
    inputs: [input, scale, offset, none, none],
    attributes: { ...training, exponential_avg_factor: float(1) },
    outputs: {
      types: ['float32', 'float32', 'float32', 'float32', 'float32', 'float32'],
      shapes: [input.shape, perChannel, perChannel, perChannel, perChannel, [null]],
    },
  })
  tape.record({
    output,
    inputs: [input, scale, offset],
    // The mean and variance depend on the input too; the fused gradient knows that.
    backward: (gradient) => {
      const [inputGradient, scaleGradient, offsetGradient] = graph.node({
        operation: 'FusedBatchNormGradV3',
        inputs: [gradient, input, scale, saved1, saved2, saved3],
        attributes: training,
        outputs: {
          types: ['float32', 'float32', 'float32'],
          shapes: [input.shape, perChannel, perChannel],
        },
      })
      return [inputGradient, scaleGradient, offsetGradient]
    },
  })
  return { output, mean, variance }
}

/** The same with statistics kept from training, for evaluation; a fixed scale and offset per channel. */
export function fixedNormalization(
  tape: Tape,
  input: Tensor,
  learned: {
    readonly scale: Tensor
    readonly offset: Tensor
    readonly mean: Tensor
    readonly variance: Tensor
  },
): Tensor {
  return tape.graph.float(
    'FusedBatchNormV3',
    [input, learned.scale, learned.offset, learned.mean, learned.variance],
    {
      shape: input.shape,
      attributes: { ...ATTRIBUTES, is_training: boolean(false), exponential_avg_factor: float(1) },
    },
  )
}
