/** The values of a model's parameters: what they start from, their fingerprint, and what training keeps beside them. */
import type { Architecture } from '@shared/domain/architecture'
import { modelParameters, type Parameter, sizeOf } from '@shared/domain/model-parameters'
import { createHash } from 'node:crypto'
import { initializationGenerator, uniform } from './random'

export { modelParameters, type Parameter, sizeOf } from '@shared/domain/model-parameters'

/** Values by parameter name. */
export type ParameterValues = ReadonlyMap<string, Float32Array>

/** The values that training starts from: a function of the seed alone, the same on every machine and backend. */
export function initialValues(parameters: readonly Parameter[], seed: number): ParameterValues {
  return new Map(
    parameters.map((parameter, ordinal) => [parameter.name, initialValue(parameter, seed, ordinal)] as const),
  )
}

function initialValue({ shape, start }: Parameter, seed: number, ordinal: number): Float32Array {
  const values = new Float32Array(sizeOf(shape))
  if (start !== 'glorot') return values.fill(start === 'ones' ? 1 : 0)
  const limit = glorotLimit(shape)
  const generator = initializationGenerator(seed, ordinal)
  return values.map(() => (2 * uniform(generator) - 1) * limit)
}

/** Bound of the uniform distribution that keeps variances alike through the layers (Glorot & Bengio 2010, eq. 16). */
function glorotLimit(shape: readonly number[]): number {
  const [inputs = 1, outputs = 1] = shape.slice(-2)
  const window = sizeOf(shape.slice(0, -2))
  return Math.sqrt(6 / (window * (inputs + outputs)))
}

/** SHA-256 over all values, little-endian float32, in the order of the parameters: the run's fingerprint. */
export function hashValues(parameters: readonly Parameter[], values: ParameterValues): string {
  const digest = createHash('sha256')
  for (const { name } of parameters) digest.update(valueOf(values, name))
  return digest.digest('hex')
}

export function valueOf(values: ParameterValues, name: string): Float32Array {
  const value = values.get(name)
  if (value === undefined) throw new Error(`There is no value for ${name}.`)
  return value
}

/** What Adam and micro-batches keep beside each trained parameter while training; all start from 0. */
export const OPTIMIZER_SLOTS = {
  first: 'first-moment',
  second: 'second-moment',
  sum: 'gradient-sum',
} as const

/** Every number that a training in progress consists of: the model's parameters, then the optimizer's. */
export function trainingParameters(architecture: Architecture): readonly Parameter[] {
  const parameters = modelParameters(architecture)
  const slots = parameters
    .filter(({ role }) => role === 'trained')
    .flatMap(({ name, shape }) =>
      Object.values(OPTIMIZER_SLOTS).map((slot): Parameter => {
        return { name: `${name}/${slot}`, shape, role: 'optimizer', start: 'zeros' }
      }),
    )
  return [...parameters, ...slots]
}
