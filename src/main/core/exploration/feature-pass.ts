/** The feature pass: every channel of a run over all samples of its set, held out or not, as a job in a compute process of its own. */
import type Database from 'better-sqlite3'
import { describeArchitecture } from '@shared/domain/architecture'
import type { FeatureReport } from '@shared/domain/feature'
import type { JobReference } from '@shared/domain/job'
import { Cancelled, AppError } from '@shared/errors'
import { hasFeatureParts } from '../../storage/feature-tables'
import type { Clock, Emit, JobContext, Jobs, LaunchCompute, ProjectAccess } from '../ports'
import { findPass, forgetOutdated, storeFeatures } from './feature-records'
import type { ExploredRuns, ExploredSamples } from './explored'

export interface FeaturePassDependencies {
  readonly projects: ProjectAccess
  readonly jobs: Jobs
  readonly clock: Clock
  readonly emit: Emit
  readonly launchCompute: LaunchCompute
  readonly runs: ExploredRuns
  readonly samples: ExploredSamples
  readonly log: (line: string) => void
  /** Passes that were ended before they were complete go on when their project is opened. */
  readonly goOn: boolean
}

/** What a channel's page shows: its best samples, and samples from each fifth of the set, weakest to strongest. */
const SHOWN = { top: 16, bands: 5, picks: 6 } as const
const LABEL = 'Computing features'

export class FeaturePasses {
  private readonly queue: string[] = []
  private current: JobReference<'features'> | null = null

  constructor(private readonly dependencies: FeaturePassDependencies) {
    dependencies.projects.onOpened(({ database }) => {
      forgetOutdated(database)
      if (dependencies.goOn) this.goOn(database)
    })
    dependencies.projects.onClosing(() => {
      this.queue.length = 0
      return Promise.resolve()
    })
  }

  /** Starts the pass now. @throws AppError job/busy, training/run-unknown, training/no-checkpoint */
  start(run: string): JobReference<'features'> {
    const { jobs, runs } = this.dependencies
    runs.requireWeights(runs.plan(run).run)
    const reference = jobs.start('features', { label: LABEL, subject: run }, (context) =>
      this.compute(run, context),
    )
    this.current = reference
    void jobs.wait(reference).then(
      () => {
        this.next(reference)
      },
      () => {
        this.next(reference)
      },
    )
    return reference
  }

  /** Starts the pass now, or when the one that is going on has ended. */
  enqueue(run: string): void {
    if (this.current !== null) this.queue.push(run)
    else this.startQueued(run)
  }

  /** The pass itself, within a job. @throws Cancelled, process/exited */
  async compute(run: string, context: JobContext): Promise<FeatureReport> {
    const { projects, clock, emit, launchCompute, runs, samples } = this.dependencies
    const { database } = projects.required()
    const plan = runs.plan(run)
    const indices = Array.from({ length: plan.sampleSet.samples }, (_, index) => index)
    context.progress({ label: LABEL, done: 0, total: indices.length })
    const process = await launchCompute({
      threads: plan.threads,
      doing: `computing the features of run ${run}`,
    })
    const unsubscribe = process.on('compute/features-progress', ({ done, total }) => {
      context.progress({ label: LABEL, done, total })
    })
    try {
      if (context.signal.aborted) throw new Cancelled()
      const model = { plan, runFolder: runs.folder(run), sampleFile: samples.sampleFile(plan.sampleSet.id) }
      const { channels, seconds, resumed, weightsSha256 } = await process.api.model.featurePass(
        { ...model, ...SHOWN, indices },
        { signal: context.signal },
      )
      const { layers } = describeArchitecture(plan.architecture)
      const report = {
        run,
        layers: layers.length,
        channels: channels.length,
        samples: indices.length,
        resumed,
        seconds,
      }
      storeFeatures(database, report, { channels, weightsSha256, finishedAt: clock.now().toISOString() })
      emit('run/changed', { run, status: runs.summary(run).status })
      return report
    } finally {
      unsubscribe()
      await process.stop()
    }
  }

  private goOn(database: Database.Database): void {
    const { runs } = this.dependencies
    for (const { run, hasWeights } of runs.list()) {
      if (hasWeights && findPass(database, run) === null && hasFeatureParts(runs.folder(run)))
        this.enqueue(run)
    }
  }

  private next(ended: JobReference<'features'>): void {
    if (this.current?.job === ended.job) this.current = null
    const run = this.queue.shift()
    if (run !== undefined) this.startQueued(run)
  }

  private startQueued(run: string): void {
    try {
      this.start(run)
    } catch (error) {
      // Nobody asked for it in words, so nobody can be answered; looking at the features says that they are missing.
      const reason = error instanceof AppError ? error.message : String(error)
      this.dependencies.log(`The features of run ${run} were not computed: ${reason}`)
      const next = this.queue.shift()
      if (next !== undefined) this.startQueued(next)
    }
  }
}
