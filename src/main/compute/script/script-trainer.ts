import type { Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs'
import type { Architecture } from '@shared/domain/architecture'
import { createNetwork, type Network } from '@shared/domain/network'
import { ADAM } from '../graph/adam'
import {
  modelParameters,
  OPTIMIZER_SLOTS,
  type Parameter,
  type ParameterValues,
  trainingParameters,
  valueOf,
} from '../parameters'
import type { Evaluation, MicroBatch, MicroBatchLosses, MicroBatchSettings, Trainer } from '../trainer'
import { tidied, type TensorflowScript } from './load-script'
import { scriptLogits, type ScriptMode, scriptOperations } from './script-network'

type Tensors = ReadonlyMap<string, Tensor>

/** Trains in plain JavaScript, with the same network, optimizer and order of samples as the native library. */
export class ScriptTrainer implements Trainer {
  private readonly model: readonly Parameter[]
  private readonly trained: readonly Parameter[]
  private values: ReadonlyMap<string, Float32Array> = new Map()

  constructor(
    private readonly tf: TensorflowScript,
    private readonly architecture: Architecture,
  ) {
    this.model = modelParameters(architecture)
    this.trained = this.model.filter(({ role }) => role === 'trained')
  }

  train(batch: MicroBatch, settings: MicroBatchSettings): MicroBatchLosses {
    const observed = new Map<string, Float32Array>()
    const { losses, gradients } = tidied(this.tf, () => this.differentiate(batch, settings, observed))
    for (const [name, values] of observed) follow(valueOf(this.values, name), values, settings.statisticsRate)
    for (const { name } of this.trained) this.learn(name, valueOf(gradients, name), settings.update)
    return losses
  }

  followStatistics(pixels: Uint8Array, rate: number): void {
    const observed = new Map<string, Float32Array>()
    const onStatistic = (name: string, statistic: Tensor): void => void observed.set(name, floats(statistic))
    tidied(this.tf, () => {
      const network = this.network(this.parameterTensors(), {
        kind: 'training',
        dropoutSeed: null,
        onStatistic,
      })
      network.decode(network.encode(this.pixelTensor(pixels)))
    })
    for (const [name, values] of observed) follow(valueOf(this.values, name), values, rate)
  }

  evaluate(batch: MicroBatch): Evaluation {
    const { tf } = this
    return tidied(tf, () => {
      const tensors = this.parameterTensors()
      const pixels = this.pixelTensor(batch.pixels)
      const network = this.network(tensors, { kind: 'evaluation' })
      const bottleneck = network.encode(pixels)
      const meanSquaredError = scalar(tf.losses.meanSquaredError(pixels, network.decode(bottleneck)))
      const logits = this.logits(tensors, bottleneck)
      if (logits === null || batch.labels === null) return { meanSquaredError, correct: null }
      const equal = logits.argMax(1).equal(tf.tensor1d(batch.labels, 'int32'))
      return { meanSquaredError, correct: scalar(equal.sum()) }
    })
  }

  reconstruct(pixels: Uint8Array): Float32Array {
    return tidied(this.tf, () => {
      const network = this.network(this.parameterTensors(), { kind: 'evaluation' })
      return floats(network.decode(network.encode(this.pixelTensor(pixels))))
    })
  }

  read(): ParameterValues {
    return new Map([...this.values].map(([name, values]) => [name, values.slice()]))
  }

  assign(values: ParameterValues): void {
    const names = trainingParameters(this.architecture).map(({ name }) => name)
    this.values = new Map(names.map((name) => [name, valueOf(values, name).slice()]))
  }

  close(): void {
    this.values = new Map()
  }

  private differentiate(
    batch: MicroBatch,
    settings: MicroBatchSettings,
    observed: Map<string, Float32Array>,
  ): { readonly losses: MicroBatchLosses; readonly gradients: ParameterValues } {
    const { tf } = this
    const pixels = this.pixelTensor(batch.pixels)
    const onStatistic = (name: string, statistic: Tensor): void => void observed.set(name, floats(statistic))
    const mode = { kind: 'training', dropoutSeed: settings.dropoutSeed, onStatistic } as const
    let losses: MicroBatchLosses = { meanSquaredError: NaN, headLoss: null }
    const loss = (...tensors: Tensor[]): Scalar => {
      const parameters = new Map(this.trained.map(({ name }, index) => [name, tensors[index] as Tensor]))
      const network = this.network(parameters, mode)
      const bottleneck = network.encode(pixels)
      const error: Scalar = tf.losses.meanSquaredError(pixels, network.decode(bottleneck))
      const logits = this.logits(parameters, bottleneck)
      const head = logits === null || batch.labels === null ? null : this.crossEntropy(logits, batch.labels)
      losses = { meanSquaredError: scalar(error), headLoss: head === null ? null : scalar(head) }
      const total = error.mul<Scalar>(settings.share)
      return head === null ? total : total.add(head.mul(settings.labelledShare))
    }
    const gradients = tf.grads(loss)(this.trained.map((parameter) => this.tensorOf(parameter)))
    const byName = new Map(this.trained.map(({ name }, index) => [name, floats(gradients[index] as Tensor)]))
    return { losses, gradients: byName }
  }

  /** Sum over the labelled samples: −1 is no class, so its row of the one-hot matrix is empty. */
  private crossEntropy(logits: Tensor2D, labels: Int32Array): Scalar {
    const { tf } = this
    const classes = tf.oneHot(tf.tensor1d(labels, 'int32'), logits.shape[1]).cast('float32')
    return tf.logSoftmax(logits).mul(classes).sum<Scalar>().neg()
  }

  /** Adds a gradient to those of the batch so far; with the last one, takes a step of Adam (see `applyAdam`). */
  private learn(name: string, gradient: Float32Array, update: MicroBatchSettings['update']): void {
    const slot = (suffix: string): Float32Array => valueOf(this.values, `${name}/${suffix}`)
    const sums = slot(OPTIMIZER_SLOTS.sum)
    for (let at = 0; at < sums.length; at += 1) sums[at] = (sums[at] ?? 0) + (gradient[at] ?? 0)
    if (update === null) return
    const [values, first, second] = [
      valueOf(this.values, name),
      slot(OPTIMIZER_SLOTS.first),
      slot(OPTIMIZER_SLOTS.second),
    ]
    const { firstDecay, secondDecay, epsilon } = ADAM
    const rate =
      (update.learningRate * Math.sqrt(1 - secondDecay ** update.step)) / (1 - firstDecay ** update.step)
    for (let at = 0; at < sums.length; at += 1) {
      const slope = sums[at] ?? 0
      const moved = (first[at] = (first[at] ?? 0) + (1 - firstDecay) * (slope - (first[at] ?? 0)))
      const spread = (second[at] =
        (second[at] ?? 0) + (1 - secondDecay) * (slope * slope - (second[at] ?? 0)))
      values[at] = (values[at] ?? 0) - (rate * moved) / (Math.sqrt(spread) + epsilon)
    }
    sums.fill(0)
  }

  private network(parameters: Tensors, mode: ScriptMode): Network<Tensor4D> {
    const options = {
      architecture: this.architecture,
      parameter: (name: string) => tensorOf(parameters, name),
      mode,
    }
    return createNetwork(this.architecture, scriptOperations(this.tf, options), () => undefined)
  }

  private logits(parameters: Tensors, bottleneck: Tensor4D): Tensor2D | null {
    const { head } = this.architecture
    if (head === null) return null
    const parameter = (name: string): Tensor => tensorOf(parameters, name)
    return scriptLogits(this.tf, bottleneck, { parameter, weight: head.weight })
  }

  private parameterTensors(): Tensors {
    return new Map(this.model.map((parameter) => [parameter.name, this.tensorOf(parameter)]))
  }

  private tensorOf({ name, shape }: Parameter): Tensor {
    return this.tf.tensor(valueOf(this.values, name), [...shape])
  }

  private pixelTensor(pixels: Uint8Array): Tensor4D {
    return pixelTensor(this.tf, this.architecture, pixels)
  }
}

/** Grey bytes as numbers in [0, 1] [samples, size, size, 1]. */
export function pixelTensor(tf: TensorflowScript, { inputSize }: Architecture, pixels: Uint8Array): Tensor4D {
  const samples = pixels.length / inputSize ** 2
  return tf.tensor4d(
    Float32Array.from(pixels, (grey) => grey / 255),
    [samples, inputSize, inputSize, 1],
  )
}

export function tensorOf(tensors: Tensors, name: string): Tensor {
  const tensor = tensors.get(name)
  if (tensor === undefined) throw new Error(`The model has no parameter ${name}.`)
  return tensor
}

export function floats(tensor: Tensor): Float32Array {
  return Float32Array.from(tensor.dataSync())
}

function scalar(tensor: Tensor): number {
  return tensor.dataSync()[0] ?? NaN
}

function follow(kept: Float32Array, observed: Float32Array, rate: number): void {
  for (let at = 0; at < kept.length; at += 1)
    kept[at] = (kept[at] ?? 0) - rate * ((kept[at] ?? 0) - (observed[at] ?? 0))
}
