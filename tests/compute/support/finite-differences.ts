import { GraphBuilder, type Tensor } from '../../../src/main/compute/graph/graph-builder'
import { Tape } from '../../../src/main/compute/graph/tape'
import { sizeOf } from '../../../src/main/compute/parameters'
import { feed, Session } from '../../../src/main/compute/native/session'
import { native } from './native'

export interface Differentiated {
  readonly analytic: readonly number[]
  readonly numeric: readonly number[]
}

export interface GradientCheck {
  /** Values by each input of the operation, with their shapes. */
  readonly inputs: readonly { readonly shape: readonly number[]; readonly values: Float32Array }[]
  readonly build: (tape: Tape, inputs: readonly Tensor[]) => Tensor
  readonly step?: number
}

/**
 * Builds an operation alone in a graph and compares, for the loss Σ output · weight with fixed weights, the gradient
 * that the tape built with central differences. One result per input.
 */
export function differentiate({ inputs, build, step = 1e-2 }: GradientCheck): readonly Differentiated[] {
  const graph = new GraphBuilder()
  const tape = new Tape(graph)
  const tensors = inputs.map(({ shape }, index) => graph.placeholder(`input-${index}`, 'float32', shape))
  const output = build(tape, tensors)
  const outputShape = output.shape.map((size) => size ?? 1)
  // Unlike the inputs in every respect: batch norm's gradient by weights that follow its input would be nearly 0.
  const weights = Float32Array.from({ length: sizeOf(outputShape) }, (_, index) =>
    Math.sin(12.9898 * index + 1),
  )
  const weight = graph.placeholder('weight', 'float32', outputShape)
  // Through Identity, because TensorFlow refuses to return what it was fed.
  const gradients = tape.gradients([{ output, gradient: graph.identity('seed', weight) }], tensors)
  const session = Session.open(native().binding, graph.encode())
  try {
    const feeds = tensors.map((tensor, index) => feed(tensor, inputs[index]?.values ?? new Float32Array()))
    const loss = (): number => {
      const values = session.run(feeds, { output }).output
      return values.reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0)
    }
    const fetches = Object.fromEntries(gradients.map((gradient, index) => [`g${index}`, gradient]))
    const analytic = session.run([...feeds, feed(weight, weights)], fetches)
    return inputs.map(({ values }, index) => ({
      analytic: [...(analytic[`g${index}`] ?? [])],
      numeric: Array.from(values, (value, at) => {
        values[at] = value + step
        const above = loss()
        values[at] = value - step
        const below = loss()
        values[at] = value
        return (above - below) / (2 * step)
      }),
    }))
  } finally {
    session.close()
  }
}

/** Values spread evenly over [−range, range] in a scrambled order: no two are close, none is near 0. */
export function spreadValues(shape: readonly number[], range = 1): Float32Array {
  const count = sizeOf(shape)
  const stride = [37, 41, 43, 47].find((prime) => count % prime !== 0) ?? 1
  return Float32Array.from({ length: count }, (_, index) => {
    const place = (index * stride + 5) % count
    return ((place + 0.5) / count) * 2 * range - range
  })
}
