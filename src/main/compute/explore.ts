/** Looking into a trained model. The last one asked for stays loaded, so that the next look is quick. */
import type {
  ActivationMaps,
  ActivationRequest,
  FeaturePass,
  FeaturePassRequest,
  KernelWeights,
  ModelReference,
  ReconstructedSample,
  ReconstructRequest,
} from '@shared/compute-api'
import { type Architecture, describeArchitecture, type Layer } from '@shared/domain/architecture'
import { AppError } from '@shared/errors'
import { CheckpointFolder } from './checkpoint'
import { runFeaturePass } from './feature-pass'
import { modelParameters, type ParameterValues, valueOf } from './parameters'
import { squaredErrorOf, toGreyBytes } from './pixels'
import { openSamples, type SampleSource } from './samples'
import type { TrainedModel } from './trained-model'

/** Bottlenecks kept, so that switching channels off and on needs no encoding: at most 0.8 MB each at 448 × 448. */
const KEPT_BOTTLENECKS = 16

interface LoadedModel {
  /** Which weights of which run on which samples. */
  readonly key: string
  readonly architecture: Architecture
  readonly layers: readonly Layer[]
  readonly values: ParameterValues
  readonly model: TrainedModel
  readonly samples: SampleSource
  readonly bottlenecks: Map<number, Float32Array>
}

export interface ExplorerOptions {
  readonly loadModel: (architecture: Architecture, values: ParameterValues) => Promise<TrainedModel>
  readonly elapsedMs: () => number
}

export class Explorer {
  private loaded: LoadedModel | null = null

  constructor(private readonly options: ExplorerOptions) {}

  /** @throws training/no-checkpoint, exploration/channel-unknown, sampling/index-unknown */
  async reconstruct(request: ReconstructRequest): Promise<ReconstructedSample> {
    const loaded = await this.load(request)
    const size = loaded.architecture.inputSize
    const original = loaded.samples.pixels([request.index])
    const bottleneck = scaleChannels(loaded, bottleneckOf(loaded, request.index, original), request.channels)
    const output = loaded.model.decode(bottleneck)
    return { size, original, reconstruction: toGreyBytes(output), mse: squaredErrorOf(output, original) }
  }

  /** @throws training/no-checkpoint, exploration/layer-unknown, sampling/index-unknown */
  async activations(request: ActivationRequest): Promise<ActivationMaps> {
    const loaded = await this.load(request)
    const { name, height, width, channels } = layerOf(loaded, request.layer)
    return { height, width, channels, maps: loaded.model.layer(name, loaded.samples.pixels([request.index])) }
  }

  /** @throws training/no-checkpoint, exploration/layer-unknown */
  async kernels(request: ModelReference & { readonly layer: string }): Promise<KernelWeights> {
    const loaded = await this.load(request)
    const layer = layerOf(loaded, request.layer)
    if (layer.kind === 'bottleneck') {
      const layers = loaded.layers.filter(({ kind }) => kind !== 'bottleneck').map(({ name }) => name)
      throw AppError.of('exploration/layer-unknown', { layer: request.layer, layers })
    }
    const { kernel, inputChannels, channels: filters } = layer
    return { kernel, inputChannels, filters, weights: valueOf(loaded.values, `${layer.name}/kernel`).slice() }
  }

  /** @throws training/no-checkpoint, sampling/index-unknown, Cancelled */
  async featurePass(
    request: FeaturePassRequest,
    context: { readonly signal: AbortSignal; readonly onProgress: (done: number, total: number) => void },
  ): Promise<FeaturePass> {
    const { model, samples, layers } = await this.load(request)
    const startMs = this.options.elapsedMs()
    const channels = await runFeaturePass({ ...request, ...context, model, samples, layers })
    return { channels, seconds: (this.options.elapsedMs() - startMs) / 1000 }
  }

  close(): void {
    this.loaded?.model.close()
    this.loaded?.samples.close()
    this.loaded = null
  }

  /** The newest good weights of a run; loaded again when training has saved newer ones. */
  private async load({ plan, runFolder, sampleFile }: ModelReference): Promise<LoadedModel> {
    const checkpoints = new CheckpointFolder(runFolder)
    const key = [runFolder, checkpoints.newestName(), sampleFile].join('\n')
    if (this.loaded?.key === key) return this.loaded
    const parameters = modelParameters(plan.architecture)
    const { checkpoint } = checkpoints.newest(parameters)
    if (checkpoint === null) throw AppError.of('training/no-checkpoint', { run: plan.run })
    this.close()
    const { architecture } = plan
    const { values } = checkpoint
    const model = await this.options.loadModel(architecture, values)
    this.loaded = {
      key,
      architecture,
      layers: describeArchitecture(architecture).layers,
      values,
      model,
      samples: openSamples(sampleFile, plan),
      bottlenecks: new Map(),
    }
    return this.loaded
  }
}

function layerOf({ layers }: LoadedModel, name: string): Layer {
  const layer = layers.find((known) => known.name === name)
  if (layer !== undefined) return layer
  throw AppError.of('exploration/layer-unknown', { layer: name, layers: layers.map((known) => known.name) })
}

function bottleneckOf({ bottlenecks, model }: LoadedModel, index: number, pixels: Uint8Array): Float32Array {
  const known = bottlenecks.get(index)
  if (known !== undefined) return known
  const bottleneck = model.layer('bottleneck', pixels)
  const [oldest] = bottlenecks.keys()
  if (bottlenecks.size >= KEPT_BOTTLENECKS && oldest !== undefined) bottlenecks.delete(oldest)
  bottlenecks.set(index, bottleneck)
  return bottleneck
}

/** A copy of a bottleneck with some channels multiplied, at every position. */
function scaleChannels(
  loaded: LoadedModel,
  bottleneck: Float32Array,
  changes: ReconstructRequest['channels'],
): Float32Array {
  const { channels } = layerOf(loaded, 'bottleneck')
  const scaled = bottleneck.slice()
  for (const { channel, scale } of changes) {
    if (!Number.isInteger(channel) || channel < 0 || channel >= channels)
      throw AppError.of('exploration/channel-unknown', { layer: 'bottleneck', channel, channels })
    for (let at = channel; at < scaled.length; at += channels) scaled[at] = (scaled[at] ?? 0) * scale
  }
  return scaled
}
