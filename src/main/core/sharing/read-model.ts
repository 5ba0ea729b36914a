/** A model from a safetensors file: what it says it is, and numbers that were compared with that. */
import { z } from 'zod'
import { type Architecture, formatArchitectureSpec } from '@shared/domain/architecture'
import { modelParameters, type Parameter, sizeOf } from '@shared/domain/model-parameters'
import { architectureFrom } from '@shared/domain/presets'
import { AppError } from '@shared/errors'
import { type NamedTensor, tensorsOf } from './model-content'
import { type AnnouncedTensor, SafetensorsProblem, SafetensorsReader } from './safetensors'

export interface ModelChoices {
  readonly file: string
  readonly spec?: string | undefined
  readonly inputSize?: number | undefined
}

export interface ReadModel {
  readonly architecture: Architecture
  readonly tensors: readonly NamedTensor[]
  /** The run that the file says it was; null where it says none. */
  readonly origin: string | null
}

/** More names than these are counted, not told. */
const TOLD_NAMES = 4

/**
 * What was chosen by hand goes before what the file says.
 * @throws AppError sharing/…, model/spec-unreadable, model/size-indivisible
 */
export function readModel(choices: ModelChoices): ReadModel {
  const { file } = choices
  return refusingDamage(file, () => {
    const reader = SafetensorsReader.open(file)
    try {
      const architecture = architectureOf(choices, reader.metadata)
      const parameters = modelParameters(architecture)
      const announced = new Map(reader.tensors.map((tensor) => [tensor.name, tensor]))
      checkNames(file, { architecture, parameters, announced })
      const values = new Map<string, Float32Array>()
      for (const parameter of parameters) {
        const tensor = announced.get(parameter.name)
        if (tensor !== undefined) values.set(parameter.name, readTensor(reader, { file, parameter, tensor }))
      }
      const origin = runName.safeParse(reader.metadata['run']).data ?? null
      return { architecture, tensors: tensorsOf(parameters, values), origin }
    } finally {
      reader.close()
    }
  })
}

const runName = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9_-]+$/)
const share = z.number().min(0).max(0.95)
const side = z.int().min(8).max(2048)
const headFacts = z.object({
  field: z.enum(['style', 'composer']),
  classes: z.array(z.string().max(500)).min(1).max(10_000),
})

/** Facts that cannot be read count as not said. */
function architectureOf(choices: ModelChoices, metadata: Readonly<Record<string, string>>): Architecture {
  const { file } = choices
  const spec = choices.spec ?? metadata['spec']
  if (spec === undefined) throw AppError.of('sharing/model-unknown', { file, missing: 'specification' })
  const inputSize = choices.inputSize ?? side.safeParse(parseFact(metadata['inputSize'])).data
  if (inputSize === undefined) throw AppError.of('sharing/model-unknown', { file, missing: 'input size' })
  const head = headFacts.safeParse(parseFact(metadata['head'])).data
  return architectureFrom({
    spec: spec.slice(0, 200),
    inputSize,
    dropout: share.safeParse(parseFact(metadata['dropout'])).data ?? 0,
    head: head === undefined ? null : { ...head, weight: 0 },
  })
}

function parseFact(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown)
  } catch {
    return undefined
  }
}

interface Comparison {
  readonly architecture: Architecture
  readonly parameters: readonly Parameter[]
  readonly announced: ReadonlyMap<string, AnnouncedTensor>
}

/** @throws AppError sharing/tensor-missing, sharing/tensor-unknown, sharing/tensor-shape, sharing/tensor-type */
function checkNames(file: string, { architecture, parameters, announced }: Comparison): void {
  const spec = formatArchitectureSpec(architecture.blocks)
  const known = new Set(parameters.map(({ name }) => name))
  const missing = [...known].filter((name) => !announced.has(name))
  if (missing.length > 0) throw AppError.of('sharing/tensor-missing', { file, names: told(missing), spec })
  const extra = [...announced.keys()].filter((name) => !known.has(name))
  if (extra.length > 0) throw AppError.of('sharing/tensor-unknown', { file, names: told(extra), spec })
  for (const { name, shape } of parameters) {
    const tensor = announced.get(name)
    if (tensor === undefined) continue
    const [found, expected] = [tensor.shape.join('×'), shape.join('×')]
    if (found !== expected)
      throw AppError.of('sharing/tensor-shape', { file, name, found: found || 'a single number', expected })
    if (tensor.type !== 'F32') throw AppError.of('sharing/tensor-type', { file, name, type: tensor.type })
    if (tensor.to - tensor.from !== 4 * sizeOf(shape))
      throw new SafetensorsProblem(`the place of ${name} in it is wrong`)
  }
}

function told(names: readonly string[]): string {
  const more = names.length - TOLD_NAMES
  // Names come from a file that anybody may have written.
  const first = names.slice(0, TOLD_NAMES).map((name) => name.slice(0, 80))
  return more > 0 ? `${first.join(', ')} and ${more} more` : first.join(', ')
}

/** @throws AppError sharing/tensor-not-finite */
function readTensor(
  reader: SafetensorsReader,
  { file, parameter, tensor }: { file: string; parameter: Parameter; tensor: AnnouncedTensor },
): Float32Array {
  const values = reader.read(tensor)
  if (values.some((value) => !Number.isFinite(value)))
    throw AppError.of('sharing/tensor-not-finite', { file, name: parameter.name })
  return values
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission was denied',
}

/** @throws AppError sharing/file-unreadable */
function refusingDamage<Result>(file: string, action: () => Result): Result {
  try {
    return action()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const problem = error instanceof SafetensorsProblem ? error.message : PROBLEMS[code]
    if (problem === undefined) throw error
    throw AppError.of('sharing/file-unreadable', { file, problem }, { cause: error })
  }
}
