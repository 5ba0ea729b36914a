/** A model as it is exchanged: what it is, and its numbers. */
import { type Architecture, formatArchitectureSpec } from '@shared/domain/architecture'
import type { Parameter } from '@shared/domain/model-parameters'
import type { RunPlan } from '@shared/domain/run'

/** Row-major float32 numbers under a name. */
export interface NamedTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** The text that goes with the numbers. No path, no name that a person gave. */
export interface ModelFacts {
  readonly format: 'scorescope-model-1'
  readonly spec: string
  readonly inputSize: number
  readonly dropout: number
  readonly run: string
  readonly seed: number
  readonly weightsSha256: string
  /** The classification head's field and classes, in the order of its outputs. */
  readonly head: { readonly field: 'style' | 'composer'; readonly classes: readonly string[] } | null
  readonly versions: Readonly<Record<string, string>>
}

export interface ModelContent {
  readonly architecture: Architecture
  readonly facts: ModelFacts
  readonly tensors: readonly NamedTensor[]
}

export function modelFacts(plan: RunPlan, weightsSha256: string): ModelFacts {
  const { architecture, run, seed, versions } = plan
  const { head, dropout, inputSize } = architecture
  return {
    format: 'scorescope-model-1',
    spec: formatArchitectureSpec(architecture.blocks),
    inputSize,
    dropout,
    run,
    seed,
    weightsSha256,
    head: head === null ? null : { field: head.field, classes: head.classes },
    versions,
  }
}

/** The facts as texts, for forms that know only texts; `parseFacts` in read-model.ts reads them back. */
export function factsAsText(facts: ModelFacts): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
}

/** @throws Error where a parameter has no numbers: a bug, for compute gives all of them. */
export function tensorsOf(
  parameters: readonly Parameter[],
  values: ReadonlyMap<string, Float32Array>,
): readonly NamedTensor[] {
  return parameters.map(({ name, shape }) => {
    const numbers = values.get(name)
    if (numbers === undefined) throw new Error(`There is no value for ${name}.`)
    return { name, shape, values: numbers }
  })
}

/** The numbers as little-endian bytes, not copied. */
export function bytesOf({ values }: NamedTensor): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
