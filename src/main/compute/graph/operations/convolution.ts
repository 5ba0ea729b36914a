import { type GraphBuilder, integers, type Tensor, text, typeOf } from '../graph-builder'
import type { Attribute, DataType, Shape } from '../graph-definition'
import type { Tape } from '../tape'
import { cast, shapeAtRunTime } from './elementary'

const STRIDE_1: Readonly<Record<string, Attribute>> = {
  strides: integers([1, 1, 1, 1]),
  dilations: integers([1, 1, 1, 1]),
  padding: text('SAME'),
  data_format: text('NHWC'),
}

/** The type that a convolution computes in: its inputs are rounded to it, its output is float32 again. */
export type ConvolutionType = 'float32' | 'bfloat16'

/**
 * Two-dimensional convolution, stride 1, zero padding to the same size.
 * @param input [batch, height, width, channels]
 * @param kernel [side, side, channels, filters]
 * @returns [batch, height, width, filters]
 */
export function convolution(
  tape: Tape,
  input: Tensor,
  kernel: Tensor,
  type: ConvolutionType = 'float32',
): Tensor {
  const { graph } = tape
  // Rounded once: the ways forward and back see the same numbers.
  const rounded = { input: inType(graph, input, type), kernel: inType(graph, kernel, type) }
  const shape: Shape = [...input.shape.slice(0, 3), kernel.shape[3] ?? null]
  const output = convolve(graph, 'Conv2D', { type, shape, inputs: [rounded.input, rounded.kernel] })
  return tape.record({
    output,
    inputs: [input, kernel],
    backward: (gradient) => {
      const parts = { ...rounded, gradient: inType(graph, gradient, type), type }
      return [inputGradient(graph, parts), kernelGradient(graph, parts)]
    },
  })
}

interface ConvolutionGradient {
  readonly input: Tensor<ConvolutionType>
  readonly kernel: Tensor<ConvolutionType>
  readonly gradient: Tensor<ConvolutionType>
  readonly type: ConvolutionType
}

/** Each input pixel gets back what it gave to the outputs around it: a convolution with the kernel turned round. */
function inputGradient(graph: GraphBuilder, { input, kernel, gradient, type }: ConvolutionGradient): Tensor {
  const inputs = [shapeAtRunTime(graph, input), kernel, gradient]
  return convolve(graph, 'Conv2DBackpropInput', { type, shape: input.shape, inputs })
}

/** Each kernel weight sums, over all positions of all samples, the input under it times the gradient above it. */
function kernelGradient(graph: GraphBuilder, { input, kernel, gradient, type }: ConvolutionGradient): Tensor {
  const sizes = graph.integers(kernel.shape.map((size) => size ?? 0))
  return convolve(graph, 'Conv2DBackpropFilter', {
    type,
    shape: kernel.shape,
    inputs: [input, sizes, gradient],
  })
}

function convolve(
  graph: GraphBuilder,
  operation: string,
  options: {
    readonly type: ConvolutionType
    readonly shape: Shape
    readonly inputs: readonly Tensor<DataType>[]
  },
): Tensor {
  const { type, shape, inputs } = options
  const [output] = graph.node({
    operation,
    inputs,
    attributes: { T: typeOf(type), ...STRIDE_1 },
    outputs: { types: [type], shapes: [shape] },
  })
  return inType(graph, output, 'float32')
}

/** The tensor itself where it has the type already. */
function inType<Type extends ConvolutionType>(
  graph: GraphBuilder,
  tensor: Tensor<ConvolutionType>,
  type: Type,
): Tensor<Type> {
  // Compared at run time, which the type of a tensor's handle cannot follow.
  return tensor.type === type ? (tensor as Tensor<Type>) : cast(graph, tensor, type)
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
