/** Training: plans, runs and their records, one compute process per run. */
import type { LocalApi, Replies } from '@shared/api'
import type { JobReference } from '@shared/domain/job'
import { describeArchitecture } from '@shared/domain/architecture'
import type { RunPlan, RunSummary } from '@shared/domain/run'
import { AppError } from '@shared/errors'
import type { JobContext, Jobs } from '../ports'
import { readEpochReconstructions } from './epoch-reconstructions'
import { makeForecast, MEASURED_STEPS } from './forecast'
import { beginImport, type ImportedRun } from './imported-run'
import { readMetrics } from './metrics-log'
import type { TrainingChoices } from './plan'
import { createRunAccess, type RunAccess } from './run-access'
import { interruptLeftovers } from './recovery'
import { type PreparedRun, Trainer, type TrainerDependencies } from './trainer'

export type { RunAccess } from './run-access'

export interface TrainingDependencies extends TrainerDependencies {
  readonly jobs: Jobs
  /** Called when a run that was asked for by itself has finished or was stopped. */
  readonly onTrained: (run: string) => void
}

/** Scores are statistics' part of the noun. */
type TrainingApi = Omit<LocalApi['training'], 'evaluate' | 'evaluation'>

export interface Training {
  readonly api: TrainingApi
  readonly runs: RunAccess
  /** Trains within another job. */
  readonly train: (choices: TrainingChoices, context: JobContext) => Promise<RunSummary>
  /** A run whose weights come from elsewhere. @throws AppError project/no-write */
  readonly beginImport: (plan: RunPlan) => ImportedRun
}

export function createTraining(dependencies: TrainingDependencies): Training {
  const { projects, clock } = dependencies
  const runs = createRunAccess(projects)
  const trainer = new Trainer(dependencies, runs)
  projects.onOpened((project) => {
    interruptLeftovers(project, clock)
  })
  const desk = new TrainingDesk(dependencies, trainer, runs)
  return {
    api: createTrainingApi(dependencies, { desk, trainer, runs }),
    runs,
    async train(choices, context) {
      const prepared = await trainer.prepare(choices, context.signal)
      projects.announceChange()
      return trainer.carryOut(prepared, context)
    },
    beginImport: (plan) => beginImport(dependencies, plan),
  }
}

/** Starts runs as jobs of their own and reaches into them while they go on. */
class TrainingDesk {
  private preparing = false
  private readonly references = new Map<string, JobReference<'train'>>()

  constructor(
    private readonly dependencies: TrainingDependencies,
    private readonly trainer: Trainer,
    private readonly runs: RunAccess,
  ) {}

  /** One at a time: a second preparation is refused before it launches anything. */
  async begin(
    prepare: () => Promise<PreparedRun>,
  ): Promise<JobReference<'train'> & { readonly run: string }> {
    const [running] = this.references.values()
    if (running !== undefined || this.preparing)
      throw AppError.of('job/busy', { job: running?.job ?? 'about to begin', label: 'Training' })
    this.preparing = true
    try {
      return await this.startJob(await prepare())
    } finally {
      this.preparing = false
    }
  }

  /** Ends a run and waits until it has ended. */
  async cancel(run: string): Promise<void> {
    const reference = this.references.get(run)
    if (reference === undefined) throw AppError.of('training/not-running', { run })
    this.dependencies.jobs.cancel(reference.job)
    await this.dependencies.jobs.wait(reference).catch(() => undefined)
  }

  private async startJob(prepared: PreparedRun): Promise<JobReference<'train'> & { readonly run: string }> {
    const { jobs, projects, onTrained } = this.dependencies
    const { run } = prepared.plan
    try {
      const options = { label: 'Training', subject: run }
      const reference = jobs.start('train', options, async (context) => {
        try {
          return await this.trainer.carryOut(prepared, context)
        } finally {
          this.references.delete(run)
        }
      })
      this.references.set(run, reference)
      projects.announceChange()
      void jobs.wait(reference).then(
        () => {
          onTrained(run)
        },
        () => undefined,
      )
      return { ...reference, run }
    } catch (error) {
      await this.trainer.discard(prepared)
      throw error
    }
  }

  summary(run: string): RunSummary {
    return this.runs.summary(run)
  }
}

interface Parts {
  readonly desk: TrainingDesk
  readonly trainer: Trainer
  readonly runs: RunAccess
}

function createTrainingApi(dependencies: TrainingDependencies, parts: Parts): TrainingApi {
  const { projects } = dependencies
  const { desk, trainer, runs } = parts
  return {
    start: (choices, { signal }) => desk.begin(() => trainer.prepare(choices, signal)),
    resume: ({ run }, { signal }) => desk.begin(() => trainer.prepareResumption(run, signal)),
    async pause({ run }) {
      await trainer.session(run).pause()
      trainer.change(projects.required(), run, { status: 'paused' })
      return runs.summary(run)
    },
    async unpause({ run }) {
      await trainer.session(run).unpause()
      trainer.change(projects.required(), run, { status: 'running' })
      return runs.summary(run)
    },
    async stop({ run }) {
      await trainer.session(run).stop()
      return runs.summary(run)
    },
    async cancel({ run }) {
      await desk.cancel(run)
      return runs.summary(run)
    },
    forecast: (choices, { signal }) => forecast(dependencies, trainer, choices, signal),
    runs: () => runs.list(),
    run: ({ run }) => runs.summary(run),
    plan: ({ run }) => runs.plan(run),
    metrics({ run }) {
      runs.summary(run)
      trainer.flush(run)
      return readMetrics(projects.required().database, run)
    },
    epochReconstructions: ({ run, epoch }) => {
      const { epochs } = runs.summary(run)
      return readEpochReconstructions(runs.folder(run), { run, epoch, epochs })
    },
  }
}

async function forecast(
  { projects, launchCompute, samples }: TrainingDependencies,
  trainer: Trainer,
  choices: TrainingChoices,
  signal: AbortSignal,
): Promise<Replies['training']['forecast']> {
  const project = projects.required()
  const plan = trainer.plan(choices, 'forecast', {})
  const process = await launchCompute({ threads: plan.threads, doing: 'measuring training steps' })
  try {
    const sampleFile = samples.sampleFile(plan.sampleSet.id)
    const measured = await process.api.training.measure(
      { plan, sampleFile, steps: MEASURED_STEPS },
      { signal },
    )
    const { architecture } = plan
    const costs = makeForecast(plan, measured, { project, otherRunTraining: trainer.training })
    return { ...costs, architecture, description: describeArchitecture(architecture) }
  } finally {
    await process.stop()
  }
}
