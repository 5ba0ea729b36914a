/** Training: plans, runs and their records, one compute process per run. */
import type { LocalApi, Replies } from '@shared/api'
import type { JobReference } from '@shared/domain/job'
import { describeArchitecture } from '@shared/domain/architecture'
import type { RunLive, RunPlan, RunSummary } from '@shared/domain/run'
import { AppError } from '@shared/errors'
import type { JobContext, Jobs } from '../ports'
import { pruneCheckpoints } from './checkpoints'
import { requireDevice } from './device'
import { readEpochReconstructions } from './epoch-reconstructions'
import { makeForecast, MEASURED_STEPS, requireDiskSpace } from './forecast'
import { beginImport, type ImportedRun } from './imported-run'
import { readMetrics } from './metrics-log'
import type { PlannedRun, TrainingChoices } from './plan'
import { createRunAccess, type RunAccess } from './run-access'
import { interruptLeftovers } from './recovery'
import { distinctTags, type Membership } from './run-facts'
import { updateRun } from './run-records'
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
  readonly train: (
    choices: TrainingChoices,
    context: JobContext,
    membership?: Membership,
  ) => Promise<RunSummary>
  /** Goes on with a run within another job. @throws AppError training/not-resumable, … */
  readonly resume: (run: string, context: JobContext) => Promise<RunSummary>
  /**
   * What these trainings would be, with nothing begun: refuses what could not be trained or kept.
   * @throws AppError job/busy, model/…, training/no-space, training/too-few-groups
   */
  readonly plan: (choices: readonly TrainingChoices[]) => readonly PlannedRun[]
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
  const desk = new TrainingDesk(dependencies, trainer)
  return {
    api: createTrainingApi(dependencies, { desk, trainer, runs }),
    runs,
    async train(choices, context, membership) {
      const prepared = await trainer.prepare(choices, context.signal, membership)
      projects.announceChange()
      return trainer.carryOut(prepared, context)
    },
    async resume(run, context) {
      return trainer.carryOut(await trainer.prepareResumption({ run }, context.signal), context)
    },
    plan(choices) {
      desk.requireIdle()
      const planned = choices.map((each) => ({ ...trainer.plan(each, 'planned'), ...each }))
      requireDiskSpace(projects.required(), planned)
      return planned
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
  ) {}

  /** One at a time: a second preparation is refused before it launches anything. */
  async begin(
    prepare: () => Promise<PreparedRun>,
  ): Promise<JobReference<'train'> & { readonly run: string }> {
    this.requireIdle()
    this.preparing = true
    try {
      return await this.startJob(await prepare())
    } finally {
      this.preparing = false
    }
  }

  /** @throws AppError job/busy while something trains or is about to */
  requireIdle(): void {
    const [running] = this.references.values()
    if (running !== undefined || this.preparing)
      throw AppError.of('job/busy', { job: running?.job ?? 'about to begin', label: 'Training' })
    this.dependencies.jobs.requireFree('train')
  }

  /** Ends a run, with the series or demo that it is trained for, and waits until it has ended. */
  async cancel(run: string): Promise<void> {
    const { jobs } = this.dependencies
    const reference = this.references.get(run) ?? { job: this.trainer.session(run).job, kind: 'train' }
    jobs.cancel(reference.job)
    await jobs.wait(reference).catch(() => undefined)
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
    resume: (asked, { signal }) => desk.begin(() => trainer.prepareResumption(asked, signal)),
    async pause({ run }) {
      await trainer.tell(run, 'pause')
      trainer.change(projects.required(), run, { status: 'paused' })
      return runs.summary(run)
    },
    async unpause({ run }) {
      await trainer.tell(run, 'unpause')
      trainer.change(projects.required(), run, { status: 'running' })
      return runs.summary(run)
    },
    async stop({ run }) {
      await trainer.tell(run, 'stop')
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
    ...createRunDeskApi(dependencies, parts),
  }
}

/** What is done about runs besides training them. */
function createRunDeskApi(
  { projects, emit }: TrainingDependencies,
  { trainer, runs }: Parts,
): Pick<TrainingApi, 'describe' | 'live' | 'prune'> {
  return {
    describe({ run, name, tags, notes }) {
      const { status } = runs.summary(run)
      updateRun(projects.required().database, run, {
        ...(name === undefined ? {} : { name }),
        ...(tags === undefined ? {} : { tags: distinctTags(tags) }),
        ...(notes === undefined ? {} : { notes }),
      })
      emit('run/changed', { run, status })
      return runs.summary(run)
    },
    live({ run }): RunLive | null {
      runs.summary(run)
      return trainer.isTraining(run) ? trainer.session(run).live() : null
    },
    prune({ run, keep }) {
      runs.summary(run)
      if (trainer.isUnderWay(run)) throw AppError.of('training/still-training', { run })
      pruneCheckpoints(runs.folder(run), keep)
      return runs.summary(run)
    },
  }
}

async function forecast(
  { projects, launchCompute, samples, freeMemoryBytes }: TrainingDependencies,
  trainer: Trainer,
  choices: TrainingChoices,
  signal: AbortSignal,
): Promise<Replies['training']['forecast']> {
  const project = projects.required()
  const planned = { ...trainer.plan(choices, 'forecast'), keepCheckpoints: choices.keepCheckpoints }
  const { plan } = planned
  const sampleFile = samples.sampleFile(plan.sampleSet.id)
  const process = await launchCompute({ ...trainer.runtimeOf(plan), doing: 'measuring training steps' })
  try {
    requireDevice(plan, await process.api.device.describe())
    const measured = await process.api.training.measure(
      { plan, sampleFile, steps: MEASURED_STEPS },
      { signal },
    )
    const { architecture } = plan
    const costs = makeForecast(planned, measured, {
      project,
      freeMemoryBytes: freeMemoryBytes(),
      otherRunTraining: trainer.training,
    })
    return { ...costs, architecture, description: describeArchitecture(architecture) }
  } finally {
    await process.stop()
  }
}
