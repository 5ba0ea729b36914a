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
  readonly architecture: Architecture
  readonly layers: readonly Layer[]
  readonly values: ParameterValues
  readonly model: TrainedModel
  readonly samples: SampleSource
  readonly bottlenecks: Map<number, Float32Array>
}

/** A model that is loaded or being loaded, and how many requests are looking at it. */
interface Shelf {
  /** Which weights of which run on which samples. */
  readonly key: string
  readonly loaded: Promise<LoadedModel>
  users: number
}

export interface ExplorerOptions {
  readonly loadModel: (architecture: Architecture, values: ParameterValues) => Promise<TrainedModel>
  readonly elapsedMs: () => number
}

export class Explorer {
  private shelf: Shelf | null = null

  constructor(private readonly options: ExplorerOptions) {}

  /** @throws training/no-checkpoint, exploration/channel-unknown, sampling/index-unknown */
  reconstruct(request: ReconstructRequest): Promise<ReconstructedSample> {
    return this.withModel(request, (loaded) => {
      const size = loaded.architecture.inputSize
      const original = loaded.samples.pixels([request.index])
      const bottleneck = scaleChannels(
        loaded,
        bottleneckOf(loaded, request.index, original),
        request.channels,
      )
      const output = loaded.model.decode(bottleneck)
      return { size, original, reconstruction: toGreyBytes(output), mse: squaredErrorOf(output, original) }
    })
  }

  /** @throws training/no-checkpoint, exploration/layer-unknown, sampling/index-unknown */
  activations(request: ActivationRequest): Promise<ActivationMaps> {
    return this.withModel(request, (loaded) => {
      const { name, height, width, channels } = layerOf(loaded, request.layer)
      return {
        height,
        width,
        channels,
        maps: loaded.model.layer(name, loaded.samples.pixels([request.index])),
      }
    })
  }

  /** @throws training/no-checkpoint, exploration/layer-unknown */
  kernels(request: ModelReference & { readonly layer: string }): Promise<KernelWeights> {
    return this.withModel(request, (loaded) => {
      const { name, kind, kernel, inputChannels, channels } = layerOf(loaded, request.layer)
      if (kind === 'bottleneck') {
        const layers = loaded.layers.filter((layer) => layer.kind !== 'bottleneck')
        throw AppError.of('exploration/layer-unknown', {
          layer: name,
          layers: layers.map((layer) => layer.name),
        })
      }
      return {
        kernel,
        inputChannels,
        filters: channels,
        weights: valueOf(loaded.values, `${name}/kernel`).slice(),
      }
    })
  }

  /** @throws training/no-checkpoint, sampling/index-unknown, Cancelled */
  featurePass(
    request: FeaturePassRequest,
    context: { readonly signal: AbortSignal; readonly onProgress: (done: number, total: number) => void },
  ): Promise<FeaturePass> {
    return this.withModel(request, async ({ model, samples, layers }) => {
      const startMs = this.options.elapsedMs()
      const channels = await runFeaturePass({ ...request, ...context, model, samples, layers })
      return { channels, seconds: (this.options.elapsedMs() - startMs) / 1000 }
    })
  }

  /**
   * Looks at the newest good weights of a run, loaded again when training has saved newer ones. A model that another
   * request still looks at is let go only when that one has done.
   */
  private async withModel<Result>(
    reference: ModelReference,
    look: (loaded: LoadedModel) => Result | Promise<Result>,
  ): Promise<Result> {
    const shelf = this.shelfFor(reference)
    shelf.users += 1
    try {
      return await look(await shelf.loaded)
    } finally {
      shelf.users -= 1
      if (this.shelf !== shelf) await release(shelf)
    }
  }

  private shelfFor(reference: ModelReference): Shelf {
    const checkpoints = new CheckpointFolder(reference.runFolder)
    const key = [reference.runFolder, checkpoints.newestName(), reference.sampleFile].join('\n')
    if (this.shelf?.key === key) return this.shelf
    const earlier = this.shelf
    const shelf = { key, loaded: this.load(reference, checkpoints), users: 0 }
    this.shelf = shelf
    // A model that could not be loaded is tried again when next asked for; who asked now is told by `withModel`.
    shelf.loaded.catch(() => {
      if (this.shelf === shelf) this.shelf = null
    })
    if (earlier !== null) void release(earlier)
    return shelf
  }

  private async load(
    { plan, sampleFile }: ModelReference,
    checkpoints: CheckpointFolder,
  ): Promise<LoadedModel> {
    const { architecture } = plan
    const { checkpoint } = checkpoints.newest(modelParameters(architecture))
    if (checkpoint === null) throw AppError.of('training/no-checkpoint', { run: plan.run })
    const { values } = checkpoint
    const { layers } = describeArchitecture(architecture)
    const model = await this.options.loadModel(architecture, values)
    const samples = openSamples(sampleFile, plan)
    return { architecture, layers, values, model, samples, bottlenecks: new Map() }
  }
}

/** Lets a model go that nobody looks at any more. */
async function release(shelf: Shelf): Promise<void> {
  if (shelf.users > 0) return
  const loaded = await shelf.loaded.catch(() => null)
  loaded?.model.close()
  loaded?.samples.close()
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
