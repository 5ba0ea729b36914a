/** Fifty training steps beside Keras's. Weights and crops by the recipe of scripts/keras/loss_curve.py, which made the curve. */
import { readFileSync } from 'node:fs'
import { type Architecture, parseArchitectureSpec } from '@shared/domain/architecture'
import { describe, expect, it } from 'vitest'
import { NativeTrainer } from '../../src/main/compute/native/native-trainer'
import {
  initialValues,
  type ParameterValues,
  sizeOf,
  trainingParameters,
} from '../../src/main/compute/parameters'
import { native, nativeIsThere } from './support/native'

interface Curve {
  readonly spec: string
  readonly inputSize: number
  readonly batch: number
  readonly crops: number
  readonly seed: number
  readonly learningRate: number
  readonly losses: readonly number[]
}

const file = new URL('../fixtures/keras/loss-curve.json', import.meta.url)
const curve = JSON.parse(readFileSync(file, 'utf8')) as Curve
const { inputSize: size } = curve
const architecture: Architecture = {
  blocks: parseArchitectureSpec(curve.spec),
  inputSize: size,
  dropout: 0,
  head: null,
}

const MODULUS = 2 ** 31 - 1

/** Park and Miller's generator: numbers between 0 and 1. Products stay below 2^53, so they are exact. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48271) % MODULUS) / MODULUS
}

function start(): ParameterValues {
  const next = randomNumbers(curve.seed)
  const parameters = trainingParameters(architecture)
  const values = new Map(initialValues(parameters, 1))
  for (const { name, shape } of parameters.filter((parameter) => parameter.name.endsWith('/kernel'))) {
    const [side = 1, , inputs = 1, filters = 1] = shape
    const limit = Math.sqrt(6 / (side * side * (inputs + filters)))
    values.set(
      name,
      Float32Array.from({ length: sizeOf(shape) }, () => (2 * next() - 1) * limit),
    )
  }
  return values
}

function drawCrop(index: number): Uint8Array {
  const pixels = new Uint8Array(size * size).fill(230)
  for (let line = 0; line < 5; line += 1) {
    const row = ((index % 6) + 6 * line) % size
    pixels.fill(40, row * size, (row + 1) * size)
  }
  const next = randomNumbers(index + 1)
  for (let note = 0; note < 12; note += 1) {
    const x = Math.floor(next() * (size - 4))
    const y = Math.floor(next() * (size - 3))
    for (let row = y; row < y + 3; row += 1) pixels.fill(10, row * size + x, row * size + x + 4)
  }
  return pixels.map((grey) => grey + Math.floor(next() * 16))
}

describe.skipIf(!nativeIsThere)('fifty steps from the same weights on the same batches', () => {
  it('have the losses that Keras has, each within 1 %', () => {
    const trainer = new NativeTrainer(native().binding, architecture)
    trainer.assign(start())
    const crops = Array.from({ length: curve.crops }, (_, index) => drawCrop(index))
    const differences = curve.losses.map((expected, step) => {
      const pixels = new Uint8Array(curve.batch * size * size)
      for (let place = 0; place < curve.batch; place += 1)
        pixels.set(crops[(step * curve.batch + place) % curve.crops] ?? [], place * size * size)
      const { meanSquaredError } = trainer.train(
        { pixels, labels: null },
        {
          dropoutSeed: [0, 0],
          share: 1,
          labelledShare: 0,
          statisticsRate: 0.01,
          update: { learningRate: curve.learningRate, step: step + 1 },
        },
      )
      return Math.abs(meanSquaredError / expected - 1)
    })
    trainer.close()
    expect(differences).toHaveLength(50)
    // A curve that stays where it began would be easy to follow.
    expect(curve.losses.at(-1)).toBeLessThan((curve.losses[0] ?? 0) / 2)
    expect(Math.max(...differences)).toBeLessThan(0.01)
  })
})
