import { boolean, type Tensor, typeOf } from '../graph-builder'
import type { Tape } from '../tape'
import { reduce, reshape, shapeAtRunTime } from './elementary'

/**
 * Mean of each channel over all positions.
 * @param input [batch, height, width, channels]
 * @returns [batch, channels]
 */
export function globalAverage(tape: Tape, input: Tensor): Tensor {
  const { graph } = tape
  const [, height, width, channels = null] = input.shape
  return tape.record({
    output: reduce(graph, 'Mean', { input, axes: [1, 2] }),
    inputs: [input],
    // Every position has the same share in the mean.
    backward: (gradient) => {
      const share = graph.scalar(1 / ((height ?? 1) * (width ?? 1)))
      const each = graph.float('Mul', [gradient, share], { shape: gradient.shape })
      const spread = reshape(graph, each, [null, 1, 1, channels])
      return [
        graph.float('BroadcastTo', [spread, shapeAtRunTime(graph, input)], {
          shape: input.shape,
          attributes: { Tidx: typeOf('int32') },
        }),
      ]
    },
  })
}

/**
 * Matrix product.
 * @param input [batch, channels]
 * @param weights [channels, classes]
 */
export function dense(tape: Tape, input: Tensor, weights: Tensor): Tensor {
  const multiply = (a: Tensor, b: Tensor, turned: { readonly a: boolean; readonly b: boolean }): Tensor => {
    const rows = (turned.a ? a.shape[1] : a.shape[0]) ?? null
    const columns = (turned.b ? b.shape[0] : b.shape[1]) ?? null
    const attributes = { transpose_a: boolean(turned.a), transpose_b: boolean(turned.b) }
    return tape.graph.float('MatMul', [a, b], { shape: [rows, columns], attributes })
  }
  return tape.record({
    output: multiply(input, weights, { a: false, b: false }),
    inputs: [input, weights],
    backward: (gradient) => [
      multiply(gradient, weights, { a: false, b: true }),
      multiply(input, gradient, { a: true, b: false }),
    ],
  })
}

/** The input itself, on the way forward; on the way back, its gradient times `factor`: 0 lets nothing through. */
export function scaleGradient(tape: Tape, input: Tensor, factor: number): Tensor {
  const { graph } = tape
  return tape.record({
    output: graph.float('Identity', [input], { shape: input.shape }),
    inputs: [input],
    backward: (gradient) => [graph.float('Mul', [gradient, graph.scalar(factor)], { shape: gradient.shape })],
  })
}
