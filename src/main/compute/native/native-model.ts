import type { Architecture } from '@shared/domain/architecture'
import type { Tensor } from '../graph/graph-builder'
import {
  buildExplorationGraph,
  type ExplorationGraph,
  type LayerSummaryTensors,
} from '../graph/exploration-graph'
import type { ParameterValues } from '../parameters'
import type { LayerSummary, SampleSummary, TrainedModel } from '../trained-model'
import type { TensorflowBinding } from './binding'
import { feed, type Fetched, Session } from './session'

export class NativeModel implements TrainedModel {
  private readonly graph: ExplorationGraph
  private readonly session: Session
  private readonly pixelsEach: number

  constructor(binding: TensorflowBinding, architecture: Architecture, values: ParameterValues) {
    this.graph = buildExplorationGraph(architecture)
    this.pixelsEach = architecture.inputSize ** 2
    this.session = Session.open(binding, this.graph.bytes)
    this.session.assign(this.graph.state, values)
  }

  layer(name: string, pixels: Uint8Array): Float32Array {
    return this.session.run([feed(this.graph.images, pixels)], { output: this.output(name) }).output
  }

  resume(from: string, values: Float32Array, to: string): Float32Array {
    if (from === to) return values
    // What is fed for an inner tensor takes the place of what would have been computed.
    return this.session.run([feed(this.output(from), values)], { output: this.output(to) }).output
  }

  summarize(pixels: Uint8Array): SampleSummary {
    const summaries = [...this.graph.summaries]
    const codes = this.graph.codes.map((tensor, cell) => [`codes/${cell}`, tensor] as const)
    const wanted = Object.fromEntries<Tensor<'float32' | 'int32'>>([
      ...codes,
      ...summaries.flatMap(([layer, tensors]) =>
        Object.entries(tensors).map(([name, tensor]) => [`${layer}/${name}`, tensor as Tensor] as const),
      ),
    ])
    const fetched = this.session.run([feed(this.graph.images, pixels)], wanted)
    return {
      layers: new Map(summaries.map(([layer, tensors]) => [layer, summaryOf(layer, tensors, fetched)])),
      codes: sideBySide(
        codes.map(([name]) => fetched[name] as Float32Array),
        pixels.length / this.pixelsEach,
      ),
    }
  }

  close(): void {
    this.session.close()
  }

  private output(layer: string): Tensor {
    const tensor = this.graph.layers.get(layer)
    if (tensor === undefined) throw new Error(`The graph has no layer ${layer}.`)
    return tensor
  }
}

function summaryOf(
  layer: string,
  { sum }: LayerSummaryTensors,
  fetched: Fetched<Record<string, Tensor<'float32' | 'int32'>>>,
): LayerSummary {
  const values = <Values extends Float32Array | Int32Array>(name: string): Values =>
    fetched[`${layer}/${name}`] as Values
  return {
    channels: sum.shape[1] ?? 0,
    sum: values('sum'),
    positive: values('positive'),
    maximum: values('maximum'),
    position: values('position'),
    lattice: values('lattice'),
    products: values('products'),
  }
}

/** Rows of several tables put behind one another: each [samples, n] → [samples, tables · n]. */
function sideBySide(tables: readonly Float32Array[], samples: number): Float32Array {
  const each = (tables[0]?.length ?? 0) / samples
  const joined = new Float32Array(samples * tables.length * each)
  for (const [at, table] of tables.entries())
    for (let sample = 0; sample < samples; sample += 1)
      joined.set(table.subarray(sample * each, (sample + 1) * each), (sample * tables.length + at) * each)
  return joined
}
