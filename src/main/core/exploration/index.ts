/** Exploration: features, kernels, activations and reconstructions of trained models. */
import type { LocalApi } from '@shared/api'
import type { ModelReference } from '@shared/compute-api'
import type { FeatureReport } from '@shared/domain/feature'
import { requireChannel } from '@shared/domain/layers'
import { AppError } from '@shared/errors'
import type { FeatureAccess, JobContext } from '../ports'
import { startAblation } from './ablation'
import { readAblation } from './ablation-records'
import { FeaturePasses, type FeaturePassDependencies } from './feature-pass'
import { type FeaturePassRecord, findPass, readDetails, readFeatures, readLayer } from './feature-records'
import { KeptTables } from './feature-tables'
import { channelPage, costOf, featureSummary } from './features'
import { ModelGeometry } from './model-geometry'
import {
  activateOnPage,
  activateOnPiece,
  type ChannelOnPages,
  type ExploredPages,
  KeptPieces,
} from './page-activation'
import { WarmCompute } from './warm-compute'

export interface Exploration {
  readonly api: LocalApi['exploration']
  /** The feature pass within another job. */
  readonly computeFeatures: (run: string, context: JobContext) => Promise<FeatureReport>
  /** Starts the feature pass as a job of its own, as soon as no other is going on. */
  queueFeatures(run: string): void
  /** What feature passes measured, sample by sample: for whoever counts on with it. */
  readonly features: FeatureAccess
  /** Asks the warm process; see warm-compute.ts. */
  readonly ask: WarmCompute['ask']
  /** Ends the warm process. */
  close(): Promise<void>
}

export interface ExplorationDependencies extends FeaturePassDependencies {
  readonly pages: ExploredPages
}

export function createExploration(dependencies: ExplorationDependencies): Exploration {
  const { projects, runs } = dependencies
  const warm = new WarmCompute(dependencies.launchCompute)
  const passes = new FeaturePasses(dependencies)
  const tables = new KeptTables({
    geometry: (run) => new ModelGeometry(runs.plan(run)),
    required: (run) => requirePass(dependencies, run),
    folder: (run) => runs.folder(run),
  })
  projects.onClosing(() => {
    tables.forget()
    return warm.close()
  })
  return {
    api: createExplorationApi(dependencies, warm, passes),
    computeFeatures: (run, context) => passes.compute(run, context),
    queueFeatures: (run) => {
      passes.enqueue(run)
    },
    features: tables,
    ask: (question) => warm.ask(question),
    close: () => warm.close(),
  }
}

function createExplorationApi(
  dependencies: ExplorationDependencies,
  warm: WarmCompute,
  passes: FeaturePasses,
): LocalApi['exploration'] {
  const { runs } = dependencies
  const geometry = (run: string): ModelGeometry => new ModelGeometry(runs.plan(run))
  return {
    layers: ({ run }) => geometry(run).description,
    computeFeatures: ({ run }) => passes.start(run),
    ...featureRequests(dependencies, geometry),
    ...pageRequests(dependencies, warm, geometry),
    ablate(choices) {
      geometry(choices.run).layer(choices.layer)
      return startAblation(dependencies, choices)
    },
    kernels({ run, layer }, { signal }) {
      const model = geometry(run)
      model.layer(layer)
      const reference = modelReference(dependencies, model)
      return warm.ask((api) => api.model.kernels({ ...reference, layer }, { signal }))
    },
    activations({ run, layer, index }, { signal }) {
      const model = geometry(run)
      model.layer(layer)
      model.requireSample(index)
      const reference = modelReference(dependencies, model)
      return warm.ask((api) => api.model.activations({ ...reference, layer, index }, { signal }))
    },
    async reconstruct({ run, index, channels }, { signal }) {
      const model = geometry(run)
      model.requireSample(index)
      for (const { layer, channel } of channels) requireChannel(model.layer(layer), channel)
      const request = { ...modelReference(dependencies, model), index, channels }
      const reconstructed = await warm.ask((api) => api.model.reconstruct(request, { signal }))
      const off = channels.filter(({ scale }) => scale === 0)
      return { index, ...reconstructed, without: off.map(({ layer, channel }) => `${layer}/${channel}`) }
    },
  }
}

/** What is answered from the catalogue, without a compute process. */
function featureRequests(
  dependencies: ExplorationDependencies,
  geometry: (run: string) => ModelGeometry,
): Pick<LocalApi['exploration'], 'features' | 'channel' | 'losses'> {
  const { projects, runs, samples } = dependencies
  const database = () => projects.required().database
  const ablationOf = (run: string, layer: string) =>
    readAblation(database(), { run, layer, weightsSha256: runs.summary(run).weightsSha256 })
  return {
    features({ run, layer }) {
      const model = geometry(run)
      if (layer !== undefined) model.layer(layer)
      requirePass(dependencies, run)
      const { layers } = model.description
      const ablations = new Map(layers.map(({ name }) => [name, ablationOf(run, name)]))
      const order = new Map(layers.map(({ name }, index) => [name, index]))
      return readFeatures(database(), run, { layer })
        .map((record) =>
          featureSummary(model, record, costOf(ablations.get(record.layer) ?? null, record.channel)),
        )
        .sort((a, b) => (order.get(a.layer) ?? 0) - (order.get(b.layer) ?? 0) || a.channel - b.channel)
    },
    channel({ run, layer, channel }) {
      const model = geometry(run)
      requireChannel(model.layer(layer), channel)
      const { samples: measured } = requirePass(dependencies, run)
      const [record] = readFeatures(database(), run, { layer, channel })
      const details = readDetails(database(), { run, layer, channel })
      if (record === undefined || details === null) throw AppError.of('exploration/features-missing', { run })
      return channelPage(model, {
        record,
        details,
        measured,
        layerRecords: readLayer(database(), run, layer),
        ablation: ablationOf(run, layer),
        samples: samples.samplesOf(model.plan.sampleSet.id),
      })
    },
    losses({ run, layer }) {
      geometry(run).layer(layer)
      return ablationOf(run, layer)
    },
  }
}

/** Whole pages and pieces under one channel. */
function pageRequests(
  dependencies: ExplorationDependencies,
  warm: WarmCompute,
  geometry: (run: string) => ModelGeometry,
): Pick<LocalApi['exploration'], 'pageActivation' | 'pieceActivation'> {
  const { runs, pages } = dependencies
  const kept = new KeptPieces((run) => runs.summary(run).weightsSha256)
  const channelOf = (
    request: { readonly run: string; readonly layer: string; readonly channel: number },
    signal: AbortSignal,
  ): ChannelOnPages => {
    const model = geometry(request.run)
    const layer = model.layer(request.layer)
    requireChannel(layer, request.channel)
    const reference = modelReference(dependencies, model)
    return {
      model,
      reference,
      layer,
      channel: request.channel,
      signal,
      pages,
      ask: (question) => warm.ask(question),
    }
  }
  return {
    pageActivation: ({ page, alignTo, ...channel }, { signal }) =>
      activateOnPage(channelOf(channel, signal), page, alignTo),
    pieceActivation: ({ piece, ...channel }, { signal }) =>
      activateOnPiece(channelOf(channel, signal), piece, kept),
  }
}

/** @throws AppError training/no-checkpoint */
function modelReference({ runs, samples }: ExplorationDependencies, { plan }: ModelGeometry): ModelReference {
  runs.requireWeights(plan.run)
  return { plan, runFolder: runs.folder(plan.run), sampleFile: samples.sampleFile(plan.sampleSet.id) }
}

/**
 * The run's complete pass; one of weights that the run had before it went on is as good as none.
 * @throws AppError exploration/features-missing
 */
function requirePass({ projects, runs }: ExplorationDependencies, run: string): FeaturePassRecord {
  const pass = findPass(projects.required().database, run)
  const { weightsSha256 } = runs.summary(run)
  if (pass === null || (weightsSha256 !== null && pass.weightsSha256 !== weightsSha256))
    throw AppError.of('exploration/features-missing', { run })
  return pass
}
