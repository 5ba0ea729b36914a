/** The core's parts, each given what it needs of the others: the only place where the core's folders meet. */
import type { LocalApi } from '@shared/api'
import { parsePicture } from '@shared/pictures'
import { type Corpus, createCorpus } from './corpus'
import { createEditing } from './corpus/editing'
import { createFiles } from './corpus/files'
import { createWatching } from './corpus/watching'
import { createDemoJob, ENGRAVING } from './demo-job'
import { engraveDemoCorpus } from './demonstration'
import { createExploration } from './exploration'
import { createFindings } from './findings'
import { createHealth } from './health'
import type { RandomBytes } from './identifiers'
import { createJobs } from './jobs'
import { createLatent } from './latent'
import { createNaming } from './naming'
import type { Clock, Emit, Jobs, LaunchCompute, LaunchDecode, ProjectAccess } from './ports'
import { createProjects } from './project'
import { createSampling } from './sampling'
import { readCropPicture } from './sampling/crop-reader'
import { splitSamples } from './sampling/split'
import { createSeries } from './series'
import { createSharing } from './sharing'
import { createStatistics, measureBaselines } from './statistics'
import { createSymbols } from './symbols'
import { createSystem, createTuning } from './system'
import { createTraining } from './training'
import { freeMemoryBytes } from './training/free-memory'

/** What the core is given by whoever starts it: engine, command line, tests. */
export interface CoreDependencies {
  /** Folder for what belongs to the user, not to a project: recent projects. */
  readonly settingsFolder: string
  readonly launchCompute: LaunchCompute
  /** Absent: pages are decoded in this process, and a file that crashes the decoder takes it along. */
  readonly launchDecode?: LaunchDecode
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
  /** Look at the files of pages when a project opens, and import its watched folders by itself; not unless said. */
  readonly watchFiles?: boolean
}

/** Projects, jobs, pages and samples, on which everything else stands. */
function createFoundation(dependencies: CoreDependencies, emit: Emit) {
  const { settingsFolder, clock, randomBytes, version, log } = dependencies
  const tuning = createTuning({ settingsFolder, launchCompute: dependencies.launchCompute, clock, log })
  const projects = createProjects({ settingsFolder, clock, emit, version, log })
  const { access } = projects
  const onBug = (error: unknown, doing: string): void => {
    log(
      `${doing} failed unexpectedly: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
  }
  const explain = (error: unknown): unknown => projects.explain(error)
  const { jobs, api: jobsApi } = createJobs({ projects: access, clock, emit, randomBytes, onBug, explain })
  const { launchDecode } = dependencies
  const decoding = launchDecode === undefined ? {} : { launchDecode }
  const corpus = createCorpus({ projects: access, jobs, clock, ...decoding })
  const editing = createEditing({ projects: access, clock })
  const files = createFilesApi(
    { projects: access, jobs, clock, log },
    corpus,
    dependencies.watchFiles ?? false,
  )
  const sampling = createSampling({ projects: access, jobs, clock, corpus })
  const { launch: launchCompute } = tuning
  const common = { projects: access, jobs, clock, emit, launchCompute, samples: sampling }
  return { tuning, projects, jobs, jobsApi, corpus, editing, files, sampling, common }
}

/** The files of pages, and folders that bring in more. */
function createFilesApi(
  given: Pick<CoreDependencies, 'clock' | 'log'> & { readonly projects: ProjectAccess; readonly jobs: Jobs },
  corpus: Corpus,
  watchFiles: boolean,
): LocalApi['files'] {
  const files = createFiles({ ...given, decoder: corpus.decoder, lookWhenOpened: watchFiles })
  const importFolder: Corpus['importFolder'] = (request, context) => corpus.importFolder(request, context)
  const watching = createWatching({ ...given, importFolder, enabled: watchFiles })
  return { ...files.api, ...watching.api }
}

type Foundation = ReturnType<typeof createFoundation>

/** Training and scoring, and looking into what was trained. */
function createModels(dependencies: CoreDependencies, { tuning, corpus, sampling, common }: Foundation) {
  const { randomBytes, version, log } = dependencies
  const featuresByThemselves = dependencies.featuresAfterTraining ?? true
  const queueFeatures = (run: string): void => {
    if (featuresByThemselves) exploration.queueFeatures(run)
  }
  const recorded = { randomBytes, version, log }
  const training = createTraining({
    ...common,
    ...recorded,
    splitSamples,
    measureBaselines,
    freeMemoryBytes: dependencies.freeMemoryBytes ?? freeMemoryBytes,
    runtimeSettings: () => tuning.current()?.chosen ?? null,
    measureFirst: dependencies.tuneAtFirstUse === true ? tuning.measureFirst.bind(tuning) : null,
    onTrained: queueFeatures,
  })
  const { runs } = training
  const exploration = createExploration({
    ...common,
    runs,
    pages: {
      decodePage: (page, sampleSet) => sampling.decodePage(page, sampleSet),
      pagesOf: async (piece, signal) => {
        const { items } = await corpus.api.pages({ piece, offset: 0, limit: 100_000 }, { signal })
        return items
      },
    },
    log,
    goOn: featuresByThemselves,
  })
  const statistics = createStatistics({ ...common, runs })
  const { evaluate, evaluation } = statistics
  const series = createSeries({
    ...common,
    randomBytes,
    training,
    runs,
    evaluate,
    evaluation,
    onTrained: queueFeatures,
  })
  const sharing = createSharing({
    ...recorded,
    launchCompute: common.launchCompute,
    runs: { ...runs, beginImport: training.beginImport },
    samples: common.samples,
    onImported: queueFeatures,
  })
  return { training, exploration, statistics, series, sharing }
}

type Models = ReturnType<typeof createModels>

/** What is found out about a model's channels and codes. */
function createInsights({ corpus, common }: Foundation, { training, exploration, statistics }: Models) {
  const { runs } = training
  const looked = { ...common, runs, features: exploration.features }
  const symbols = createSymbols({ ...common, runs, readPicture: readCropPicture })
  const findings = createFindings({
    ...looked,
    staffSpace: async (page, signal) =>
      (await corpus.api.staffSpace({ page }, { signal }))?.spacePixels ?? null,
    kernels: async (run, layer, signal) => exploration.api.kernels({ run, layer }, { signal }),
  })
  const latent = createLatent({
    ...looked,
    evaluationOf: statistics.evaluation,
    askCompute: exploration.ask,
  })
  const naming = createNaming({
    projects: common.projects,
    clock: common.clock,
    plan: runs.plan,
    contrasts: (run, field) => findings.storedContrasts(run, field),
  })
  return { symbols, findings, latent, naming }
}

function createDemo(
  { projects, jobs, corpus, sampling }: Foundation,
  { training, exploration }: Models,
): LocalApi['project']['demo'] {
  return createDemoJob({
    projects: projects.access,
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
}

/** The whole contract, and how everything ends. */
export interface Parts {
  readonly api: LocalApi
  /** A failure as what it means for the open project. */
  explain(error: unknown): unknown
  close(): Promise<void>
}

export function createParts(dependencies: CoreDependencies, emit: Emit): Parts {
  const foundation = createFoundation(dependencies, emit)
  const { tuning, projects, jobs, jobsApi, corpus, editing, files, sampling } = foundation
  const models = createModels(dependencies, foundation)
  const { training, exploration, statistics, series, sharing } = models
  const health = createHealth({
    projects: projects.access,
    jobs,
    clock: dependencies.clock,
    looks: corpus.looks,
    page: (page) => corpus.page(page),
  })
  const { symbols, findings, latent, naming } = createInsights(foundation, models)
  const { launchCompute, version } = dependencies
  return {
    api: {
      project: { ...projects.api, demo: createDemo(foundation, models) },
      corpus: corpus.api,
      catalogue: editing.api,
      files,
      sampling: sampling.api,
      training: { ...training.api, ...statistics.api },
      series: series.api,
      symbols: symbols.api,
      exploration: exploration.api,
      findings: findings.api,
      latent: latent.api,
      health: health.api,
      naming: naming.api,
      sharing: sharing.api,
      jobs: jobsApi,
      pictures: {
        read: ({ address }, { signal }) => {
          const picture = parsePicture(address)
          if (picture.kind === 'crop') return sampling.readCrop(picture)
          return picture.kind === 'symbol'
            ? symbols.readPicture(picture, signal)
            : corpus.readPicture(picture)
        },
      },
      system: createSystem({ launchCompute, version, tuning, jobs }).api,
    },
    explain: (error) => projects.explain(error),
    async close() {
      await projects.close()
      await exploration.close()
      await corpus.close()
    },
  }
}
