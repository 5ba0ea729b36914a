import { type GraphBuilder, type Tensor, typeOf } from '../graph-builder'
import type { Tape } from '../tape'
import { elementCount, reduce, reshape, toFloat } from './elementary'

/**
 * Mean over all samples and pixels of (prediction − target)².
 * @param target a constant of the loss: no gradient goes to it
 */
export function meanSquaredError(tape: Tape, prediction: Tensor, target: Tensor): Tensor {
  const { graph } = tape
  const { shape } = prediction
  const difference = graph.float('Sub', [prediction, target], { shape })
  const squares = graph.float('Square', [difference], { shape })
  return tape.record({
    output: reduce(graph, 'Mean', { input: squares, axes: [0, 1, 2, 3] }),
    inputs: [prediction],
    backward: (gradient) => {
      const perPixel = graph.float('RealDiv', [graph.scalar(2), elementCount(graph, prediction)], {
        shape: [],
      })
      const factor = graph.float('Mul', [perPixel, gradient], { shape: [] })
      return [graph.float('Mul', [difference, factor], { shape })]
    },
  })
}

/**
 * Sum over the labelled samples of −log softmax(logits)[label].
 * @param logits [batch, classes]
 * @param labels [batch], −1 where a sample has no label
 */
export function crossEntropy(tape: Tape, logits: Tensor, labels: Tensor<'int32'>): Tensor {
  const { graph } = tape
  const { shape } = logits
  const batch = shape.slice(0, 1)
  const labelled = labelMask(graph, labels)
  const [classes] = graph.node({
    operation: 'Maximum',
    inputs: [labels, graph.integer(0)],
    attributes: { T: typeOf('int32') },
    outputs: { types: ['int32'], shapes: [batch] },
  })
  const [losses, perLogit] = graph.node({
    operation: 'SparseSoftmaxCrossEntropyWithLogits',
    inputs: [logits, classes],
    attributes: { T: typeOf('float32'), Tlabels: typeOf('int32') },
    outputs: { types: ['float32', 'float32'], shapes: [batch, shape] },
  })
  return tape.record({
    output: reduce(graph, 'Sum', {
      input: graph.float('Mul', [losses, labelled], { shape: batch }),
      axes: [0],
    }),
    inputs: [logits],
    backward: (gradient) => {
      const weights = graph.float('Mul', [labelled, gradient], { shape: batch })
      return [graph.float('Mul', [perLogit, reshape(graph, weights, [null, 1])], { shape })]
    },
  })
}

/** 1 where there is a label, 0 where it is −1. [batch] */
export function labelMask(graph: GraphBuilder, labels: Tensor<'int32'>): Tensor {
  const [labelled] = graph.node({
    operation: 'GreaterEqual',
    inputs: [labels, graph.integer(0)],
    attributes: { T: typeOf('int32') },
    outputs: { types: ['bool'], shapes: [labels.shape] },
  })
  return toFloat(graph, labelled)
}
