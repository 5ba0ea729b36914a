import type { Architecture } from '@shared/domain/architecture'
import type { Precision } from '@shared/domain/run'
import { ADAM } from '../graph/adam'
import type { Tensor } from '../graph/graph-builder'
import { buildTrainingGraph, type TrainingGraph } from '../graph/training-graph'
import type { ParameterValues } from '../parameters'
import type { Evaluation, MicroBatch, MicroBatchLosses, MicroBatchSettings, Trainer } from '../trainer'
import type { TensorflowBinding } from './binding'
import { type Feed, feed, Session } from './session'

/** Trains in one native call per micro-batch. Has no values until some are assigned. */
export class NativeTrainer implements Trainer {
  private readonly graph: TrainingGraph
  private readonly session: Session

  constructor(binding: TensorflowBinding, architecture: Architecture, precision: Precision = 'float32') {
    this.graph = buildTrainingGraph(architecture, precision)
    this.session = Session.open(binding, this.graph.bytes)
  }

  train(batch: MicroBatch, settings: MicroBatchSettings): MicroBatchLosses {
    const { training } = this.graph
    const feeds = [...this.batchFeeds(batch), ...this.settingFeeds(settings)]
    const error = settings.update === null ? training.accumulate : training.apply
    if (training.headLoss === null) {
      return { meanSquaredError: first(this.session.run(feeds, { error }).error), headLoss: null }
    }
    const losses = this.session.run(feeds, { error, headLoss: training.headLoss })
    return { meanSquaredError: first(losses.error), headLoss: first(losses.headLoss) }
  }

  followStatistics(pixels: Uint8Array, rate: number): void {
    const { feeds, statisticsFollowed } = this.graph
    const given = [feed(feeds.images, pixels), feed(feeds.statisticsRate, Float32Array.of(rate))]
    this.session.run(given, { statisticsFollowed })
  }

  evaluate(batch: MicroBatch): Evaluation {
    const { meanSquaredError, correct } = this.graph.evaluation
    const feeds = this.batchFeeds(batch)
    if (correct === null) {
      return {
        meanSquaredError: first(this.session.run(feeds, { meanSquaredError }).meanSquaredError),
        correct: null,
      }
    }
    const results = this.session.run(feeds, { meanSquaredError, correct })
    return { meanSquaredError: first(results.meanSquaredError), correct: first(results.correct) }
  }

  reconstruct(pixels: Uint8Array): Float32Array {
    const { reconstruction } = this.graph.evaluation
    return this.session.run([feed(this.graph.feeds.images, pixels)], { reconstruction }).reconstruction
  }

  /**
   * Gradients of one micro-batch by parameter name, without changing anything but gradient sums' inputs: for tests
   * against other implementations.
   */
  gradients(batch: MicroBatch, settings: MicroBatchSettings): ParameterValues {
    const feeds = [...this.batchFeeds(batch), ...this.settingFeeds(settings)]
    return new Map(Object.entries(this.session.run(feeds, Object.fromEntries(this.graph.gradients))))
  }

  read(): ParameterValues {
    return this.session.read(this.graph.state)
  }

  assign(values: ParameterValues): void {
    this.session.assign(this.graph.state, values)
  }

  close(): void {
    this.session.close()
  }

  private batchFeeds({ pixels, labels }: MicroBatch): readonly Feed[] {
    const { feeds } = this.graph
    const images = feed(feeds.images, pixels)
    return feeds.labels === null || labels === null ? [images] : [images, feed(feeds.labels, labels)]
  }

  private settingFeeds(settings: MicroBatchSettings): readonly Feed[] {
    const { feeds } = this.graph
    const scalar = (tensor: Tensor, value: number): Feed => feed(tensor, Float32Array.of(value))
    const { update } = settings
    return [
      feed(feeds.dropoutSeed, Int32Array.from(settings.dropoutSeed)),
      scalar(feeds.share, settings.share),
      scalar(feeds.labelledShare, settings.labelledShare),
      scalar(feeds.statisticsRate, settings.statisticsRate),
      scalar(feeds.adam.learningRate, update?.learningRate ?? 0),
      scalar(feeds.adam.firstPower, ADAM.firstDecay ** (update?.step ?? 1)),
      scalar(feeds.adam.secondPower, ADAM.secondDecay ** (update?.step ?? 1)),
    ]
  }
}

function first(values: ArrayLike<number>): number {
  return values[0] ?? NaN
}
