/** The autoencoder's operations carried out at once in JavaScript; their gradients are TensorFlow.js's own. */
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs'
import type { Architecture } from '@shared/domain/architecture'
import { type NetworkOperations, NORMALIZATION_EPSILON } from '@shared/domain/network'
import type { TensorflowScript } from './load-script'

export type ScriptMode =
  | {
      readonly kind: 'training'
      /** null leaves dropout out. */
      readonly dropoutSeed: readonly [number, number] | null
      /** Told each layer's batch statistics, by parameter name. */
      readonly onStatistic: (parameter: string, observed: Tensor) => void
    }
  | { readonly kind: 'evaluation' }

export interface ScriptNetworkOptions {
  readonly architecture: Architecture
  readonly parameter: (name: string) => Tensor
  readonly mode: ScriptMode
}

export function scriptOperations(
  tf: TensorflowScript,
  options: ScriptNetworkOptions,
): NetworkOperations<Tensor4D> {
  const { architecture, parameter, mode } = options
  const perChannel = (name: string): Tensor1D => parameter(name) as Tensor1D
  return {
    convolve: (layer, input) => tf.conv2d(input, parameter(`${layer}/kernel`) as Tensor4D, 1, 'same'),
    normalize: (layer, input) => {
      const [scale, offset] = [perChannel(`${layer}/scale`), perChannel(`${layer}/offset`)]
      if (mode.kind === 'training') return normalizeBatch(tf, { layer, input, scale, offset, mode })
      const [mean, variance] = [perChannel(`${layer}/mean`), perChannel(`${layer}/variance`)]
      return tf.batchNorm4d(input, mean, variance, offset, scale, NORMALIZATION_EPSILON)
    },
    rectify: (input) => tf.relu(input),
    pool: (input) => tf.maxPool(input, 2, 2, 'valid'),
    upsample: (input) => upsample(tf, input),
    drop: (ordinal, input) => {
      const rate = architecture.dropout
      if (mode.kind === 'evaluation' || mode.dropoutSeed === null || rate === 0) return input
      const [run, first] = mode.dropoutSeed
      const uniform = tf.randomUniform(input.shape, 0, 1, 'float32', `${run},${first + ordinal}`)
      return input.mul(
        uniform
          .greaterEqual(rate)
          .cast('float32')
          .mul(1 / (1 - rate)),
      )
    },
    offset: (layer, input) => input.add(parameter(`${layer}/bias`)),
    sigmoid: (input) => tf.sigmoid(input),
  }
}

/** With a gradient of its own — the sum over each 2 × 2 square — because TensorFlow.js's is wrong here (4.22). */
function upsample(tf: TensorflowScript, input: Tensor4D): Tensor4D {
  const [, height, width] = input.shape
  return tf.customGrad<Tensor4D>((value) => ({
    value: tf.image.resizeNearestNeighbor(value as Tensor4D, [height * 2, width * 2]),
    gradFunc: (gradient: Tensor) => tf.avgPool(gradient as Tensor4D, 2, 2, 'valid').mul(4),
  }))(input)
}

function normalizeBatch(
  tf: TensorflowScript,
  options: {
    readonly layer: string
    readonly input: Tensor4D
    readonly scale: Tensor1D
    readonly offset: Tensor1D
    readonly mode: Extract<ScriptMode, { kind: 'training' }>
  },
): Tensor4D {
  const { layer, input, scale, offset, mode } = options
  const { mean, variance } = tf.moments(input, [0, 1, 2])
  const count = input.size / scale.size
  mode.onStatistic(`${layer}/mean`, mean)
  // Estimated with n − 1 in the denominator, as the fused operation of the native library does.
  mode.onStatistic(`${layer}/variance`, variance.mul(count / Math.max(1, count - 1)))
  return input.sub(mean).mul(variance.add(NORMALIZATION_EPSILON).rsqrt()).mul(scale).add(offset)
}

/** Logits of the head [batch, classes]; its gradient reaches the bottleneck scaled by the head's weight. */
export function scriptLogits(
  tf: TensorflowScript,
  bottleneck: Tensor4D,
  options: { readonly parameter: (name: string) => Tensor; readonly weight: number },
): Tensor2D {
  const scaled = tf.customGrad<Tensor4D>((input) => ({
    value: (input as Tensor4D).clone(),
    gradFunc: (gradient: Tensor) => gradient.mul(options.weight),
  }))(bottleneck)
  const average = tf.mean<Tensor2D>(scaled, [1, 2])
  return tf.matMul(average, options.parameter('head/kernel') as Tensor2D).add(options.parameter('head/bias'))
}
