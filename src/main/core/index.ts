/** The core's front: `createCore(dependencies)`. The only place where the core's folders meet. */
import { type LocalApi, METHODS, type RemoteApi } from '@shared/api'
import { createApi } from '@shared/caller'
import type { EngineEventName, EngineEvents } from '@shared/events'
import { parsePicture } from '@shared/pictures'
import { createCorpus } from './corpus'
import { createDemoJob, ENGRAVING } from './demo-job'
import { engraveDemoCorpus } from './demonstration'
import { createDoor } from './door'
import { createEventHub } from './event-hub'
import { createExploration } from './exploration'
import type { RandomBytes } from './identifiers'
import { askInProcess } from './in-process'
import { createFindings } from './findings'
import { createJobs } from './jobs'
import { createLatent } from './latent'
import { createNaming } from './naming'
import type { Clock, LaunchCompute } from './ports'
import { createProjects } from './project'
import { createSampling } from './sampling'
import { createSeries } from './series'
import { readCropPicture } from './sampling/crop-reader'
import { splitSamples } from './sampling/split'
import { createSharing } from './sharing'
import { createSymbols } from './symbols'
import { createStatistics, measureBaselines } from './statistics'
import { createSystem, createTuning } from './system'
import { createTraining } from './training'
import { freeMemoryBytes } from './training/free-memory'

/** What the core is given by whoever starts it: engine, command line, tests. */
export interface CoreDependencies {
  /** Folder for what belongs to the user, not to a project: recent projects. */
  readonly settingsFolder: string
  readonly launchCompute: LaunchCompute
  readonly clock: Clock
  /** node:crypto's randomBytes in earnest; names of runs and jobs come from it, nothing that is computed does. */
  readonly randomBytes: RandomBytes
  /** Scorescope's version. */
  readonly version: string
  /** One line for the log: what was slow, what was recovered, bugs with their stack. */
  readonly log: (line: string) => void
  /** Compute a run's features as soon as it is trained; true unless said otherwise. */
  readonly featuresAfterTraining?: boolean
  /** Memory that a training may take; what the machine says unless given. */
  readonly freeMemoryBytes?: () => number
  /** Before the first long training on a machine, measure which settings suit it; not unless said. */
  readonly tuneAtFirstUse?: boolean
}

/** The engine in this process. */
export interface Core {
  /** The whole contract; every request is checked at the door. */
  readonly api: RemoteApi
  /** Returns the function that stops listening. */
  on<Name extends EngineEventName>(event: Name, listener: (value: EngineEvents[Name]) => void): () => void
  /** Keeps what runs so that it can be gone on from, stops all processes, closes the project, frees its lock. */
  close(): Promise<void>
}

export function createCore(dependencies: CoreDependencies): Core {
  const { settingsFolder, clock, randomBytes, version, log } = dependencies
  const tuning = createTuning({ settingsFolder, launchCompute: dependencies.launchCompute, clock, log })
  const { launch: launchCompute } = tuning
  const hub = createEventHub()
  const { emit } = hub
  const projects = createProjects({ settingsFolder, clock, emit, version, log })
  const { access } = projects
  const onBug = (error: unknown, doing: string): void => {
    log(
      `${doing} failed unexpectedly: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
  }
  const { jobs, api: jobsApi } = createJobs({ projects: access, clock, emit, randomBytes, onBug })
  const corpus = createCorpus({ projects: access, jobs, clock })
  const sampling = createSampling({ projects: access, jobs, clock, corpus })
  const common = { projects: access, jobs, clock, emit, launchCompute, samples: sampling }
  const featuresByThemselves = dependencies.featuresAfterTraining ?? true
  const queueFeatures = (run: string): void => {
    if (featuresByThemselves) exploration.queueFeatures(run)
  }
  const recorded = { randomBytes, version, log }
  const scoring = { splitSamples, measureBaselines }
  const machine = {
    freeMemoryBytes: dependencies.freeMemoryBytes ?? freeMemoryBytes,
    runtimeSettings: () => tuning.current()?.chosen ?? null,
    measureFirst: dependencies.tuneAtFirstUse === true ? tuning.measureFirst.bind(tuning) : null,
  }
  const training = createTraining({
    ...common,
    ...recorded,
    ...scoring,
    ...machine,
    onTrained: queueFeatures,
  })
  const exploration = createExploration({
    ...common,
    runs: training.runs,
    pages: {
      decodePage: (page) => corpus.decodePage(page),
      pagesOf: async (piece, signal) => {
        const { items } = await corpus.api.pages({ piece, offset: 0, limit: 100_000 }, { signal })
        return items
      },
    },
    log,
    goOn: featuresByThemselves,
  })
  const statistics = createStatistics({ ...common, runs: training.runs })
  const series = createSeries({
    ...common,
    randomBytes,
    training,
    runs: training.runs,
    evaluate: statistics.evaluate,
    evaluation: statistics.evaluation,
    onTrained: queueFeatures,
  })
  const symbols = createSymbols({ ...common, runs: training.runs, readPicture: readCropPicture })
  const findings = createFindings({
    ...common,
    runs: training.runs,
    features: exploration.features,
    staffSpace: async (page, signal) =>
      (await corpus.api.staffSpace({ page }, { signal }))?.spacePixels ?? null,
    kernels: async (run, layer, signal) => exploration.api.kernels({ run, layer }, { signal }),
  })
  const latent = createLatent({
    ...common,
    runs: training.runs,
    features: exploration.features,
    evaluationOf: statistics.evaluation,
    askCompute: exploration.ask,
  })
  const naming = createNaming({
    projects: access,
    clock,
    plan: training.runs.plan,
    contrasts: (run, field) => findings.storedContrasts(run, field),
  })
  const sharing = createSharing({
    ...recorded,
    launchCompute,
    runs: { ...training.runs, beginImport: training.beginImport },
    samples: sampling,
    onImported: queueFeatures,
  })
  const demo = createDemoJob({
    projects: access,
    jobs,
    createProject: async (folder, context) => {
      await projects.api.create({ folder }, context)
      projects.markSynthetic()
    },
    engrave: async (folder, seed, job) => {
      const onProgress = (done: number, total: number): void => {
        // One label for all pieces, so that the time left is judged by all of them.
        job.progress({ label: ENGRAVING, done, total })
      }
      await engraveDemoCorpus({ folder, seed, onProgress, signal: job.signal })
    },
    importFolder: (request, job) => corpus.importFolder(request, job),
    drawSamples: (request, job) => sampling.drawSamples(request, job),
    train: training.train,
    computeFeatures: exploration.computeFeatures,
    runSummary: training.runs.summary,
  })
  const local: LocalApi = {
    project: { ...projects.api, demo },
    corpus: corpus.api,
    sampling: sampling.api,
    training: { ...training.api, ...statistics.api },
    series: series.api,
    symbols: symbols.api,
    exploration: exploration.api,
    findings: findings.api,
    latent: latent.api,
    naming: naming.api,
    sharing: sharing.api,
    jobs: jobsApi,
    pictures: {
      read: ({ address }, { signal }) => {
        const picture = parsePicture(address)
        if (picture.kind === 'crop') return sampling.readCrop(picture)
        return picture.kind === 'symbol' ? symbols.readPicture(picture, signal) : corpus.readPicture(picture)
      },
    },
    system: createSystem({ launchCompute: dependencies.launchCompute, version, tuning, jobs }).api,
  }
  return {
    api: createApi<RemoteApi>(METHODS, askInProcess(createDoor(local))),
    on: (event, listener) => hub.on(event, listener),
    async close() {
      await projects.close()
      await exploration.close()
      hub.close()
    },
  }
}
