import type { Architecture } from '@shared/domain/architecture'
import type { Tensor } from '../graph/graph-builder'
import {
  buildExplorationGraph,
  type ExplorationGraph,
  type LayerSummaryTensors,
} from '../graph/exploration-graph'
import type { ParameterValues } from '../parameters'
import type { LayerSummary, TrainedModel } from '../trained-model'
import type { TensorflowBinding } from './binding'
import { feed, type Fetched, Session } from './session'

export class NativeModel implements TrainedModel {
  private readonly graph: ExplorationGraph
  private readonly session: Session

  constructor(binding: TensorflowBinding, architecture: Architecture, values: ParameterValues) {
    this.graph = buildExplorationGraph(architecture)
    this.session = Session.open(binding, this.graph.bytes)
    this.session.assign(this.graph.state, values)
  }

  layer(name: string, pixels: Uint8Array): Float32Array {
    return this.session.run([feed(this.graph.images, pixels)], { output: this.output(name) }).output
  }

  decode(bottleneck: Float32Array): Float32Array {
    // What is fed for an inner tensor takes the place of what would have been computed.
    const instead = feed(this.output('bottleneck'), bottleneck)
    return this.session.run([instead], { output: this.output('output') }).output
  }

  summarize(pixels: Uint8Array): ReadonlyMap<string, LayerSummary> {
    const summaries = [...this.graph.summaries]
    const wanted = Object.fromEntries(
      summaries.flatMap(([layer, tensors]) =>
        Object.entries(tensors).map(([name, tensor]) => [
          `${layer}/${name}`,
          tensor as Tensor<'float32' | 'int32'>,
        ]),
      ),
    )
    const fetched = this.session.run([feed(this.graph.images, pixels)], wanted)
    return new Map(summaries.map(([layer, tensors]) => [layer, summaryOf(layer, tensors, fetched)]))
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
  }
}
