/**
 * A trained model to look into: every layer's output, summaries of it that are small however large the layer is, and
 * decoding from a bottleneck that was changed by hand (fed in the place of the computed one).
 */
import type { Architecture } from '@shared/domain/architecture'
import { GraphBuilder, type Tensor } from './graph-builder'
import { addParameters, graphNetwork } from './model-graph'
import { fromBytes, indexOfLargest, reduce, reshape, toFloat } from './operations/elementary'
import { addStateAccess, type StateAccess } from './state'
import { Tape } from './tape'

/** Per sample and channel [batch, channels]. */
export interface LayerSummaryTensors {
  /** Sum of the activations over all positions. */
  readonly sum: Tensor
  /** How many positions are above 0. */
  readonly positive: Tensor
  readonly maximum: Tensor
  /** Where the maximum is: row · width + column, the first where several are equal. */
  readonly position: Tensor<'int32'>
}

export interface ExplorationGraph {
  readonly bytes: Uint8Array
  /** Grey bytes [batch, size, size, 1]. */
  readonly images: Tensor<'uint8'>
  /** Outputs by layer name [batch, height, width, channels]; may be fed, too. */
  readonly layers: ReadonlyMap<string, Tensor>
  readonly summaries: ReadonlyMap<string, LayerSummaryTensors>
  readonly state: StateAccess
}

export function buildExplorationGraph(architecture: Architecture): ExplorationGraph {
  const graph = new GraphBuilder()
  const { inputSize } = architecture
  const parameters = addParameters(graph, architecture)
  const images = graph.placeholder('images', 'uint8', [null, inputSize, inputSize, 1])
  const layers = new Map<string, Tensor>()
  const onLayer = (layer: string, output: Tensor): void => void layers.set(layer, output)
  const network = graphNetwork(new Tape(graph), {
    architecture,
    parameters,
    mode: { kind: 'evaluation' },
    onLayer,
  })
  network.decode(network.encode(fromBytes(graph, images)))
  const summaries = new Map(
    [...layers].map(([layer, output]) => [
      layer,
      graph.within(`${layer}/summary`, () => summarize(graph, output)),
    ]),
  )
  const variables = [...parameters.values()].map(({ variable }) => variable)
  return { images, layers, summaries, state: addStateAccess(graph, variables), bytes: graph.encode() }
}

function summarize(graph: GraphBuilder, output: Tensor): LayerSummaryTensors {
  const [, height, width, channels = null] = output.shape
  const flat = reshape(graph, output, [null, (height ?? 0) * (width ?? 0), channels])
  const [positive] = graph.node({
    operation: 'Greater',
    inputs: [flat, graph.scalar(0)],
    attributes: { T: { kind: 'type', value: 'float32' } },
    outputs: { types: ['bool'], shapes: [flat.shape] },
  })
  return {
    sum: reduce(graph, 'Sum', { input: flat, axes: [1] }),
    positive: reduce(graph, 'Sum', { input: toFloat(graph, positive), axes: [1] }),
    maximum: reduce(graph, 'Max', { input: flat, axes: [1] }),
    position: indexOfLargest(graph, flat, 1),
  }
}
