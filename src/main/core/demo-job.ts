/** The whole path as one job: engrave the demo corpus into a new project, import, sample, train, look. */
import type { LocalApi } from '@shared/api'
import type { FeatureReport } from '@shared/domain/feature'
import type { DemoReport } from '@shared/domain/job'
import type { ImportReport } from '@shared/domain/page'
import { DEMO_EPOCHS } from '@shared/domain/presets'
import type { RunSummary } from '@shared/domain/run'
import type { SampleReport } from '@shared/domain/sample-set'
import { REQUESTS, type RequestOutput } from '@shared/requests'
import type { JobContext, Jobs, ProjectAccess } from './ports'

/** The stages, each as its own folder carries it out; given by core/parts.ts. */
export interface DemoStages {
  readonly projects: ProjectAccess
  readonly jobs: Jobs
  /** Makes the project and marks it as synthetic. */
  readonly createProject: (folder: string, context: { readonly signal: AbortSignal }) => Promise<void>
  readonly engrave: (folder: string, seed: number, context: JobContext) => Promise<void>
  readonly importFolder: (
    request: RequestOutput<'corpus', 'import'>,
    context: JobContext,
  ) => Promise<ImportReport>
  readonly drawSamples: (
    request: RequestOutput<'sampling', 'draw'>,
    context: JobContext,
  ) => Promise<SampleReport>
  readonly train: (request: RequestOutput<'training', 'start'>, context: JobContext) => Promise<RunSummary>
  readonly computeFeatures: (run: string, context: JobContext) => Promise<FeatureReport>
  readonly runSummary: (run: string) => RunSummary
}

/** Where the engraved pages lie within the project. */
const CORPUS_FOLDER = 'demo-corpus'

export const ENGRAVING = 'Engraving the demo corpus'

/** Ends of the stages in thousandths of the whole, as long as they take on two cores. */
const ENDS = { engrave: 250, import: 300, sample: 350, train: 900, features: 1000 } as const
const WHOLE = 1000

export function createDemoJob(stages: DemoStages): LocalApi['project']['demo'] {
  return async ({ folder, seed, epochs }, context) => {
    await stages.createProject(folder, context)
    return stages.jobs.start('demo', { label: ENGRAVING, subject: null }, (job) =>
      walkThePath(stages, { seed, epochs: epochs ?? DEMO_EPOCHS }, job),
    )
  }
}

async function walkThePath(
  stages: DemoStages,
  { seed, epochs }: { readonly seed: number; readonly epochs: number },
  job: JobContext,
): Promise<DemoReport> {
  const project = stages.projects.required()
  const corpus = project.path(CORPUS_FOLDER)
  await stages.engrave(corpus, seed, part(job, 0, ENDS.engrave))
  const imported = await stages.importFolder(
    REQUESTS.corpus.import.parse({ folder: corpus, storage: 'link' }),
    part(job, ENDS.engrave, ENDS.import),
  )
  const sample = await stages.drawSamples(
    REQUESTS.sampling.draw.parse({ seed }),
    part(job, ENDS.import, ENDS.sample),
  )
  const { run } = await stages.train(
    REQUESTS.training.start.parse({ seed, epochs, preset: 'quick', sampleSet: sample.sampleSet }),
    part(job, ENDS.sample, ENDS.train),
  )
  const features = await stages.computeFeatures(run, part(job, ENDS.train, ENDS.features))
  return { project: project.folder, import: imported, sample, train: stages.runSummary(run), features }
}

/** The same job, seen by one stage: its own progress from nothing to all becomes a part of the whole. */
function part(job: JobContext, from: number, to: number): JobContext {
  return {
    job: job.job,
    signal: job.signal,
    progress: ({ label, done, total }) => {
      const share = total > 0 ? Math.min(1, done / total) : 0
      job.progress({ label, done: from + (to - from) * share, total: WHOLE })
    },
  }
}
