import { type GraphBuilder, integers, type Tensor, text, typeOf } from '../graph-builder'
import type { Attribute, DataType, Shape } from '../graph-definition'
import type { Tape } from '../tape'
import { cast, reduce, shapeAtRunTime } from './elementary'

const STRIDE_1: Readonly<Record<string, Attribute>> = {
  strides: integers([1, 1, 1, 1]),
  dilations: integers([1, 1, 1, 1]),
  padding: text('SAME'),
  data_format: text('NHWC'),
}

/** The type that a convolution multiplies in; its inputs and output are float32 all the same. */
export type ConvolutionType = 'float32' | 'float16'

/** Gradients are scaled so that their largest is this before they are rounded: float16 ends at 65,504 and at 6·10⁻⁸. */
const LARGEST_GRADIENT = 64
/** Keeps a gradient that is 0 everywhere from being divided by 0. */
const SMALLEST_MAXIMUM = 1e-30

/**
 * Two-dimensional convolution, stride 1, zero padding to the same size. In float16, the way forward and the gradient by
 * the input are rounded; the gradient by the kernel, a sum over all positions of all samples that could leave float16's
 * range, stays float32 (docs/decisions/0012-mixed-precision.md).
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
  const inputs = [inType(graph, input, type), inType(graph, kernel, type)]
  const shape: Shape = [...input.shape.slice(0, 3), kernel.shape[3] ?? null]
  return tape.record({
    output: convolve(graph, 'Conv2D', { type, shape, inputs }),
    inputs: [input, kernel],
    backward: (gradient) => [
      inputGradient(graph, { input, kernel, gradient, type }),
      kernelGradient(graph, { input, kernel, gradient }),
    ],
  })
}

interface ConvolutionGradient {
  readonly input: Tensor
  readonly kernel: Tensor
  readonly gradient: Tensor
}

/** Each input pixel gets back what it gave to the outputs around it: a convolution with the kernel turned round. */
function inputGradient(
  graph: GraphBuilder,
  { input, kernel, gradient, type }: ConvolutionGradient & { readonly type: ConvolutionType },
): Tensor {
  const back = (given: Tensor): Tensor => {
    const inputs = [shapeAtRunTime(graph, input), inType(graph, kernel, type), inType(graph, given, type)]
    return convolve(graph, 'Conv2DBackpropInput', { type, shape: input.shape, inputs })
  }
  if (type === 'float32') return back(gradient)
  const largest = largestOf(graph, gradient)
  const scalar = (operation: string, factors: readonly Tensor[]): Tensor =>
    graph.float(operation, factors, { shape: [] })
  const up = scalar('RealDiv', [graph.scalar(LARGEST_GRADIENT), largest])
  const down = scalar('RealDiv', [largest, graph.scalar(LARGEST_GRADIENT)])
  const scaled = graph.float('Mul', [gradient, up], { shape: gradient.shape })
  return graph.float('Mul', [back(scaled), down], { shape: input.shape })
}

/** The largest absolute value, a little above 0 where there is none. */
function largestOf(graph: GraphBuilder, tensor: Tensor): Tensor {
  const sizes = graph.float('Abs', [tensor], { shape: tensor.shape })
  const largest = reduce(graph, 'Max', { input: sizes, axes: tensor.shape.map((_, axis) => axis) })
  return graph.float('Maximum', [largest, graph.scalar(SMALLEST_MAXIMUM)], { shape: [] })
}

/** Each kernel weight sums, over all positions of all samples, the input under it times the gradient above it. */
function kernelGradient(graph: GraphBuilder, { input, kernel, gradient }: ConvolutionGradient): Tensor {
  const sizes = graph.integers(kernel.shape.map((size) => size ?? 0))
  const inputs = [input, sizes, gradient]
  return convolve(graph, 'Conv2DBackpropFilter', { type: 'float32', shape: kernel.shape, inputs })
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
