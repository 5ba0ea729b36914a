import { boolean, integers, type Tensor, text } from '../graph-builder'
import type { Shape } from '../graph-definition'
import type { Tape } from '../tape'

const WINDOW_2 = {
  ksize: integers([1, 2, 2, 1]),
  strides: integers([1, 2, 2, 1]),
  padding: text('VALID'),
  data_format: text('NHWC'),
}

/**
 * The largest of each 2 × 2 square; the gradient goes back to where it was found (the first where several are equal).
 * @param input [batch, height, width, channels], height and width even
 * @returns [batch, height / 2, width / 2, channels]
 */
export function maxPool(tape: Tape, input: Tensor): Tensor {
  const { graph } = tape
  const shape = resized(input.shape, 0.5)
  const output = graph.float('MaxPool', [input], { shape, attributes: WINDOW_2 })
  return tape.record({
    output,
    inputs: [input],
    backward: (gradient) => [
      graph.float('MaxPoolGrad', [input, output, gradient], { shape: input.shape, attributes: WINDOW_2 }),
    ],
  })
}

/**
 * Each unit four times, as a 2 × 2 square; the gradient is the sum over the square.
 * @param input [batch, height, width, channels]
 * @returns [batch, 2 · height, 2 · width, channels]
 */
export function upsample(tape: Tape, input: Tensor): Tensor {
  const { graph } = tape
  const shape = resized(input.shape, 2)
  const attributes = { align_corners: boolean(false), half_pixel_centers: boolean(false) }
  const size = (of: Shape): Tensor<'int32'> => graph.integers([of[1] ?? 0, of[2] ?? 0])
  const output = graph.float('ResizeNearestNeighbor', [input, size(shape)], { shape, attributes })
  return tape.record({
    output,
    inputs: [input],
    backward: (gradient) => [
      graph.float('ResizeNearestNeighborGrad', [gradient, size(input.shape)], {
        shape: input.shape,
        attributes,
      }),
    ],
  })
}

function resized(shape: Shape, factor: number): Shape {
  const [batch = null, height, width, channels = null] = shape
  return [batch, (height ?? 0) * factor, (width ?? 0) * factor, channels]
}
