/** Small operations that others are made of; they record nothing on the tape. */
import { boolean, type GraphBuilder, type Tensor, typeOf } from '../graph-builder'
import type { DataType, Shape } from '../graph-definition'

/** The shape with the batch size that was fed. */
export function shapeAtRunTime(graph: GraphBuilder, tensor: Tensor<DataType>): Tensor<'int32'> {
  const [shape] = graph.node({
    operation: 'Shape',
    inputs: [tensor],
    attributes: { T: typeOf(tensor.type), out_type: typeOf('int32') },
    outputs: { types: ['int32'], shapes: [[tensor.shape.length]] },
  })
  return shape
}

/** How many numbers a tensor holds, with the batch size that was fed. */
export function elementCount(graph: GraphBuilder, tensor: Tensor): Tensor {
  const [count] = graph.node({
    operation: 'Size',
    inputs: [tensor],
    attributes: { T: typeOf('float32'), out_type: typeOf('int32') },
    outputs: { types: ['int32'], shapes: [[]] },
  })
  return toFloat(graph, count)
}

/** Sum, mean or maximum over some axes, which disappear. */
export function reduce(
  graph: GraphBuilder,
  how: 'Sum' | 'Mean' | 'Max',
  { input, axes }: { readonly input: Tensor; readonly axes: readonly number[] },
): Tensor {
  const shape = input.shape.filter((_, axis) => !axes.includes(axis))
  const attributes = { Tidx: typeOf('int32'), keep_dims: boolean(false) }
  return graph.float(how, [input, graph.integers(axes)], { shape, attributes })
}

export function toFloat(graph: GraphBuilder, input: Tensor<DataType>): Tensor {
  return cast(graph, input, 'float32')
}

/** The same numbers in another type, rounded to the nearest where it is coarser. */
export function cast<Type extends DataType>(
  graph: GraphBuilder,
  input: Tensor<DataType>,
  type: Type,
): Tensor<Type> {
  const [output] = graph.node({
    operation: 'Cast',
    inputs: [input],
    attributes: { SrcT: typeOf(input.type), DstT: typeOf(type) },
    outputs: { types: [type], shapes: [input.shape] },
  })
  return output
}

/** Grey bytes as numbers in [0, 1]. */
export function fromBytes(graph: GraphBuilder, bytes: Tensor<'uint8'>): Tensor {
  return graph.float('Mul', [toFloat(graph, bytes), graph.scalar(1 / 255)], { shape: bytes.shape })
}

/** The same numbers in another shape; null takes what is left over. */
export function reshape(graph: GraphBuilder, input: Tensor, shape: Shape): Tensor {
  const sizes = graph.integers(shape.map((size) => size ?? -1))
  return graph.float('Reshape', [input, sizes], { shape, attributes: { Tshape: typeOf('int32') } })
}

/** The index of the largest along an axis, which disappears. */
export function indexOfLargest(graph: GraphBuilder, input: Tensor, axis: number): Tensor<'int32'> {
  const [index] = graph.node({
    operation: 'ArgMax',
    inputs: [input, graph.integer(axis)],
    attributes: { T: typeOf('float32'), Tidx: typeOf('int32'), output_type: typeOf('int32') },
    outputs: { types: ['int32'], shapes: [input.shape.filter((_, at) => at !== axis)] },
  })
  return index
}
