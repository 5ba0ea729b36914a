import { type Tensor, typeOf } from '../graph-builder'
import type { Tape } from '../tape'
import { shapeAtRunTime, toFloat } from './elementary'

/**
 * Dropout (Srivastava et al. 2014): sets a share `rate` of the units to 0 and scales the rest so that the mean stays.
 * Which units is a pure function of `seed` (a counter-based generator, Philox, behind StatelessRandomUniform), so a run
 * that was paused, killed and resumed drops the same ones.
 * @param seed two int32 that no other dropout of the run uses
 */
export function dropout(
  tape: Tape,
  input: Tensor,
  options: { readonly rate: number; readonly seed: Tensor<'int32'> },
): Tensor {
  const { graph } = tape
  const { rate, seed } = options
  if (rate === 0) return input
  const { shape } = input
  const [uniform] = graph.node({
    operation: 'StatelessRandomUniform',
    inputs: [shapeAtRunTime(graph, input), seed],
    attributes: { dtype: typeOf('float32'), T: typeOf('int32'), Tseed: typeOf('int32') },
    outputs: { types: ['float32'], shapes: [shape] },
  })
  const [kept] = graph.node({
    operation: 'GreaterEqual',
    inputs: [uniform, graph.scalar(rate)],
    attributes: { T: typeOf('float32') },
    outputs: { types: ['bool'], shapes: [shape] },
  })
  const scale = graph.float('Mul', [toFloat(graph, kept), graph.scalar(1 / (1 - rate))], { shape })
  return tape.record({
    output: graph.float('Mul', [input, scale], { shape }),
    inputs: [input],
    backward: (gradient) => [graph.float('Mul', [gradient, scale], { shape })],
  })
}
