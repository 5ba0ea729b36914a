/**
 * The largest of each map and where it is. Rows first, then columns of the one row that holds it: one quick maximum over
 * everything in the place of a slow search through everything.
 */
import { type GraphBuilder, type Tensor, typeOf } from './graph-builder'
import type { DataType, Shape } from './graph-definition'
import { indexOfLargest, reduce, reshape } from './operations/elementary'

export interface StrongestUnit {
  /** [batch, channels] */
  readonly maximum: Tensor
  /** row · width + column, the first where several are equal [batch, channels]. */
  readonly position: Tensor<'int32'>
}

/** @param maps [batch, height, width, channels] */
export function strongestUnit(graph: GraphBuilder, maps: Tensor): StrongestUnit {
  const [, height = 1, width = 1, channels = 1] = maps.shape.map((size) => size ?? 1)
  const rows = reduce(graph, 'Max', { input: maps, axes: [2] })
  const row = indexOfLargest(graph, rows, 1)
  const everyChannelAndColumn = graph.integers(
    Array.from({ length: channels * width }, (_, at) => (at % width) * channels + Math.floor(at / width)),
  )
  const start = whole(graph, 'Mul', [
    shaped(graph, row, [null, channels, 1]),
    graph.integer(width * channels),
  ])
  const places = whole(graph, 'AddV2', [start, shaped(graph, everyChannelAndColumn, [1, channels, width])])
  const [found] = graph.node({
    operation: 'GatherV2',
    inputs: [
      reshape(graph, maps, [null, height * width * channels]),
      shaped(graph, places, [null, channels * width]),
      graph.integer(1),
    ],
    attributes: {
      Tparams: typeOf('float32'),
      Tindices: typeOf('int32'),
      Taxis: typeOf('int32'),
      batch_dims: { kind: 'integer', value: 1 },
    },
    outputs: { types: ['float32'], shapes: [[null, channels * width]] },
  })
  const column = indexOfLargest(graph, reshape(graph, found, [null, channels, width]), 2)
  const position = whole(graph, 'AddV2', [whole(graph, 'Mul', [row, graph.integer(width)]), column])
  return { maximum: reduce(graph, 'Max', { input: rows, axes: [1] }), position }
}

function whole(
  graph: GraphBuilder,
  operation: 'Mul' | 'AddV2',
  inputs: readonly [Tensor<'int32'>, Tensor<'int32'>],
): Tensor<'int32'> {
  const [output] = graph.node({
    operation,
    inputs,
    attributes: { T: typeOf('int32') },
    outputs: { types: ['int32'], shapes: [inputs[0].shape] },
  })
  return output
}

function shaped<Type extends DataType>(graph: GraphBuilder, input: Tensor<Type>, shape: Shape): Tensor<Type> {
  const sizes = graph.integers(shape.map((size) => size ?? -1))
  const [output] = graph.node({
    operation: 'Reshape',
    inputs: [input, sizes],
    attributes: { T: typeOf(input.type), Tshape: typeOf('int32') },
    outputs: { types: [input.type], shapes: [shape] },
  })
  return output
}
