/** The autoencoder as nodes of a graph, with variables for its parameters. */
import type { Architecture } from '@shared/domain/architecture'
import { createNetwork, type Network, type NetworkOperations } from '@shared/domain/network'
import { modelParameters, type Parameter } from '../parameters'
import type { GraphBuilder, Tensor, Variable } from './graph-builder'
import { rectify, sigmoid } from './operations/activation'
import { dense, globalAverage, scaleGradient } from './operations/classification'
import { bias, convolution, type ConvolutionType } from './operations/convolution'
import { dropout } from './operations/dropout'
import { batchNormalization, fixedNormalization } from './operations/normalization'
import { maxPool, upsample } from './operations/resizing'
import type { Tape } from './tape'

/** A parameter with the variable that holds it in the session. */
export interface ParameterVariable extends Parameter {
  readonly variable: Variable
}

export type ParameterVariables = ReadonlyMap<string, ParameterVariable>

/** Adds a variable for every parameter of the model. */
export function addParameters(graph: GraphBuilder, architecture: Architecture): ParameterVariables {
  return new Map(
    modelParameters(architecture).map((parameter) => {
      const variable = graph.variable(parameter.name, parameter.shape)
      return [parameter.name, { ...parameter, variable }] as const
    }),
  )
}

/** What batch norm saw in this batch, for the running statistics. */
export interface BatchStatistic {
  readonly variable: Variable
  readonly observed: Tensor
}

export type NetworkMode =
  | {
      /** Batch norm by the batch's own statistics. */
      readonly kind: 'training'
      /** null leaves dropout out. */
      readonly dropoutSeed: Tensor<'int32'> | null
      readonly onStatistic: (statistic: BatchStatistic) => void
      /** What convolutions compute in; absent: float32. */
      readonly convolutions?: ConvolutionType
    }
  /** Batch norm by running statistics, no dropout. */
  | { readonly kind: 'evaluation' }

export interface GraphNetworkOptions {
  readonly architecture: Architecture
  readonly parameters: ParameterVariables
  readonly mode: NetworkMode
  readonly onLayer?: (layer: string, output: Tensor) => void
}

export function graphNetwork(tape: Tape, options: GraphNetworkOptions): Network<Tensor> {
  return createNetwork(
    options.architecture,
    graphOperations(tape, options),
    options.onLayer ?? (() => undefined),
  )
}

function graphOperations(tape: Tape, options: GraphNetworkOptions): NetworkOperations<Tensor> {
  const { architecture, parameters, mode } = options
  const { graph } = tape
  const value = (name: string): Tensor => variableOf(parameters, name).value
  const convolutions = mode.kind === 'training' ? mode.convolutions : undefined
  return {
    convolve: (layer, input) =>
      graph.within(layer, () => convolution(tape, input, value(`${layer}/kernel`), convolutions)),
    normalize: (layer, input) => graph.within(layer, () => normalize(tape, { ...options, layer, input })),
    rectify: (input) => rectify(tape, input),
    pool: (input) => maxPool(tape, input),
    upsample: (input) => upsample(tape, input),
    drop: (ordinal, input) => {
      if (mode.kind === 'evaluation' || mode.dropoutSeed === null) return input
      const seed = seedOf(graph, mode.dropoutSeed, ordinal)
      return dropout(tape, input, { rate: architecture.dropout, seed })
    },
    offset: (layer, input) => graph.within(layer, () => bias(tape, input, value(`${layer}/bias`))),
    sigmoid: (input) => sigmoid(tape, input),
  }
}

function normalize(
  tape: Tape,
  {
    parameters,
    mode,
    layer,
    input,
  }: GraphNetworkOptions & { readonly layer: string; readonly input: Tensor },
): Tensor {
  const variable = (name: string): Variable => variableOf(parameters, `${layer}/${name}`)
  const learned = { scale: variable('scale').value, offset: variable('offset').value }
  if (mode.kind === 'evaluation') {
    const kept = { mean: variable('mean').value, variance: variable('variance').value }
    return fixedNormalization(tape, input, { ...learned, ...kept })
  }
  const normalized = batchNormalization(tape, input, learned)
  mode.onStatistic({ variable: variable('mean'), observed: normalized.mean })
  mode.onStatistic({ variable: variable('variance'), observed: normalized.variance })
  return normalized.output
}

function seedOf(graph: GraphBuilder, first: Tensor<'int32'>, ordinal: number): Tensor<'int32'> {
  const [seed] = graph.node({
    operation: 'AddV2',
    inputs: [first, graph.integers([0, ordinal])],
    attributes: { T: { kind: 'type', value: 'int32' } },
    outputs: { types: ['int32'], shapes: [[2]] },
  })
  return seed
}

/**
 * The classification head: one logit per class from the averaged bottleneck. The head itself always learns; its
 * weight scales what it tells the encoder, so that weight 0 reads the bottleneck without touching it.
 * @param bottleneck [batch, side, side, channels]
 * @returns [batch, classes]
 */
export function classify(
  tape: Tape,
  bottleneck: Tensor,
  options: { readonly parameters: ParameterVariables; readonly weight: number },
): Tensor {
  const value = (name: string): Tensor => variableOf(options.parameters, name).value
  const average = globalAverage(tape, scaleGradient(tape, bottleneck, options.weight))
  return bias(tape, dense(tape, average, value('head/kernel')), value('head/bias'))
}

export function variableOf(parameters: ParameterVariables, name: string): Variable {
  const found = parameters.get(name)
  if (found === undefined) throw new Error(`The model has no parameter ${name}.`)
  return found.variable
}
