/** Every operation's gradient against finite differences, in a graph that holds nothing else. */
import { describe, expect, it } from 'vitest'
import { GraphBuilder, type Tensor } from '../../src/main/compute/graph/graph-builder'
import { rectify, sigmoid } from '../../src/main/compute/graph/operations/activation'
import { dense, globalAverage, scaleGradient } from '../../src/main/compute/graph/operations/classification'
import { bias, convolution } from '../../src/main/compute/graph/operations/convolution'
import { dropout } from '../../src/main/compute/graph/operations/dropout'
import { crossEntropy, meanSquaredError } from '../../src/main/compute/graph/operations/loss'
import { batchNormalization } from '../../src/main/compute/graph/operations/normalization'
import { maxPool, upsample } from '../../src/main/compute/graph/operations/resizing'
import { Tape } from '../../src/main/compute/graph/tape'
import { feed, Session } from '../../src/main/compute/native/session'
import { differentiate, type GradientCheck, spreadValues } from './support/finite-differences'
import { native, nativeIsThere } from './support/native'

const input = (...shape: number[]): GradientCheck['inputs'][number] => ({
  shape,
  values: spreadValues(shape),
})

/** Tensors handed over in the order of the check's inputs. */
function first(inputs: readonly Tensor[], index = 0): Tensor {
  const tensor = inputs[index]
  if (tensor === undefined) throw new Error(`The check has no input ${index}.`)
  return tensor
}

function expectSameGradients(check: GradientCheck): void {
  for (const { analytic, numeric } of differentiate(check)) {
    const scale = Math.max(...numeric.map(Math.abs), 1e-3)
    const worst = Math.max(...numeric.map((value, index) => Math.abs(value - (analytic[index] ?? NaN))))
    expect(worst / scale).toBeLessThan(5e-3)
  }
}

describe.skipIf(!nativeIsThere)('the gradient of', () => {
  it.each([1, 2, 3, 5])('a convolution with a kernel of %i', (side) => {
    expectSameGradients({
      inputs: [input(2, 5, 4, 2), input(side, side, 2, 3)],
      build: (tape, inputs) => convolution(tape, first(inputs), first(inputs, 1)),
    })
  })

  it('a bias', () => {
    expectSameGradients({
      inputs: [input(2, 3, 3, 2), input(2)],
      build: (tape, inputs) => bias(tape, first(inputs), first(inputs, 1)),
    })
  })

  it('batch normalization, through mean and variance too', () => {
    expectSameGradients({
      inputs: [input(3, 2, 2, 2), input(2), input(2)],
      step: 3e-3,
      build: (tape, inputs) =>
        batchNormalization(tape, first(inputs), { scale: first(inputs, 1), offset: first(inputs, 2) }).output,
    })
  })

  it('a rectifier', () => {
    expectSameGradients({
      inputs: [input(2, 3, 3, 2)],
      build: (tape, inputs) => rectify(tape, first(inputs)),
    })
  })

  it('a sigmoid', () => {
    expectSameGradients({
      inputs: [input(2, 3, 3, 2)],
      build: (tape, inputs) => sigmoid(tape, first(inputs)),
    })
  })

  it('max pooling', () => {
    const check = { inputs: [input(2, 4, 4, 2)], step: 1e-3 }
    expectSameGradients({ ...check, build: (tape, inputs) => maxPool(tape, first(inputs)) })
  })

  it('nearest upsampling', () => {
    expectSameGradients({
      inputs: [input(2, 2, 3, 2)],
      build: (tape, inputs) => upsample(tape, first(inputs)),
    })
  })

  it('dropout, with the mask that its seed gives', () => {
    expectSameGradients({
      inputs: [input(2, 4, 4, 2)],
      build: (tape, inputs) =>
        dropout(tape, first(inputs), { rate: 0.3, seed: tape.graph.integers([7, 11]) }),
    })
  })

  it('mean squared error', () => {
    expectSameGradients({
      inputs: [input(2, 4, 4, 1)],
      build: (tape, inputs) => meanSquaredError(tape, first(inputs), tape.graph.scalar(0.25)),
    })
  })

  it('cross entropy, where unlabelled samples get none', () => {
    const check: GradientCheck = {
      inputs: [input(4, 3)],
      build: (tape, inputs) => crossEntropy(tape, first(inputs), tape.graph.integers([2, -1, 0, 1])),
    }
    expectSameGradients(check)
    expect(differentiate(check)[0]?.analytic.slice(3, 6).map(Math.abs)).toEqual([0, 0, 0])
  })

  it('a global average', () => {
    expectSameGradients({
      inputs: [input(2, 3, 4, 2)],
      build: (tape, inputs) => globalAverage(tape, first(inputs)),
    })
  })

  it('a dense layer', () => {
    expectSameGradients({
      inputs: [input(3, 4), input(4, 2)],
      build: (tape, inputs) => dense(tape, first(inputs), first(inputs, 1)),
    })
  })

  it('a tensor that is used twice is the sum of both', () => {
    expectSameGradients({
      inputs: [input(3, 3)],
      build: (tape, inputs) => {
        const once = sigmoid(tape, first(inputs))
        return dense(tape, once, once)
      },
    })
  })
})

describe.skipIf(!nativeIsThere)('an operation', () => {
  const evaluate = (build: (tape: Tape) => Tensor): Float32Array => {
    const graph = new GraphBuilder()
    const output = build(new Tape(graph))
    const session = Session.open(native().binding, graph.encode())
    try {
      return session.run([], { output }).output
    } finally {
      session.close()
    }
  }

  it('drops the same units for the same seed, others for another, and keeps the mean', () => {
    const ones = (seed: readonly number[]) =>
      evaluate((tape) => {
        const shape = tape.graph.integers([1, 50, 50, 4])
        const input = tape.graph.float('Fill', [shape, tape.graph.scalar(1)], { shape: [1, 50, 50, 4] })
        return dropout(tape, input, { rate: 0.25, seed: tape.graph.integers(seed) })
      })
    const dropped = ones([1, 2])
    expect(ones([1, 2])).toEqual(dropped)
    expect(ones([1, 3])).not.toEqual(dropped)
    expect(ones([2, 2])).not.toEqual(dropped)
    expect(dropped.filter((value) => value === 0).length / dropped.length).toBeCloseTo(0.25, 1)
    expect(dropped.reduce((sum, value) => sum + value, 0) / dropped.length).toBeCloseTo(1, 1)
  })

  it('lets a scaled gradient through in that measure, and the value untouched', () => {
    const graph = new GraphBuilder()
    const tape = new Tape(graph)
    const input = graph.placeholder('input', 'float32', [1, 1, 1, 2])
    const output = scaleGradient(tape, input, 0.5)
    const [gradient] = tape.gradients(
      [{ output, gradient: graph.placeholder('seed', 'float32', [1, 1, 1, 2]) }],
      [input],
    )
    if (gradient === undefined) throw new Error('no gradient')
    const seed: Tensor = { name: 'seed:0', type: 'float32', shape: [1, 1, 1, 2] }
    const session = Session.open(native().binding, graph.encode())
    const feeds = [feed(input, Float32Array.of(3, 4)), feed(seed, Float32Array.of(8, 6))]
    expect(session.run(feeds, { output, gradient })).toEqual({
      output: Float32Array.of(3, 4),
      gradient: Float32Array.of(4, 3),
    })
    session.close()
  })

  it('leaves no tensor behind, also when it fails', () => {
    const { binding } = native()
    const before = binding.getNumOfTensors()
    const graph = new GraphBuilder()
    const input = graph.placeholder('input', 'float32', [null, 2])
    const output = graph.float('MatMul', [input, input], { shape: [null, 2] })
    const session = Session.open(binding, graph.encode())
    session.run([feed(input, Float32Array.of(1, 2, 3, 4))], { output })
    expect(() => session.run([feed(input, new Float32Array(6))], { output })).toThrow()
    session.close()
    expect(binding.getNumOfTensors()).toBe(before)
  })
})
