/**
 * The autoencoder itself, said once: which operation follows which. How an operation is carried out — as a node of a
 * TensorFlow graph with its gradient on the tape, at once in JavaScript, as a node of an ONNX file — is up to whoever
 * provides it.
 */
import { type Architecture, layerNames } from './architecture'

/** Added to the variance in batch norm, as in Keras. */
export const NORMALIZATION_EPSILON = 1e-3

/** What the autoencoder is made of; `Value` is a tensor of whichever kind. */
export interface NetworkOperations<Value> {
  /** Convolution with the layer's kernel, same size, no bias. */
  convolve(layer: string, input: Value): Value
  /** Batch normalization with the layer's scale and offset. */
  normalize(layer: string, input: Value): Value
  rectify(input: Value): Value
  /** 2 × 2 maximum. */
  pool(input: Value): Value
  /** Nearest neighbour, twice the side. */
  upsample(input: Value): Value
  /** Dropout while training, nothing otherwise. `ordinal` counts the model's dropouts from 0. */
  drop(ordinal: number, input: Value): Value
  /** One number per channel added. */
  offset(layer: string, input: Value): Value
  sigmoid(input: Value): Value
}

/** Told every layer's output (after batch norm and ReLU) as it is made. */
export type LayerListener<Value> = (layer: string, output: Value) => void

export interface Network<Value> {
  /** Grey pixels in [0, 1] [batch, size, size, 1] → bottleneck [batch, side, side, channels]. */
  encode(pixels: Value): Value
  /** Bottleneck → reconstruction in [0, 1], of the same shape as the pixels. */
  decode(bottleneck: Value): Value
}

/** How many dropouts one pass has: one after each block of the encoder and of the decoder. */
export function dropoutCount(architecture: Architecture): number {
  return 2 * architecture.blocks.length
}

export function createNetwork<Value>(
  architecture: Architecture,
  operations: NetworkOperations<Value>,
  onLayer: LayerListener<Value>,
): Network<Value> {
  const blocks = [...architecture.blocks.entries()]
  const convolutions = (layers: readonly string[], input: Value): Value =>
    layers.reduce((value, layer) => {
      const output = operations.rectify(operations.normalize(layer, operations.convolve(layer, value)))
      onLayer(layer, output)
      return output
    }, input)
  return {
    encode(pixels) {
      let value = pixels
      for (const [index, block] of blocks) {
        const pooled = operations.pool(convolutions(layerNames('encoder', index, block), value))
        if (index === blocks.length - 1) onLayer('bottleneck', pooled)
        value = operations.drop(index, pooled)
      }
      return value
    },
    decode(bottleneck) {
      let value = bottleneck
      for (const [step, [index, block]] of [...blocks].reverse().entries()) {
        const names = layerNames('decoder', index, block)
        value = operations.drop(blocks.length + step, convolutions(names, operations.upsample(value)))
      }
      const output = operations.sigmoid(operations.offset('output', operations.convolve('output', value)))
      onLayer('output', output)
      return output
    },
  }
}
