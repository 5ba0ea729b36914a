import type { Tensor } from '../graph-builder'
import type { Tape } from '../tape'

/** max(0, x). Its gradient passes where the output is above 0. */
export function rectify(tape: Tape, input: Tensor): Tensor {
  const { graph } = tape
  const output = graph.float('Relu', [input], { shape: input.shape })
  return tape.record({
    output,
    inputs: [input],
    backward: (gradient) => [graph.float('ReluGrad', [gradient, output], { shape: input.shape })],
  })
}

/** 1 / (1 + e^−x). Its gradient is y · (1 − y). */
export function sigmoid(tape: Tape, input: Tensor): Tensor {
  const { graph } = tape
  const output = graph.float('Sigmoid', [input], { shape: input.shape })
  return tape.record({
    output,
    inputs: [input],
    backward: (gradient) => [graph.float('SigmoidGrad', [output, gradient], { shape: input.shape })],
  })
}
