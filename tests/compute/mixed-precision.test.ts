/** Convolutions in float16, everything else in float32: on the processor here, whose kernels round as a GPU's do. */
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../src/main/compute/graph/graph-builder'
import { convolution, type ConvolutionType } from '../../src/main/compute/graph/operations/convolution'
import { Tape } from '../../src/main/compute/graph/tape'
import { NativeTrainer } from '../../src/main/compute/native/native-trainer'
import { feed, Session } from '../../src/main/compute/native/session'
import {
  initialValues,
  modelParameters,
  type ParameterValues,
  trainingParameters,
  valueOf,
} from '../../src/main/compute/parameters'
import type { MicroBatchSettings } from '../../src/main/compute/trainer'
import { spreadValues } from './support/finite-differences'
import { keras } from './support/keras-fixture'
import { native, nativeIsThere } from './support/native'

const { architecture, batch } = keras
const labelled = batch.labels.filter((label) => label >= 0).length
const trained = modelParameters(architecture).filter(({ role }) => role === 'trained')

/** float16 keeps 11 bits of a number: rounding it is off by 2⁻¹¹ of it at most. */
const ROUNDING = 2 ** -11

const settings = (step: number): MicroBatchSettings => ({
  dropoutSeed: [0, 0],
  share: 1,
  labelledShare: 1 / labelled,
  statisticsRate: 0.01,
  update: { learningRate: keras.learningRate, step },
})

function withTrainer<Result>(
  precision: 'float32' | 'mixed',
  use: (trainer: NativeTrainer) => Result,
): Result {
  const trainer = new NativeTrainer(native().binding, architecture, precision)
  try {
    trainer.assign(new Map([...initialValues(trainingParameters(architecture), 1), ...keras.start]))
    return use(trainer)
  } finally {
    trainer.close()
  }
}

const length = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0))

/** Length of the difference over the length of the expected. */
function distance(found: ParameterValues, expected: ParameterValues, name: string): number {
  const [one, other] = [valueOf(found, name), valueOf(expected, name)]
  return length(Array.from(one, (value, index) => value - (other[index] ?? NaN))) / length(other)
}

describe.skipIf(!nativeIsThere)('mixed precision', () => {
  it('convolves what is rounded to float16, and gives float32', () => {
    const graph = new GraphBuilder()
    const input = graph.placeholder('input', 'float32', [1, 1, 1, 1])
    const kernel = graph.placeholder('kernel', 'float32', [1, 1, 1, 1])
    const output = convolution(new Tape(graph), input, kernel, 'float16')
    const session = Session.open(native().binding, graph.encode())
    // 1 + 2⁻¹⁰ is a float16, 1 + 2⁻¹³ is not and becomes 1.
    const times = (value: number): number | undefined =>
      session.run([feed(input, Float32Array.of(value)), feed(kernel, Float32Array.of(1))], { output })
        .output[0]
    expect([times(1 + 2 ** -10), times(1 + 2 ** -13)]).toEqual([1 + 2 ** -10, 1])
    session.close()
  })

  /** Gradients of one convolution by its input and kernel, where what arrives is `size` times fixed values. */
  function gradientsIn(
    type: ConvolutionType,
    size: number,
  ): { byInput: Float32Array; byKernel: Float32Array } {
    const shapes = { input: [2, 6, 6, 3], kernel: [3, 3, 3, 4], gradient: [2, 6, 6, 4] }
    const graph = new GraphBuilder()
    const tape = new Tape(graph)
    const input = graph.placeholder('input', 'float32', shapes.input)
    const kernel = graph.placeholder('kernel', 'float32', shapes.kernel)
    const seed = graph.placeholder('seed', 'float32', shapes.gradient)
    const output = convolution(tape, input, kernel, type)
    const seeds = [{ output, gradient: graph.identity('given', seed) }]
    const [byInput, byKernel] = tape.gradients(seeds, [input, kernel])
    if (byInput === undefined || byKernel === undefined) throw new Error('The tape gave no gradients.')
    const session = Session.open(native().binding, graph.encode())
    const feeds = [
      feed(input, spreadValues(shapes.input)),
      feed(kernel, spreadValues(shapes.kernel)),
      feed(
        seed,
        spreadValues(shapes.gradient).map((value) => value * size),
      ),
    ]
    const found = session.run(feeds, { byInput, byKernel })
    session.close()
    return found
  }

  // Down to what a pixel's gradient is at 448 × 448, far below what float16 itself can hold, and up to beyond it.
  it.each([1, 1e-9, 1e6])(
    'gives the gradients of a convolution as exactly when they are %s in size',
    (size) => {
      const [exact, rounded] = [gradientsIn('float32', size), gradientsIn('float16', size)]
      const difference = rounded.byInput.map((value, at) => value - (exact.byInput[at] ?? NaN))
      const error = length(difference) / length(exact.byInput)
      expect(error).toBeLessThan(2 * ROUNDING)
      expect(error).toBeGreaterThan(0)
      expect(rounded.byKernel).toEqual(exact.byKernel)
    },
  )

  it('gives no gradient where none arrives', () => {
    expect(gradientsIn('float16', 0).byInput.every((value) => value === 0)).toBe(true)
  })

  it('has gradients that point where those of float32 do, layer by layer', () => {
    const exact = withTrainer('float32', (trainer) => trainer.gradients(batch, settings(1)))
    const mixed = withTrainer('mixed', (trainer) => trainer.gradients(batch, settings(1)))
    // Rounding turns a few rectifiers and pools the other way, which layers further down feel most.
    for (const { name } of trained) expect(distance(mixed, exact, name), name).toBeLessThan(0.25)
    for (const name of ['output/kernel', 'output/bias', 'head/kernel', 'encoder-2-2/scale'])
      expect(distance(mixed, exact, name), name).toBeLessThan(0.01)
    expect(distance(mixed, exact, 'output/kernel')).toBeGreaterThan(0)
  })

  it('learns as float32 does: the same losses within 1 % over 30 steps', () => {
    const lossesIn = (precision: 'float32' | 'mixed'): readonly number[] =>
      withTrainer(precision, (trainer) =>
        Array.from({ length: 30 }, (_, step) => trainer.train(batch, settings(step + 1)).meanSquaredError),
      )
    const exact = lossesIn('float32')
    for (const [step, loss] of lossesIn('mixed').entries())
      expect(Math.abs(loss / (exact[step] ?? NaN) - 1)).toBeLessThan(0.01)
    expect(exact.at(-1)).toBeLessThan((exact[0] ?? 0) * 0.9)
  })

  it('evaluates in float32: the same weights give the same error to the last bit', () => {
    const error = (precision: 'float32' | 'mixed'): number =>
      withTrainer(precision, (trainer) => trainer.evaluate(batch).meanSquaredError)
    expect(error('mixed')).toBe(error('float32'))
  })
})
