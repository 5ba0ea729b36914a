/** A graph loaded into TensorFlow: values in, values out, nothing left behind. */
import { AppError } from '@shared/errors'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { refusingFailedWrites } from '../../storage/write-problem'
import type { TensorflowBinding, TensorMetadata, TensorValues } from './binding'
import { type DataType, GRAPH_TAG, TYPE_CODES } from '../graph/graph-definition'
import type { Tensor } from '../graph/graph-builder'
import type { StateAccess } from '../graph/state'
import { type ParameterValues, sizeOf, valueOf } from '../parameters'

type ValuesOf<Type extends DataType> = Type extends 'float32'
  ? Float32Array
  : Type extends 'int32'
    ? Int32Array
    : Uint8Array

/** Values for one tensor of the graph: a placeholder's, or instead of what a node would compute. */
export interface Feed {
  readonly tensor: Tensor<DataType>
  readonly values: TensorValues
}

export function feed<Type extends DataType>(tensor: Tensor<Type>, values: ValuesOf<Type>): Feed {
  return { tensor, values }
}

export type Fetches = Readonly<Record<string, Tensor<'float32' | 'int32'>>>

export type Fetched<Wanted extends Fetches> = {
  readonly [Name in keyof Wanted]: Wanted[Name] extends Tensor<infer Type> ? ValuesOf<Type> : never
}

export class Session {
  private constructor(
    private readonly binding: TensorflowBinding,
    private readonly model: number,
  ) {}

  /** Loads a graph as `GraphBuilder.encode` writes it. */
  static open(binding: TensorflowBinding, graph: Uint8Array): Session {
    // TensorFlow reads graphs from folders only.
    const place = tmpdir()
    const folder = refusingFailedWrites(place, () => mkdtempSync(join(place, 'scorescope-graph-')))
    try {
      refusingFailedWrites(place, () => {
        writeFileSync(join(folder, 'saved_model.pb'), graph)
      })
      return new Session(binding, binding.loadSavedModel(folder, GRAPH_TAG))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  /**
   * Runs what the fetches need, and only that. Blocks the thread.
   * @throws AppError compute/out-of-memory
   */
  run<Wanted extends Fetches>(feeds: readonly Feed[], wanted: Wanted): Fetched<Wanted> {
    const names = Object.keys(wanted)
    const inputs: number[] = []
    let outputs: readonly TensorMetadata[] = []
    try {
      for (const { tensor, values } of feeds)
        inputs.push(this.binding.createTensor(shapeOf(tensor, values), TYPE_CODES[tensor.type], values))
      const fed = feeds.map(({ tensor }) => tensor.name).join()
      outputs = this.call(inputs, fed, names.map((name) => wanted[name]?.name).join())
      const values = outputs.map(({ id }) => this.binding.tensorDataSync(id))
      // Entries are in the order of `wanted`, whose tensors say the types.
      return Object.fromEntries(names.map((name, index) => [name, values[index]])) as Fetched<Wanted>
    } finally {
      for (const tensor of [...inputs, ...outputs.map(({ id }) => id)]) this.binding.deleteTensor(tensor)
    }
  }

  private call(inputs: readonly number[], fed: string, fetched: string): readonly TensorMetadata[] {
    try {
      return this.binding.runSavedModel(this.model, inputs, fed, fetched)
    } catch (error) {
      const exhausted = error instanceof Error && /OOM when allocating|bad_alloc/.test(error.message)
      if (exhausted) throw AppError.of('compute/out-of-memory', {}, { cause: error })
      throw error
    }
  }

  /** Sets every variable of a graph. */
  assign(state: StateAccess, values: ParameterValues): void {
    const feeds = state.variables.map(({ name }) => {
      const input = state.inputs.get(name)
      if (input === undefined) throw new Error(`The graph has no way in for ${name}.`)
      return feed(input, valueOf(values, name))
    })
    this.run(feeds, { assigned: state.assigned })
  }

  /** Reads every variable of a graph. */
  read(state: StateAccess): ParameterValues {
    const wanted = Object.fromEntries(state.variables.map(({ name, value }) => [name, value]))
    return new Map(Object.entries(this.run([], wanted)))
  }

  close(): void {
    this.binding.deleteSavedModel(this.model)
  }
}

/** The tensor's shape with the batch size that the values imply. */
function shapeOf(tensor: Tensor<DataType>, values: TensorValues): readonly number[] {
  const known = sizeOf(tensor.shape.map((size) => size ?? 1))
  const shape = tensor.shape.map((size) => size ?? values.length / known)
  if (sizeOf(shape) !== values.length || !shape.every(Number.isInteger))
    throw new Error(`${values.length} values do not fit ${tensor.name} of shape [${tensor.shape.join()}].`)
  return shape
}
