/** Says what is wrong with a request in one plain sentence: what was expected, for what, and what came instead. */
import { z } from 'zod'

/** The part of JSON Schema that the requests need. */
interface Shape {
  readonly type?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
}

/** Field names that do not read well when merely split into words. */
const FIELDS: Readonly<Record<string, string>> = {
  perPage: 'samples per page',
  size: 'the size of the samples in pixels',
  whiteness: 'the whiteness limit',
  triesPerPage: 'tries per page',
  spec: 'the model specification',
  inputSize: 'the input size in pixels',
  batch: 'the batch size',
  microBatch: 'the micro-batch size',
  validation: 'the share held out for validation',
  split: 'the unit of the split',
  head: 'the field of the classification head',
  headWeight: 'the weight of the classification head',
  sampleSet: 'the sample set',
  csv: 'the CSV file',
  echo: 'what to echo',
}

const EXACT_INTEGER_LIMIT = Number.MAX_SAFE_INTEGER

/** One sentence, without a full stop, e.g. "Expected an integer between 1 and 100 for samples per page, received 0". */
export function describeProblem(schema: z.ZodType, request: unknown, error: z.ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined) return 'Expected something else'
  if (issue.code === 'unrecognized_keys') {
    return `Expected no field called ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`
  }
  const shape = shapeAt(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape, issue.path)
  const found = valueAt(request, issue.path)
  const received = found === undefined ? 'received nothing' : `received ${brief(found)}`
  if (issue.path.length === 0) return `Expected an object with the request's fields, ${received}`
  return `Expected ${expectation(shape)} for ${nameOf(issue.path)}, ${received}`
}

function shapeAt(shape: Shape, path: readonly PropertyKey[]): Shape {
  const [first, ...rest] = path
  if (first === undefined) return shape
  const inner = typeof first === 'number' ? shape.items : shape.properties?.[String(first)]
  return shapeAt(inner ?? {}, rest)
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  )
}

function expectation(shape: Shape): string {
  if (shape.enum !== undefined) return `one of ${shape.enum.join(', ')}`
  switch (shape.type) {
    case 'integer':
      return `an integer${range(shape)}`
    case 'number':
      return `a number${range(shape)}`
    case 'string':
      return text(shape)
    case 'array':
      return 'a list'
    case 'object':
      return 'an object'
    default:
      return 'a value'
  }
}

function range(shape: Shape): string {
  const { minimum, exclusiveMinimum, exclusiveMaximum } = shape
  const maximum = shape.maximum === EXACT_INTEGER_LIMIT ? undefined : shape.maximum
  if (minimum !== undefined && maximum !== undefined) return ` between ${minimum} and ${maximum}`
  const parts = [
    minimum === undefined ? null : `of at least ${minimum}`,
    exclusiveMinimum === undefined ? null : `above ${exclusiveMinimum}`,
    maximum === undefined ? null : `of at most ${maximum}`,
    exclusiveMaximum === undefined ? null : `below ${exclusiveMaximum}`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`
}

function text(shape: Shape): string {
  if (shape.pattern !== undefined) return 'a text of letters, digits, "-" and "_"'
  if (shape.minLength !== undefined && shape.maxLength !== undefined)
    return `a text of ${shape.minLength} to ${shape.maxLength} characters`
  return shape.maxLength === undefined ? 'a text' : `a text of at most ${shape.maxLength} characters`
}

/** `perPage` → "samples per page"; `channels, 2, scale` → "scale of channels 2". */
function nameOf(path: readonly PropertyKey[]): string {
  const last = path.at(-1)
  if (typeof last === 'number') return `${nameOf(path.slice(0, -1))} ${last}`
  const name = FIELDS[String(last)] ?? String(last).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return path.length === 1 ? name : `${name} of ${nameOf(path.slice(0, -1))}`
}

/** What came, short enough for a sentence. */
function brief(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const json = JSON.stringify(value) as string | undefined
  if (json === undefined) return typeof value
  return json.length > 60 ? `${json.slice(0, 60)}…` : json
}
