/** ONNX files, written field by field (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
import {
  bytesField,
  concatenate,
  type Encoded,
  floatField,
  integerField,
  messageField,
} from '../../storage/wire-format'

/** Operator set 13 (2020) and the file version that came with it: whatever reads ONNX today reads these. */
const OPERATOR_SET = 13
const FILE_VERSION = 7

const FLOAT = 1

export type OnnxAttribute =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'integers'; readonly value: readonly number[] }

/** A value that flows between nodes: its name. */
export type OnnxValue = string

export interface OnnxPort {
  readonly name: OnnxValue
  /** The first size is the batch, which is left open. */
  readonly shape: readonly number[]
}

export interface OnnxNode {
  readonly operation: string
  readonly inputs: readonly OnnxValue[]
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>
  /** Name of the output; made from the operation otherwise. */
  readonly output?: string
}

/** Collects nodes and constants. */
export class OnnxGraph {
  private readonly nodes: Encoded[] = []
  private readonly constants: Encoded[] = []

  node({ operation, inputs, attributes = {}, output }: OnnxNode): OnnxValue {
    const name = output ?? `${operation.toLowerCase()}-${this.nodes.length + 1}`
    this.nodes.push(
      messageField(1, [
        ...inputs.map((input) => bytesField(1, input)),
        bytesField(2, name),
        bytesField(3, name),
        bytesField(4, operation),
        ...Object.entries(attributes).map(([key, value]) => messageField(5, encodeAttribute(key, value))),
      ]),
    )
    return name
  }

  constant(name: string, shape: readonly number[], values: Float32Array): OnnxValue {
    this.constants.push(
      messageField(5, [
        ...shape.map((size) => integerField(1, size)),
        integerField(2, FLOAT),
        bytesField(8, name),
        bytesField(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
      ]),
    )
    return name
  }

  /** The whole file. */
  encode(model: {
    readonly name: string
    readonly input: OnnxPort
    readonly output: OnnxPort
    readonly producerVersion: string
    readonly metadata: Readonly<Record<string, string>>
  }): Uint8Array {
    const graph = messageField(7, [
      ...this.nodes,
      bytesField(2, model.name),
      ...this.constants,
      messageField(11, encodePort(model.input)),
      messageField(12, encodePort(model.output)),
    ])
    return concatenate([
      integerField(1, FILE_VERSION),
      bytesField(2, 'scorescope'),
      bytesField(3, model.producerVersion),
      graph,
      messageField(8, [bytesField(1, ''), integerField(2, OPERATOR_SET)]),
      ...Object.entries(model.metadata).map(([key, value]) =>
        messageField(14, [bytesField(1, key), bytesField(2, value)]),
      ),
    ])
  }
}

/** AttributeProto: the value's field and the number of its type. */
function encodeAttribute(name: string, attribute: OnnxAttribute): readonly Encoded[] {
  switch (attribute.kind) {
    case 'float':
      return [bytesField(1, name), floatField(2, attribute.value), integerField(20, 1)]
    case 'integer':
      return [bytesField(1, name), integerField(3, attribute.value), integerField(20, 2)]
    case 'text':
      return [bytesField(1, name), bytesField(4, attribute.value), integerField(20, 3)]
    case 'integers':
      return [
        bytesField(1, name),
        ...attribute.value.map((value) => integerField(8, value)),
        integerField(20, 7),
      ]
  }
}

function encodePort({ name, shape }: OnnxPort): readonly Encoded[] {
  const sizes = shape.map((size, axis) =>
    messageField(1, [axis === 0 ? bytesField(2, 'batch') : integerField(1, size)]),
  )
  return [
    bytesField(1, name),
    messageField(2, [messageField(1, [integerField(1, FLOAT), messageField(2, sizes)])]),
  ]
}
