/** The requests of the contract, answered from a FakeEngine's data. */
import type { LocalApi } from '@shared/api'
import type { RunSummary } from '@shared/domain/run'
import type { SeriesReport } from '@shared/domain/series'
import type { DoctorReport } from '@shared/domain/system'
import { AppError } from '@shared/errors'
import { catalogueApi } from './fake-catalogue'
import { FAKE_LIST, fakeImportPreview, fakeImportReport, fakeOrder, fakeTree } from './fake-corpus'
import type { FakeEngine } from './fake-engine'
import { explorationApi } from './fake-exploration'
import { findingsApi } from './fake-findings'
import { healthApi } from './fake-health'
import { latentApi } from './fake-latent'
import {
  FAKE_ARCHITECTURE,
  FAKE_DESCRIPTION,
  fakeEpochReconstructions,
  fakeImportedRun,
  fakeMetrics,
  fakePlan,
  fakeRun,
} from './fake-model'
import { filesApi } from './fake-files'
import { namingApi } from './fake-naming'
import { fakeCopy, fakeRepair } from './fake-repair'
import { samplingApi } from './fake-sampling'
import { fakeSeries } from './fake-series'
import { symbolsApi } from './fake-symbols'

/** Two systems of two staves. */
const FAKE_STAVES = {
  fall: 0,
  staves: [100, 220, 700, 820].map((top, place) => ({ top, bottom: top + 56, system: place < 2 ? 1 : 2 })),
}

export function fakeCoreApi(engine: FakeEngine): LocalApi {
  return {
    project: projectApi(engine),
    corpus: corpusApi(engine),
    catalogue: catalogueApi(engine),
    files: filesApi(engine),
    sampling: samplingApi(engine),
    training: trainingApi(engine),
    series: seriesApi(engine),
    exploration: explorationApi(engine),
    symbols: symbolsApi(engine),
    latent: latentApi(engine),
    findings: findingsApi(engine),
    health: healthApi(engine),
    naming: namingApi(engine),
    sharing: sharingApi(engine),
    jobs: {
      list: () => engine.jobs,
      get: ({ job }) => engine.job(job),
      wait: ({ job }) => engine.resultOf(engine.job(job)),
      cancel: ({ job }) => engine.endJob(job, { status: 'cancelled' }),
    },
    pictures: {
      read: ({ address }) => {
        throw AppError.of('picture/unknown', { address })
      },
    },
    system: {
      doctor: () => engine.doctor,
      tune: () => ({ job: engine.startJob('tune', 'Measuring this machine').job, kind: 'tune' }),
      tuning: () => engine.tuning,
      ping: ({ echo }) => ({ echo }),
    },
  }
}

export const FAKE_DOCTOR: DoctorReport = {
  version: '0.1.0',
  node: '24.19.0',
  platform: 'linux x64',
  backend: 'tensorflow',
  tensorflow: '2.21.0',
  devices: [{ name: '/device:CPU:0', type: 'CPU', memoryBytes: null }],
  gpu: {
    used: false,
    present: false,
    reason: 'There is no NVIDIA driver here: everything is computed on the processor.',
  },
  electron: { available: true, version: '45.4.1', reason: 'installed' },
  memory: { totalBytes: 16_000_000_000, freeBytes: 9_200_000_000 },
  cores: 8,
  natives: [
    { name: 'TensorFlow', version: '2.21.0', origin: 'wheel tensorflow-cpu 2.21.0' },
    { name: 'SQLite', version: '3.51.0', origin: 'better-sqlite3 13.2.0' },
  ],
  problems: [],
}

function projectApi(engine: FakeEngine): LocalApi['project'] {
  return {
    create: ({ folder }) => {
      if (!folder.endsWith('.scorescope')) throw AppError.of('project/bad-name', { folder })
      return engine.open(folder)
    },
    open: ({ folder }) => engine.open(folder),
    close: () => {
      engine.project = null
      engine.events.emit('project/changed', null)
      return null
    },
    current: () => engine.project,
    recent: () => engine.recent,
    forget: ({ folder }) => {
      engine.recent = engine.recent.filter((project) => project.folder !== folder)
      return engine.recent
    },
    backups: ({ folder }) => ({ ...engine.copies, folder }),
    backUp: () => {
      const { backups } = engine.copies
      engine.copies = { ...engine.copies, backups: [fakeCopy(backups.length + 1), ...backups] }
      return engine.copies
    },
    repair: ({ folder, how }) => {
      if (engine.project?.folder === folder) {
        engine.project = null
        engine.events.emit('project/changed', null)
      }
      return fakeRepair(folder, how === 'recover' ? null : how.backup)
    },
    demo: ({ folder }) => {
      engine.open(folder)
      return { job: engine.startJob('demo', 'Engraving the demo corpus').job, kind: 'demo' }
    },
  }
}

function corpusApi(engine: FakeEngine): LocalApi['corpus'] {
  return {
    import: ({ folder }) => {
      engine.lastImport = fakeImportReport(folder ?? 'files', engine.pages)
      return { job: engine.startJob('import', 'Importing pages').job, kind: 'import' }
    },
    preview: ({ levels }) => fakeImportPreview(engine.pages, levels),
    listPreview: () => FAKE_LIST,
    tree: () => fakeTree(engine.pages),
    counts: () => engine.summary(engine.project?.folder ?? '').counts,
    pages: (selection) => {
      const pages = engine.selectPages(selection)
      const { offset, limit } = selection
      return { total: pages.length, items: pages.slice(offset, offset + limit) }
    },
    order: ({ sortBy, ...selection }) => fakeOrder(engine.selectPages(selection), sortBy),
    describe: ({ pages }) => engine.pages.filter(({ id }) => pages.includes(id)),
    page: ({ page }) => {
      const found = engine.pages.find((known) => known.id === page)
      if (found === undefined) throw AppError.of('corpus/page-unknown', { page })
      return found
    },
    regions: ({ page }) => engine.regions.get(page) ?? [],
    staffSpace: ({ page }) =>
      engine.pages.some((known) => known.id === page) && !engine.staffless.includes(page)
        ? {
            spacePixels: engine.staffSpaces.get(page) ?? 14,
            linePixels: 2,
            agreement: 0.82,
            staves: FAKE_STAVES,
          }
        : null,
    lastImport: () => engine.lastImport,
  }
}

function trainingApi(engine: FakeEngine): LocalApi['training'] {
  const runOf = (run: string): RunSummary => {
    const found = engine.runs.find((known) => known.run === run)
    if (found === undefined) throw AppError.of('training/run-unknown', { run })
    return found
  }
  const replace = (changed: RunSummary): RunSummary => {
    engine.runs = engine.runs.map((known) => (known.run === changed.run ? changed : known))
    return changed
  }
  const change = (run: string, status: RunSummary['status']): RunSummary => {
    const changed = replace({ ...runOf(run), status })
    engine.events.emit('run/changed', { run, status })
    return changed
  }
  return {
    start: ({ name, preset, epochs, seed }) => {
      const run = `r${engine.runs.length + 1}`
      const begun = { status: 'running', epochs: 0, steps: 0, finishedAt: null, hasWeights: false } as const
      const planned = epochs ?? 20
      const results = { trainMse: null, validationMse: null, featuresReady: false, seconds: 0 }
      engine.runs = [
        fakeRun({ run, name: name ?? run, preset, seed, epochsPlanned: planned, ...begun, ...results }),
        ...engine.runs,
      ]
      return { job: engine.startJob('train', 'Training', run).job, kind: 'train', run }
    },
    forecast: () => ({
      secondsPerStep: 0.4,
      stepsPerEpoch: 15,
      totalSeconds: 130,
      peakMemoryBytes: 900_000_000,
      freeMemoryBytes: 9_200_000_000,
      diskBytes: 12_000_000,
      freeDiskBytes: 80_000_000_000,
      backend: 'tensorflow',
      warnings: [],
      architecture: FAKE_ARCHITECTURE,
      description: FAKE_DESCRIPTION,
    }),
    resume: ({ run }) => {
      change(run, 'running')
      return { job: engine.startJob('train', 'Training', run).job, kind: 'train', run }
    },
    pause: ({ run }) => change(run, 'paused'),
    unpause: ({ run }) => change(run, 'running'),
    stop: ({ run }) => change(run, 'stopped'),
    cancel: ({ run }) => change(run, 'cancelled'),
    runs: () => engine.runs,
    run: ({ run }) => runOf(run),
    plan: ({ run }) => fakePlan(runOf(run), engine.samples.length),
    metrics: ({ run }) => fakeMetrics(runOf(run)),
    epochReconstructions: ({ run, epoch }) => {
      runOf(run)
      return fakeEpochReconstructions(epoch)
    },
    evaluate: ({ run }) => ({ job: engine.startJob('evaluate', 'Evaluating', run).job, kind: 'evaluate' }),
    evaluation: ({ run }) => {
      runOf(run)
      return engine.evaluations.get(run) ?? null
    },
    describe: ({ run, name, tags, notes }) => {
      const known = runOf(run)
      return replace({
        ...known,
        name: name ?? known.name,
        tags: tags ?? known.tags,
        notes: notes ?? known.notes,
      })
    },
    live: ({ run }) => {
      runOf(run)
      return engine.lives.get(run) ?? null
    },
    prune: ({ run, keep }) => {
      const known = runOf(run)
      const checkpoints = Math.min(known.checkpoints, keep)
      const checkpointBytes = (known.checkpointBytes * checkpoints) / Math.max(1, known.checkpoints)
      return replace({ ...known, checkpoints, checkpointBytes })
    },
  }
}

function seriesApi(engine: FakeEngine): LocalApi['series'] {
  const reportOf = (series: string): SeriesReport => {
    const found = engine.series.find((known) => known.series === series)
    if (found === undefined) throw AppError.of('series/unknown', { series })
    return found
  }
  return {
    start: ({ kind, name }) => {
      const series = `s${engine.series.length + 1}`
      const begun = { ...fakeSeries(kind, 0), series, name: name ?? series, runs: [] }
      engine.series = [begun, ...engine.series]
      return { job: engine.startJob('series', 'Training a series', series).job, kind: 'series', series }
    },
    resume: ({ series }) => {
      reportOf(series)
      return { job: engine.startJob('series', 'Training a series', series).job, kind: 'series', series }
    },
    list: () => engine.series,
    report: ({ series }) => reportOf(series),
  }
}

function sharingApi(engine: FakeEngine): LocalApi['sharing'] {
  return {
    exportModel: ({ run, format, part, file }) => {
      const known = engine.runs.find((one) => one.run === run)
      if (known === undefined) throw AppError.of('training/run-unknown', { run })
      const weightsSha256 = known.weightsSha256 ?? ''
      const sizes = { sizeBytes: 1_200_000, tensors: 92, numbers: 304_000 }
      return { run, format, part, file, ...sizes, weightsSha256, leftOut: [] }
    },
    importModel: ({ file, name }) => {
      const run = fakeImportedRun(file, name)
      engine.runs = [run, ...engine.runs]
      return run
    },
  }
}
