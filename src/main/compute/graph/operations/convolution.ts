import { type GraphBuilder, integers, type Tensor, text } from '../graph-builder'
import type { Attribute, Shape } from '../graph-definition'
import type { Tape } from '../tape'
import { shapeAtRunTime } from './elementary'

const STRIDE_1: Readonly<Record<string, Attribute>> = {
  strides: integers([1, 1, 1, 1]),
  dilations: integers([1, 1, 1, 1]),
  padding: text('SAME'),
  data_format: text('NHWC'),
}

/**
 * Two-dimensional convolution, stride 1, zero padding to the same size.
 * @param input [batch, height, width, channels]
 * @param kernel [side, side, channels, filters]
 * @returns [batch, height, width, filters]
 */
export function convolution(tape: Tape, input: Tensor, kernel: Tensor): Tensor {
  const shape: Shape = [...input.shape.slice(0, 3), kernel.shape[3] ?? null]
  const output = tape.graph.float('Conv2D', [input, kernel], { shape, attributes: STRIDE_1 })
  return tape.record({
    output,
    inputs: [input, kernel],
    backward: (gradient) => [
      inputGradient(tape.graph, { input, kernel, gradient }),
      kernelGradient(tape.graph, { input, kernel, gradient }),
    ],
  })
}

interface ConvolutionGradient {
  readonly input: Tensor
  readonly kernel: Tensor
  readonly gradient: Tensor
}

/** Each input pixel gets back what it gave to the outputs around it: a convolution with the kernel turned round. */
function inputGradient(graph: GraphBuilder, { input, kernel, gradient }: ConvolutionGradient): Tensor {
  const options = { shape: input.shape, attributes: STRIDE_1 }
  return graph.float('Conv2DBackpropInput', [shapeAtRunTime(graph, input), kernel, gradient], options)
}

/** Each kernel weight sums, over all positions of all samples, the input under it times the gradient above it. */
function kernelGradient(graph: GraphBuilder, { input, kernel, gradient }: ConvolutionGradient): Tensor {
  const sizes = graph.integers(kernel.shape.map((size) => size ?? 0))
  const options = { shape: kernel.shape, attributes: STRIDE_1 }
  return graph.float('Conv2DBackpropFilter', [input, sizes, gradient], options)
}

/**
 * Adds one number per channel.
 * @param input [batch, …, channels]
 * @param offsets [channels]
 */
export function bias(tape: Tape, input: Tensor, offsets: Tensor): Tensor {
  const attributes = { data_format: text('NHWC') }
  const output = tape.graph.float('BiasAdd', [input, offsets], { shape: input.shape, attributes })
  return tape.record({
    output,
    inputs: [input, offsets],
    backward: (gradient) => [
      gradient,
      tape.graph.float('BiasAddGrad', [gradient], { shape: offsets.shape, attributes }),
    ],
  })
}
