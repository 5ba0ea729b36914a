/** Looking into a trained model. The last one asked for stays loaded, so that the next look is quick. */
import type {
  AblatedErrors,
  AblateRequest,
  ActivationMaps,
  ActivationRequest,
  DecodedMixes,
  DecodeMixRequest,
  FeaturePass,
  FeaturePassRequest,
  KernelWeights,
  ModelReference,
  PageMap,
  PageMapRequest,
  PictureResponses,
  ReconstructedSample,
  ReconstructRequest,
  SeveralSamplesRequest,
} from '@shared/compute-api'
import { type Architecture, describeArchitecture, type Layer } from '@shared/domain/architecture'
import { requireLayer } from '@shared/domain/layers'
import { AppError } from '@shared/errors'
import { ablateChannels, KeptActivations, scaledOutput } from './ablation'
import { CheckpointFolder } from './checkpoint'
import { decodeMixes } from './decode-mix'
import { runFeaturePass, samplesPerCall } from './feature-pass'
import { mapPage, tilingOf } from './page-map'
import { hashValues, modelParameters, type ParameterValues, valueOf } from './parameters'
import { squaredErrorOf, toGreyBytes } from './pixels'
import { measureResponses } from './responses'
import { openSamples, type SampleSource } from './samples'
import type { TrainedModel } from './trained-model'

interface LoadedModel {
  readonly architecture: Architecture
  readonly layers: readonly Layer[]
  readonly values: ParameterValues
  readonly model: TrainedModel
  readonly samples: SampleSource
  readonly kept: KeptActivations
  /** The same network for tiles of pages, made when first needed; by the side of a tile. */
  readonly tiled: Map<number, Promise<TrainedModel>>
}

/** A model that is loaded or being loaded, and how many requests are looking at it. */
interface Shelf {
  /** Which weights of which run on which samples. */
  readonly key: string
  readonly loaded: Promise<LoadedModel>
  users: number
}

interface ProgressContext {
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

export interface ExplorerOptions {
  readonly loadModel: (architecture: Architecture, values: ParameterValues) => Promise<TrainedModel>
  readonly elapsedMs: () => number
}

export class Explorer {
  private shelf: Shelf | null = null

  constructor(private readonly options: ExplorerOptions) {}

  /** @throws training/no-checkpoint, exploration/layer-unknown, exploration/channel-unknown, sampling/index-unknown */
  reconstruct(request: ReconstructRequest): Promise<ReconstructedSample> {
    return this.withModel(request, (loaded) => {
      const { index, channels } = request
      const size = loaded.architecture.inputSize
      const original = loaded.samples.pixels([index])
      const output = scaledOutput(loaded, { index, pixels: original, channels })
      return { size, original, reconstruction: toGreyBytes(output), mse: squaredErrorOf(output, original) }
    })
  }

  /** @throws training/no-checkpoint, exploration/layer-unknown, sampling/index-unknown */
  activations(request: ActivationRequest): Promise<ActivationMaps> {
    return this.withModel(request, (loaded) => {
      const { name, height, width, channels } = requireLayer(loaded.layers, request.layer)
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
      const { name, kind, kernel, inputChannels, channels } = requireLayer(loaded.layers, request.layer)
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
  featurePass(request: FeaturePassRequest, context: ProgressContext): Promise<FeaturePass> {
    return this.withModel(request, async ({ model, samples, layers, architecture, values }) => {
      const startMs = this.options.elapsedMs()
      const weightsSha256 = hashValues(modelParameters(architecture), values)
      const { seed, sampleSet } = request.plan
      const of = { model, samples, layers, weightsSha256, seed, sampleSet: sampleSet.hash }
      const pass = await runFeaturePass({ ...request, ...context, ...of })
      return { ...pass, weightsSha256, seconds: (this.options.elapsedMs() - startMs) / 1000 }
    })
  }

  /** @throws training/no-checkpoint, sampling/index-unknown, Cancelled */
  respond(request: SeveralSamplesRequest, context: ProgressContext): Promise<PictureResponses> {
    return this.withModel(request, ({ model, samples, layers, architecture }) => {
      const together = samplesPerCall(architecture.inputSize)
      return measureResponses({ ...context, model, samples, layers, together, indices: request.indices })
    })
  }

  /** @throws training/no-checkpoint, exploration/layer-unknown, sampling/index-unknown, Cancelled */
  ablate(request: AblateRequest, context: ProgressContext): Promise<AblatedErrors> {
    return this.withModel(request, async (loaded) => {
      const { model, samples, architecture, values } = loaded
      const together = samplesPerCall(architecture.inputSize)
      const of = { model, samples, together, layer: requireLayer(loaded.layers, request.layer) }
      const errors = await ablateChannels({ ...request, ...context, ...of })
      return { ...errors, weightsSha256: hashValues(modelParameters(architecture), values) }
    })
  }

  /** @throws training/no-checkpoint, sampling/index-unknown, Cancelled */
  decodeMix(
    { mixes, ...reference }: DecodeMixRequest,
    { signal }: Pick<ProgressContext, 'signal'>,
  ): Promise<DecodedMixes> {
    return this.withModel(reference, ({ model, samples, architecture }) => {
      const size = architecture.inputSize
      return decodeMixes({ model, samples, mixes, size, together: samplesPerCall(size), signal })
    })
  }

  /** @throws training/no-checkpoint, exploration/layer-unknown, Cancelled */
  pageMap(request: PageMapRequest, { signal }: Pick<ProgressContext, 'signal'>): Promise<PageMap> {
    return this.withModel(request, async (loaded) => {
      const { architecture } = loaded
      const tiling = tilingOf(architecture, requireLayer(loaded.layers, request.layer))
      const large = { ...architecture, inputSize: tiling.tile }
      const layer = requireLayer(describeArchitecture(large).layers, request.layer)
      const model = await this.tiledModel(loaded, large)
      return mapPage(request, { model, layer, tiling, period: 2 ** architecture.blocks.length, signal })
    })
  }

  /** The network does not know how large its input is, so the same weights serve for tiles of a page. */
  private tiledModel({ tiled, values }: LoadedModel, large: Architecture): Promise<TrainedModel> {
    const known = tiled.get(large.inputSize)
    if (known !== undefined) return known
    const made = this.options.loadModel(large, values)
    tiled.set(large.inputSize, made)
    // Tried again when next asked for; who asked now is told.
    made.catch(() => tiled.delete(large.inputSize))
    return made
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
    return { architecture, layers, values, model, samples, kept: new KeptActivations(), tiled: new Map() }
  }
}

/** Lets a model go that nobody looks at any more. */
async function release(shelf: Shelf): Promise<void> {
  if (shelf.users > 0) return
  const loaded = await shelf.loaded.catch(() => null)
  for (const tiled of loaded?.tiled.values() ?? []) (await tiled.catch(() => null))?.close()
  loaded?.model.close()
  loaded?.samples.close()
}
