/** Exploration: features, kernels, activations and reconstructions of trained models. */
import type { LocalApi } from '@shared/api'
import type { ModelReference } from '@shared/compute-api'
import type { FeatureReport } from '@shared/domain/feature'
import { AppError } from '@shared/errors'
import type { JobContext } from '../ports'
import { FeaturePasses, type FeaturePassDependencies } from './feature-pass'
import { findReport, readFeatures } from './feature-records'
import { ModelGeometry } from './features'
import { WarmCompute } from './warm-compute'

export interface Exploration {
  readonly api: LocalApi['exploration']
  /** The feature pass within another job. */
  readonly computeFeatures: (run: string, context: JobContext) => Promise<FeatureReport>
  /** Starts the feature pass as a job of its own, as soon as no other is going on. */
  queueFeatures(run: string): void
  /** Ends the warm process. */
  close(): Promise<void>
}

export type ExplorationDependencies = FeaturePassDependencies

export function createExploration(dependencies: ExplorationDependencies): Exploration {
  const warm = new WarmCompute(dependencies.launchCompute)
  const passes = new FeaturePasses(dependencies)
  dependencies.projects.onClosing(() => warm.close())
  return {
    api: createExplorationApi(dependencies, warm, passes),
    computeFeatures: (run, context) => passes.compute(run, context),
    queueFeatures: (run) => {
      passes.enqueue(run)
    },
    close: () => warm.close(),
  }
}

function createExplorationApi(
  dependencies: ExplorationDependencies,
  warm: WarmCompute,
  passes: FeaturePasses,
): LocalApi['exploration'] {
  const { projects, runs, samples } = dependencies
  const geometry = (run: string): ModelGeometry => new ModelGeometry(runs.plan(run))
  return {
    layers: ({ run }) => geometry(run).description,
    computeFeatures: ({ run }) => passes.start(run),
    features({ run, layer }) {
      const model = geometry(run)
      if (layer !== undefined) model.layer(layer)
      requireFeatures(dependencies, run)
      const order = new Map(model.description.layers.map(({ name }, index) => [name, index]))
      return readFeatures(projects.required().database, run, { layer })
        .map((record) => model.summary(record))
        .sort((a, b) => (order.get(a.layer) ?? 0) - (order.get(b.layer) ?? 0) || a.channel - b.channel)
    },
    channel({ run, layer, channel }) {
      const model = geometry(run)
      model.requireChannel(model.layer(layer), channel)
      requireFeatures(dependencies, run)
      const [record] = readFeatures(projects.required().database, run, { layer, channel })
      if (record === undefined) throw AppError.of('exploration/features-missing', { run })
      return model.channelPage(record, samples.samplesOf(model.plan.sampleSet.id))
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
      requireSample(model, index)
      const reference = modelReference(dependencies, model)
      return warm.ask((api) => api.model.activations({ ...reference, layer, index }, { signal }))
    },
    async reconstruct({ run, index, channels }, { signal }) {
      const model = geometry(run)
      requireSample(model, index)
      const { bottleneck } = model
      for (const { channel } of channels) model.requireChannel(bottleneck, channel)
      const request = { ...modelReference(dependencies, model), index, channels }
      const reconstructed = await warm.ask((api) => api.model.reconstruct(request, { signal }))
      const off = channels.filter(({ scale }) => scale === 0)
      return { index, ...reconstructed, without: off.map(({ channel }) => `${bottleneck.name}/${channel}`) }
    },
  }
}

/** @throws AppError training/no-checkpoint */
function modelReference({ runs, samples }: ExplorationDependencies, { plan }: ModelGeometry): ModelReference {
  runs.requireWeights(plan.run)
  return { plan, runFolder: runs.folder(plan.run), sampleFile: samples.sampleFile(plan.sampleSet.id) }
}

function requireFeatures({ projects }: ExplorationDependencies, run: string): void {
  if (findReport(projects.required().database, run) === null)
    throw AppError.of('exploration/features-missing', { run })
}

function requireSample({ plan }: ModelGeometry, index: number): void {
  const { samples } = plan.sampleSet
  if (index >= samples) throw AppError.of('sampling/index-unknown', { index, samples })
}
