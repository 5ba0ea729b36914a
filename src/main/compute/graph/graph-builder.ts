/** Builds a TensorFlow graph node by node; its tensors are typed handles whose shapes are followed along. */
import {
  type Attribute,
  type ConstantValue,
  type DataType,
  encodeSavedModel,
  type NodeDefinition,
  type Shape,
} from './graph-definition'

/** One output of one node: a name to fetch or feed, with what is known about it before anything runs. */
export interface Tensor<Type extends DataType = 'float32'> {
  readonly name: string
  readonly type: Type
  readonly shape: Shape
}

/** State that lives in the session between calls. */
export interface Variable {
  readonly name: string
  readonly shape: readonly number[]
  readonly handle: Tensor<'resource'>
  /** Its value at the start of a call. */
  readonly value: Tensor
}

/** Something that has to have run before: a tensor's node, or one without outputs. */
export interface Ran {
  readonly name: string
}

type OutputTypes = readonly DataType[]
type OutputTensors<Types extends OutputTypes> = { readonly [Index in keyof Types]: Tensor<Types[Index]> }

export interface NodeOptions<Types extends OutputTypes> {
  readonly operation: string
  readonly inputs?: readonly Tensor<DataType>[]
  readonly attributes?: Readonly<Record<string, Attribute>>
  readonly outputs: { readonly types: Types; readonly shapes: readonly Shape[] }
  /** Run only after these. */
  readonly after?: readonly Ran[]
  /** Instead of the operation's name, within the scope. */
  readonly name?: string
}

export const typeOf = (value: DataType): Attribute => ({ kind: 'type', value })
export const integers = (value: readonly number[]): Attribute => ({ kind: 'integers', value })
export const float = (value: number): Attribute => ({ kind: 'float', value })
export const boolean = (value: boolean): Attribute => ({ kind: 'boolean', value })
export const text = (value: string): Attribute => ({ kind: 'string', value })
export const shapeOf = (value: Shape): Attribute => ({ kind: 'shape', value })

export class GraphBuilder {
  private readonly nodes: NodeDefinition[] = []
  private readonly timesUsed = new Map<string, number>()
  private readonly constants = new Map<string, string>()
  private scope = ''

  /** Names what `build` adds after a part of the model, e.g. encoder-1-1/Conv2D. */
  within<Result>(scope: string, build: () => Result): Result {
    const outer = this.scope
    this.scope = `${outer}${scope}/`
    try {
      return build()
    } finally {
      this.scope = outer
    }
  }

  /** Adds a node and returns its outputs. */
  node<const Types extends OutputTypes>(options: NodeOptions<Types>): OutputTensors<Types> {
    const { operation, inputs = [], attributes = {}, outputs, after = [] } = options
    const name = this.uniqueName(this.scope + (options.name ?? operation))
    this.nodes.push({
      name,
      operation,
      inputs: [...inputs.map((input) => input.name), ...waitFor(after)],
      attributes,
    })
    const tensors = outputs.types.map((type, index) => {
      return { name: `${name}:${index}`, type, shape: outputs.shapes[index] ?? [] }
    })
    // Mapped from `outputs.types` in order, which is what the type says; map() itself cannot carry that.
    return tensors as unknown as OutputTensors<Types>
  }

  /** Adds a node with one output of type float32 and the common attribute T. */
  float(operation: string, inputs: readonly Tensor<DataType>[], options: FloatNodeOptions): Tensor {
    const [output] = this.node({
      ...options,
      operation,
      inputs,
      attributes: { T: typeOf('float32'), ...options.attributes },
      outputs: { types: ['float32'], shapes: [options.shape] },
    })
    return output
  }

  /** A value given with every call. */
  placeholder<Type extends DataType>(name: string, type: Type, shape: Shape): Tensor<Type> {
    const attributes = { dtype: typeOf(type), shape: shapeOf(shape) }
    const [output] = this.node({
      operation: 'Placeholder',
      attributes,
      outputs: { types: [type], shapes: [shape] },
      name,
    })
    return output
  }

  scalar(value: number): Tensor {
    return this.constant('float32', [], [value])
  }

  integer(value: number): Tensor<'int32'> {
    return this.constant('int32', [], [value])
  }

  vector(values: readonly number[]): Tensor {
    return this.constant('float32', [values.length], values)
  }

  integers(values: readonly number[]): Tensor<'int32'> {
    return this.constant('int32', [values.length], values)
  }

  /** A small value fixed in the graph; equal ones share a node. */
  private constant<Type extends ConstantValue['type']>(
    type: Type,
    shape: readonly number[],
    values: readonly number[],
  ): Tensor<Type> {
    const key = `constant-${type}-${[...shape, '', ...values].join('_')}`
    if (!this.constants.has(key)) {
      const elements = type === 'float32' ? Float32Array.from(values) : Int32Array.from(values)
      const value = { kind: 'tensor', value: { type, shape, values: elements } } as const
      const attributes = { dtype: typeOf(type), value }
      const name = `Const_${this.constants.size}`
      this.nodes.push({ name, operation: 'Const', inputs: [], attributes })
      this.constants.set(key, `${name}:0`)
    }
    return { name: this.constants.get(key) ?? '', type, shape }
  }

  /** State of the session; has no value until one is assigned. */
  variable(name: string, shape: readonly number[]): Variable {
    const [handle] = this.node({
      operation: 'VarHandleOp',
      attributes: {
        dtype: typeOf('float32'),
        shape: shapeOf(shape),
        shared_name: text(this.scope + name),
        container: text(''),
      },
      outputs: { types: ['resource'], shapes: [[]] },
      name,
    })
    const [value] = this.node({
      operation: 'ReadVariableOp',
      inputs: [handle],
      attributes: { dtype: typeOf('float32') },
      outputs: { types: ['float32'], shapes: [shape] },
      name: `${name}/value`,
    })
    return { name: this.scope + name, shape, handle, value }
  }

  /** Adds a node that changes something and has no output; returns what to wait for. */
  action(options: Pick<NodeOptions<[]>, 'operation' | 'inputs' | 'attributes' | 'after' | 'name'>): Ran {
    const { operation, inputs = [], attributes = {}, after = [] } = options
    const name = this.uniqueName(this.scope + (options.name ?? operation))
    this.nodes.push({
      name,
      operation,
      inputs: [...inputs.map((input) => input.name), ...waitFor(after)],
      attributes,
    })
    return { name }
  }

  /** Sets, raises or lowers a variable. */
  update(operation: VariableUpdate, variable: Variable, value: Tensor, after: readonly Ran[] = []): Ran {
    const attributes = { dtype: typeOf('float32') }
    return this.action({
      operation,
      inputs: [variable.handle, value],
      attributes,
      after,
      name: `${variable.name}/${operation}`,
    })
  }

  /** The same tensor under a name of its own, available only after the given ones have run. */
  identity<Type extends DataType>(
    name: string,
    tensor: Tensor<Type>,
    after: readonly Ran[] = [],
  ): Tensor<Type> {
    const [output] = this.node({
      operation: 'Identity',
      inputs: [tensor],
      attributes: { T: typeOf(tensor.type) },
      outputs: { types: [tensor.type], shapes: [tensor.shape] },
      after,
      name,
    })
    return output
  }

  get size(): number {
    return this.nodes.length
  }

  /** The graph as the bytes of a saved_model.pb. */
  encode(): Uint8Array {
    return encodeSavedModel(this.nodes)
  }

  private uniqueName(wanted: string): string {
    const times = this.timesUsed.get(wanted) ?? 0
    this.timesUsed.set(wanted, times + 1)
    return times === 0 ? wanted : `${wanted}_${times}`
  }
}

type FloatNodeOptions = Pick<NodeOptions<OutputTypes>, 'attributes' | 'after' | 'name'> & {
  readonly shape: Shape
}

export type VariableUpdate = 'AssignVariableOp' | 'AssignAddVariableOp' | 'AssignSubVariableOp'

function waitFor(ran: readonly Ran[]): readonly string[] {
  return ran.map(({ name }) => `^${name.replace(/:\d+$/, '')}`)
}
