/**
 * Training as one graph: forward, backward, accumulation over micro-batches, Adam and running statistics are a single
 * native call per micro-batch. Weights, moments and accumulated gradients stay in the session between calls.
 */
import type { Architecture } from '@shared/domain/architecture'
import type { Precision } from '@shared/domain/run'
import { OPTIMIZER_SLOTS } from '../parameters'
import { type AdamSchedule, addMoments, applyAdam, type Moments } from './adam'
import { GraphBuilder, type Ran, type Tensor, type Variable } from './graph-builder'
import {
  addParameters,
  type BatchStatistic,
  classify,
  graphNetwork,
  type ParameterVariable,
  type ParameterVariables,
} from './model-graph'
import type { ConvolutionType } from './operations/convolution'
import { fromBytes, indexOfLargest, reduce, toFloat } from './operations/elementary'
import { crossEntropy, meanSquaredError } from './operations/loss'
import { addStateAccess, type StateAccess } from './state'
import { Tape } from './tape'

/** What is given with a call. */
export interface TrainingFeeds {
  /** Grey bytes [batch, size, size, 1]. */
  readonly images: Tensor<'uint8'>
  /** Class of each sample, −1 without; null in a model without a head. */
  readonly labels: Tensor<'int32'> | null
  /** Two int32, see `dropoutSeed`. */
  readonly dropoutSeed: Tensor<'int32'>
  /** This micro-batch's samples over the batch's: with it, accumulated gradients are the batch's mean. */
  readonly share: Tensor
  /** 1 over the batch's labelled samples. */
  readonly labelledShare: Tensor
  /** How far the running statistics move towards this micro-batch's. */
  readonly statisticsRate: Tensor
  readonly adam: AdamSchedule
}

/** What a training call can return. */
export interface TrainingFetches {
  /** Mean squared error of this micro-batch; fetching it adds the gradients to the accumulated ones. */
  readonly accumulate: Tensor
  /** The same, and a step of Adam on all gradients accumulated so far. */
  readonly apply: Tensor
  /** Sum of the head's losses over this micro-batch's labelled samples. */
  readonly headLoss: Tensor | null
}

/** What a call with running statistics and without dropout can return. */
export interface EvaluationFetches {
  readonly meanSquaredError: Tensor
  /** [batch, size, size, 1] in [0, 1]. */
  readonly reconstruction: Tensor
  /** How many labelled samples the head puts into their class. */
  readonly correct: Tensor | null
}

export interface TrainingGraph {
  readonly bytes: Uint8Array
  readonly nodes: number
  readonly feeds: TrainingFeeds
  readonly training: TrainingFetches
  /** Fetch that moves the running statistics towards the samples', without dropout. */
  readonly statisticsFollowed: Tensor
  readonly evaluation: EvaluationFetches
  /** Gradients of one micro-batch by parameter name, for tests against other implementations. */
  readonly gradients: ReadonlyMap<string, Tensor>
  readonly state: StateAccess
}

/**
 * @param precision `mixed` computes training's convolutions in float16; weights, sums of gradients, batch norm, losses
 * and everything that evaluates stay float32 (docs/decisions/0012-mixed-precision.md)
 */
export function buildTrainingGraph(
  architecture: Architecture,
  precision: Precision = 'float32',
): TrainingGraph {
  const graph = new GraphBuilder()
  const parameters = addParameters(graph, architecture)
  const feeds = addFeeds(graph, architecture)
  const pixels = fromBytes(graph, feeds.images)
  const convolutions = precision === 'mixed' ? 'float16' : 'float32'
  const context: Context = { graph, architecture, parameters, feeds, pixels, convolutions }
  const { training, gradients, optimizerState } = addTraining(context)
  const statisticsFollowed = addStatistics(context)
  const evaluation = addEvaluation(context)
  const state = addStateAccess(graph, [
    ...[...parameters.values()].map(({ variable }) => variable),
    ...optimizerState,
  ])
  return {
    bytes: graph.encode(),
    nodes: graph.size,
    feeds,
    training,
    statisticsFollowed,
    evaluation,
    gradients,
    state,
  }
}

interface Context {
  readonly graph: GraphBuilder
  readonly architecture: Architecture
  readonly parameters: ParameterVariables
  readonly feeds: TrainingFeeds
  readonly pixels: Tensor
  readonly convolutions: ConvolutionType
}

function addFeeds(graph: GraphBuilder, { inputSize, head }: Architecture): TrainingFeeds {
  const scalar = (name: string): Tensor => graph.placeholder(name, 'float32', [])
  return {
    images: graph.placeholder('images', 'uint8', [null, inputSize, inputSize, 1]),
    labels: head === null ? null : graph.placeholder('labels', 'int32', [null]),
    dropoutSeed: graph.placeholder('dropout-seed', 'int32', [2]),
    share: scalar('share'),
    labelledShare: scalar('labelled-share'),
    statisticsRate: scalar('statistics-rate'),
    adam: {
      learningRate: scalar('learning-rate'),
      firstPower: scalar('first-power'),
      secondPower: scalar('second-power'),
    },
  }
}

function addTraining(context: Context): {
  readonly training: TrainingFetches
  readonly gradients: ReadonlyMap<string, Tensor>
  readonly optimizerState: readonly Variable[]
} {
  const { graph, parameters, feeds } = context
  const tape = new Tape(graph)
  const { error, headLoss, statistics } = addLosses(context, tape)
  const trained = [...parameters.values()].filter(({ role }) => role === 'trained')
  const seeds = [{ output: error, gradient: feeds.share }]
  if (headLoss !== null) seeds.push({ output: headLoss, gradient: feeds.labelledShare })
  const gradients = tape.gradients(
    seeds,
    trained.map(({ variable }) => variable.value),
  )
  const learning = trained.map((parameter, index) => {
    const gradient = gradients[index]
    if (gradient === undefined) throw new Error(`There is no gradient for ${parameter.name}.`)
    return addLearning(graph, { parameter, gradient, schedule: feeds.adam })
  })
  const followed = statistics.map((statistic) => follow(graph, statistic, feeds.statisticsRate))
  const after = (step: (of: Learning) => Ran): readonly Ran[] => [...learning.map(step), ...followed]
  return {
    training: {
      accumulate: graph.identity(
        'accumulate',
        error,
        after((of) => of.accumulated),
      ),
      apply: graph.identity(
        'apply',
        error,
        after((of) => of.applied),
      ),
      headLoss,
    },
    gradients: new Map(learning.map(({ parameter, gradient }) => [parameter.name, gradient] as const)),
    optimizerState: learning.flatMap(({ moments, sum }) => [moments.first, moments.second, sum]),
  }
}

function addLosses(
  { graph, architecture, parameters, feeds, pixels, convolutions }: Context,
  tape: Tape,
): {
  readonly error: Tensor
  readonly headLoss: Tensor | null
  readonly statistics: readonly BatchStatistic[]
} {
  const statistics: BatchStatistic[] = []
  const onStatistic = (statistic: BatchStatistic): void => void statistics.push(statistic)
  const mode = { kind: 'training', dropoutSeed: feeds.dropoutSeed, onStatistic, convolutions } as const
  return graph.within('training', () => {
    const network = graphNetwork(tape, { architecture, parameters, mode })
    const bottleneck = network.encode(pixels)
    const error = meanSquaredError(tape, network.decode(bottleneck), pixels)
    if (architecture.head === null || feeds.labels === null) return { error, headLoss: null, statistics }
    const logits = classify(tape, bottleneck, { parameters, weight: architecture.head.weight })
    return { error, headLoss: crossEntropy(tape, logits, feeds.labels), statistics }
  })
}

interface Learning {
  readonly parameter: ParameterVariable
  readonly gradient: Tensor
  readonly moments: Moments
  /** Gradients of the batch's earlier micro-batches. */
  readonly sum: Variable
  readonly accumulated: Ran
  readonly applied: Ran
}

function addLearning(
  graph: GraphBuilder,
  options: {
    readonly parameter: ParameterVariable
    readonly gradient: Tensor
    readonly schedule: AdamSchedule
  },
): Learning {
  const { parameter, gradient, schedule } = options
  const { variable } = parameter
  const { shape } = variable
  const moments = addMoments(graph, variable)
  const sum = graph.variable(`${variable.name}/${OPTIMIZER_SLOTS.sum}`, shape)
  const total = graph.float('AddV2', [sum.value, gradient], { shape })
  const stepped = applyAdam(graph, variable, { gradient: total, moments, schedule })
  const empty = graph.float('ZerosLike', [total], { shape })
  return {
    parameter,
    gradient,
    moments,
    sum,
    accumulated: graph.update('AssignAddVariableOp', sum, gradient),
    applied: graph.update('AssignVariableOp', sum, empty, [stepped]),
  }
}

/** Moves a running statistic towards the batch's: kept ← kept − rate · (kept − observed). */
function follow(graph: GraphBuilder, { variable, observed }: BatchStatistic, rate: Tensor): Ran {
  const { shape } = variable
  const distance = graph.float('Sub', [variable.value, observed], { shape })
  return graph.update('AssignSubVariableOp', variable, graph.float('Mul', [distance, rate], { shape }))
}

function addStatistics({ graph, architecture, parameters, feeds, pixels }: Context): Tensor {
  return graph.within('statistics', () => {
    const followed: Ran[] = []
    const onStatistic = (statistic: BatchStatistic): void => {
      followed.push(follow(graph, statistic, feeds.statisticsRate))
    }
    const mode = { kind: 'training', dropoutSeed: null, onStatistic } as const
    const network = graphNetwork(new Tape(graph), { architecture, parameters, mode })
    network.decode(network.encode(pixels))
    return graph.identity('followed', graph.scalar(1), followed)
  })
}

function addEvaluation({ graph, architecture, parameters, feeds, pixels }: Context): EvaluationFetches {
  return graph.within('evaluation', () => {
    const tape = new Tape(graph)
    const network = graphNetwork(tape, { architecture, parameters, mode: { kind: 'evaluation' } })
    const bottleneck = network.encode(pixels)
    const output = network.decode(bottleneck)
    const fetches = {
      meanSquaredError: meanSquaredError(tape, output, pixels),
      reconstruction: output,
    }
    if (architecture.head === null || feeds.labels === null) return { ...fetches, correct: null }
    const logits = classify(tape, bottleneck, { parameters, weight: architecture.head.weight })
    return { ...fetches, correct: countCorrect(graph, logits, feeds.labels) }
  })
}

function countCorrect(graph: GraphBuilder, logits: Tensor, labels: Tensor<'int32'>): Tensor {
  const [equal] = graph.node({
    operation: 'Equal',
    inputs: [indexOfLargest(graph, logits, 1), labels],
    attributes: { T: { kind: 'type', value: 'int32' } },
    outputs: { types: ['bool'], shapes: [labels.shape] },
  })
  return reduce(graph, 'Sum', { input: toFloat(graph, equal), axes: [0] })
}
