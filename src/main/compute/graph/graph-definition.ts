/** TensorFlow's GraphDef and SavedModel messages, written field by field (tensorflow/core/framework/*.proto). */
import {
  bytesField,
  concatenate,
  type Encoded,
  floatField,
  integerField,
  integersField,
  messageField,
} from '../../storage/wire-format'

export type DataType = 'float32' | 'float16' | 'int32' | 'uint8' | 'bool' | 'resource'

/** Sizes along each axis; null where it is known only once something is fed. */
export type Shape = readonly (number | null)[]

/** The values that a node's attribute can take here. */
export type Attribute =
  | { readonly kind: 'type'; readonly value: DataType }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'integers'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'shape'; readonly value: Shape }
  | { readonly kind: 'tensor'; readonly value: ConstantValue }

export interface ConstantValue {
  readonly type: 'float32' | 'int32'
  readonly shape: readonly number[]
  readonly values: Float32Array | Int32Array
}

export interface NodeDefinition {
  readonly name: string
  readonly operation: string
  /** `node:output`, or `^node` for one that only has to run before. */
  readonly inputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

/** DataType of types.proto; also what the native addon calls TF_FLOAT and so on. */
export const TYPE_CODES = {
  float32: 1,
  int32: 3,
  uint8: 4,
  bool: 10,
  float16: 19,
  resource: 20,
} as const satisfies Record<DataType, number>

/** GraphDef versions are backward compatible; this one is TensorFlow 2.11's, older than any library that we load. */
const GRAPH_VERSION = 1286

/** The tag under which a SavedModel's one graph is found. */
export const GRAPH_TAG = 'serve'

/** A SavedModel without variables or signatures: the graph alone. */
export function encodeSavedModel(nodes: readonly NodeDefinition[]): Uint8Array {
  const graph = messageField(2, [
    ...nodes.map((node) => messageField(1, encodeNode(node))),
    messageField(4, [integerField(1, GRAPH_VERSION)]),
  ])
  const tags = messageField(1, [bytesField(4, GRAPH_TAG)])
  return concatenate([integerField(1, 1), messageField(2, [tags, graph])])
}

function encodeNode(node: NodeDefinition): readonly Encoded[] {
  return [
    bytesField(1, node.name),
    bytesField(2, node.operation),
    ...node.inputs.map((input) => bytesField(3, input)),
    ...Object.entries(node.attributes).map(([name, attribute]) =>
      messageField(5, [bytesField(1, name), messageField(2, [encodeAttribute(attribute)])]),
    ),
  ]
}

function encodeAttribute(attribute: Attribute): Encoded {
  switch (attribute.kind) {
    case 'integers':
      return messageField(1, [integersField(3, attribute.value)])
    case 'string':
      return bytesField(2, attribute.value)
    case 'integer':
      return integerField(3, attribute.value)
    case 'float':
      return floatField(4, attribute.value)
    case 'boolean':
      return integerField(5, attribute.value)
    case 'type':
      return integerField(6, TYPE_CODES[attribute.value])
    case 'shape':
      return messageField(7, encodeShape(attribute.value))
    case 'tensor':
      return messageField(8, encodeTensor(attribute.value))
  }
}

function encodeShape(shape: Shape): readonly Encoded[] {
  return shape.map((size) => messageField(2, [integerField(1, size ?? -1)]))
}

function encodeTensor({ type, shape, values }: ConstantValue): readonly Encoded[] {
  const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return [integerField(1, TYPE_CODES[type]), messageField(2, encodeShape(shape)), bytesField(4, content)]
}
