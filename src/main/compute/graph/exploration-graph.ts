/**
 * A trained model to look into: every layer's output, and summaries of it that are small however large the layer is.
 * Any layer's output can be fed in the place of the computed one: so channels are switched off, anywhere, with nothing
 * computed that lies before.
 */
import { type Architecture, describeArchitecture } from '@shared/domain/architecture'
import { gridCells } from '@shared/domain/code-grid'
import { latticeOf } from '../lattice'
import { boolean, GraphBuilder, type Tensor, typeOf } from './graph-builder'
import { addParameters, graphNetwork } from './model-graph'
import { fromBytes, reduce, reshape } from './operations/elementary'
import { strongestUnit } from './strongest-unit'
import { addStateAccess, type StateAccess } from './state'
import { Tape } from './tape'

/** Per sample and channel [batch, channels] unless said otherwise. */
export interface LayerSummaryTensors {
  /** Sum of the activations over all positions. */
  readonly sum: Tensor
  /** How many positions are above 0. */
  readonly positive: Tensor
  readonly maximum: Tensor
  /** Where the maximum is: row · width + column, the first where several are equal. */
  readonly position: Tensor<'int32'>
  /** Activations at the lattice's positions [batch · positions, channels]. */
  readonly lattice: Tensor
  /** Sums of products of two channels over the lattice [channels, channels]. */
  readonly products: Tensor
}

export interface ExplorationGraph {
  readonly bytes: Uint8Array
  /** Grey bytes [batch, size, size, 1]. */
  readonly images: Tensor<'uint8'>
  /** Outputs by layer name [batch, height, width, channels]; may be fed, too. */
  readonly layers: ReadonlyMap<string, Tensor>
  readonly summaries: ReadonlyMap<string, LayerSummaryTensors>
  /** Averages of the bottleneck over each cell of a grid [batch, channels], row by row. */
  readonly codes: readonly Tensor[]
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
  const codes = codesOf(graph, layers.get('bottleneck'), architecture)
  const variables = [...parameters.values()].map(({ variable }) => variable)
  return { images, layers, summaries, codes, state: addStateAccess(graph, variables), bytes: graph.encode() }
}

function summarize(graph: GraphBuilder, output: Tensor): LayerSummaryTensors {
  const [, height, width, channels = null] = output.shape
  const flat = reshape(graph, output, [null, (height ?? 0) * (width ?? 0), channels])
  const { first, stride } = latticeOf({ height: height ?? 1 })
  const some = window(graph, output, {
    rows: { from: first, to: height },
    columns: { from: first, to: width },
    stride,
  })
  const lattice = reshape(graph, some, [null, channels])
  return {
    sum: reduce(graph, 'Sum', { input: flat, axes: [1] }),
    // No layer's output is negative, so signs are 0 and 1: cheaper than comparing.
    positive: reduce(graph, 'Sum', { input: graph.float('Sign', [flat], { shape: flat.shape }), axes: [1] }),
    ...strongestUnit(graph, output),
    lattice,
    products: graph.float('MatMul', [lattice, lattice], {
      shape: [channels, channels],
      attributes: { transpose_a: boolean(true), transpose_b: boolean(false) },
    }),
  }
}

function codesOf(
  graph: GraphBuilder,
  bottleneck: Tensor | undefined,
  architecture: Architecture,
): readonly Tensor[] {
  if (bottleneck === undefined) throw new Error('The graph has no bottleneck.')
  const cells = gridCells(describeArchitecture(architecture).bottleneck.height)
  return graph.within('bottleneck/codes', () =>
    cells.flatMap((rows) =>
      cells.map((columns) => {
        const input = window(graph, bottleneck, { rows, columns, stride: 1 })
        return reduce(graph, 'Mean', { input, axes: [1, 2] })
      }),
    ),
  )
}

interface Extent {
  readonly from: number
  readonly to: number | null | undefined
}

/** Some rows and columns of each map. */
function window(
  graph: GraphBuilder,
  input: Tensor,
  { rows, columns, stride }: { readonly rows: Extent; readonly columns: Extent; readonly stride: number },
): Tensor {
  const [batch = null, , , channels = null] = input.shape
  const steps = ({ from, to }: Extent): number => Math.ceil(((to ?? 0) - from) / stride)
  const integer = (value: number) => ({ kind: 'integer', value }) as const
  // A set bit of a mask leaves that axis whole: the batch and the channels.
  const ends = 0b1001
  return graph.float(
    'StridedSlice',
    [
      input,
      graph.integers([0, rows.from, columns.from, 0]),
      graph.integers([0, rows.to ?? 0, columns.to ?? 0, 0]),
      graph.integers([1, stride, stride, 1]),
    ],
    {
      shape: [batch, steps(rows), steps(columns), channels],
      attributes: {
        Index: typeOf('int32'),
        begin_mask: integer(ends),
        end_mask: integer(ends),
        ellipsis_mask: integer(0),
        new_axis_mask: integer(0),
        shrink_axis_mask: integer(0),
      },
    },
  )
}
