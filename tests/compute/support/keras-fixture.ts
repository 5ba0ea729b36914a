/** What Keras computed for two whole steps; made by scripts/keras/whole_step.py. */
import { readFileSync } from 'node:fs'
import { type Architecture, parseArchitectureSpec } from '@shared/domain/architecture'
import type { ParameterValues } from '../../../src/main/compute/parameters'

export interface KerasStep {
  readonly meanSquaredError: number
  readonly headLoss: number
  readonly gradients: ParameterValues
  readonly after: ParameterValues
}

type Packed = Readonly<Record<string, string>>

interface Fixture {
  readonly spec: string
  readonly inputSize: number
  readonly classes: number
  readonly learningRate: number
  readonly pixels: string
  readonly labels: string
  readonly start: Packed
  readonly steps: readonly {
    readonly meanSquaredError: number
    readonly headLoss: number
    readonly gradients: Packed
    readonly after: Packed
  }[]
  readonly evaluation: { readonly meanSquaredError: number }
}

const file = new URL('../../fixtures/keras/whole-step.json', import.meta.url)
const fixture = JSON.parse(readFileSync(file, 'utf8')) as Fixture

export const keras = {
  architecture: {
    blocks: parseArchitectureSpec(fixture.spec),
    inputSize: fixture.inputSize,
    dropout: 0,
    head: {
      field: 'style',
      classes: Array.from({ length: fixture.classes }, (_, index) => `class ${index}`),
      weight: 1,
    },
  } satisfies Architecture,
  learningRate: fixture.learningRate,
  batch: { pixels: bytes(fixture.pixels), labels: new Int32Array(bytes(fixture.labels).buffer) },
  start: valuesOf(fixture.start),
  steps: fixture.steps.map((step): KerasStep => {
    return { ...step, gradients: valuesOf(step.gradients), after: valuesOf(step.after) }
  }),
  evaluation: fixture.evaluation,
}

function valuesOf(packed: Packed): ParameterValues {
  return new Map(Object.entries(packed).map(([name, text]) => [name, new Float32Array(bytes(text).buffer)]))
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, 'base64'))
}

/** The largest difference, relative to the largest of the expected values. */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [worst, scale] = [0, 1e-12]
  for (let at = 0; at < expected.length; at += 1) {
    worst = Math.max(worst, Math.abs((found[at] ?? NaN) - (expected[at] ?? NaN)))
    scale = Math.max(scale, Math.abs(expected[at] ?? NaN))
  }
  return found.length === expected.length ? worst / scale : NaN
}
