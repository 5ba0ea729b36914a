/** Carries a run out: prepares its plan and process, watches over it, and records how it ended. */
import { rmSync } from 'node:fs'
import type { BackendReport } from '@shared/compute-api'
import type { BackendKind, RateChange, RunPlan, RunStatus, RunSummary } from '@shared/domain/run'
import type { RuntimeSettings } from '@shared/domain/system'
import { AppError, throwIfCancelled } from '@shared/errors'
import { asWriteRefusal } from '../../storage/write-problem'
import { type RandomBytes, shortIdentifier } from '../identifiers'
import type {
  Clock,
  ComputeLaunch,
  ComputeProcess,
  Emit,
  JobContext,
  LaunchCompute,
  OpenProject,
  ProjectAccess,
} from '../ports'
import { requireDevice } from './device'
import { requireDiskSpace } from './forecast'
import { makePlan, type PlannedRun, runtimeChoices, stepsPerEpoch, type TrainingChoices } from './plan'
import { rateChangeRemark, withRateChange } from './rate-change'
import type { RunAccess } from './run-access'
import { baselinesOf, type MeasureBaselines } from './run-baselines'
import { describeFailure, outcomeChanges } from './run-endings'
import { readPlan, runFolder, writePlan } from './run-folder'
import { recoverMetrics } from './recovery'
import { factsOf, type Membership } from './run-facts'
import { getRun, insertRun, type RunChanges, updateRun } from './run-records'
import { TrainingSession } from './session'
import type { SplitSamples, TrainingSamples } from './training-samples'

export interface TrainerDependencies {
  readonly projects: ProjectAccess
  readonly clock: Clock
  readonly emit: Emit
  readonly launchCompute: LaunchCompute
  readonly randomBytes: RandomBytes
  /** Scorescope's version, for the run's record. */
  readonly version: string
  readonly samples: TrainingSamples
  readonly splitSamples: SplitSamples
  readonly measureBaselines: MeasureBaselines
  readonly log: (line: string) => void
  /** What may be used without swapping; decides on micro-batches that were not chosen. */
  readonly freeMemoryBytes: () => number
  /** What was measured to suit this machine; null where nothing was. */
  readonly runtimeSettings: () => RuntimeSettings | null
  /** Measures a machine that was not measured yet; tells whether it did. Null where that is not wanted. */
  readonly measureFirst: MeasureFirst | null
}

export type MeasureFirst = (
  run: { readonly steps: number; readonly process: ComputeProcess },
  context: JobContext,
) => Promise<boolean>

export interface Resumption {
  readonly run: string
  /** Absent: as planned. */
  readonly learningRate?: number | undefined
}

/** A run that has its plan on disk, its row, and a process that is ready. */
export interface PreparedRun {
  readonly project: OpenProject
  readonly plan: RunPlan
  readonly process: ComputeProcess
  readonly backend: BackendKind
  readonly sampleFile: string
  /** It has never been begun before. */
  readonly fresh: boolean
  /** Go on from the newest good checkpoint, or from the seed where there is none. */
  readonly resume: boolean
}

type Wish = 'pause' | 'unpause' | 'stop'

const RESUMABLE: readonly RunStatus[] = ['interrupted', 'stopped', 'failed']
/** Nobody carries such a run on when its end could not be recorded. */
const ABANDONED: readonly RunStatus[] = ['running', 'paused']

export class Trainer {
  private readonly sessions = new Map<string, TrainingSession>()
  /** Of the runs that are carried out: what was asked of them before their first step. */
  private readonly wishes = new Map<string, Wish[]>()

  constructor(
    private readonly dependencies: TrainerDependencies,
    private readonly runs: RunAccess,
  ) {}

  /** The plan that these choices make, with nothing written. */
  plan(choices: TrainingChoices, run: string): PlannedRun {
    const { samples, splitSamples, freeMemoryBytes, runtimeSettings } = this.dependencies
    const set = choices.sampleSet === undefined ? samples.latestSet() : samples.set(choices.sampleSet)
    return makePlan(choices, {
      run,
      set,
      samples: samples.samplesOf(set.id),
      splitSamples,
      versions: {},
      freeMemoryBytes: freeMemoryBytes(),
      runtime: runtimeSettings(),
    })
  }

  /** Checks the choices first, so that what cannot be trained is refused before a process starts. */
  async prepare(
    choices: TrainingChoices,
    signal: AbortSignal,
    membership?: Membership,
  ): Promise<PreparedRun> {
    const { projects, randomBytes, samples, version } = this.dependencies
    const project = projects.required()
    const run = shortIdentifier(randomBytes)
    const { plan: draft, remarks } = this.plan(choices, run)
    requireDiskSpace(project, [{ plan: draft, keepCheckpoints: choices.keepCheckpoints }])
    const sampleFile = samples.sampleFile(draft.sampleSet.id)
    const { process, report } = await this.launch(draft, signal)
    const plan: RunPlan = { ...draft, versions: { scorescope: version, ...report.versions } }
    try {
      if (projects.current() !== project) throw AppError.of('project/none-open', {})
      writePlan(project, plan)
      this.insert(project, plan, { ...factsOf(choices, membership), remarks, device: report.device })
    } catch (error) {
      await process.stop()
      throw error
    }
    return { project, plan, process, backend: report.backend, sampleFile, fresh: true, resume: false }
  }

  /** @throws AppError training/not-resumable, training/plan-damaged, sampling/set-gone, process/not-ready */
  async prepareResumption({ run, learningRate }: Resumption, signal: AbortSignal): Promise<PreparedRun> {
    const { projects } = this.dependencies
    const project = projects.required()
    const { status } = getRun(project.database, run)
    const abandoned = ABANDONED.includes(status) && !this.isUnderWay(run)
    if (!RESUMABLE.includes(status) && !abandoned)
      throw AppError.of('training/not-resumable', { run, status })
    const planned = readPlan(project, run)
    const sampleFile = this.sampleFileOf(planned)
    const { process, report } = await this.launch(planned, signal)
    try {
      const at = { plan: planned, runFolder: runFolder(project, run) }
      const { step, remarks } = await process.api.training.standing(at)
      if (projects.current() !== project) throw AppError.of('project/none-open', {})
      const plan =
        learningRate === undefined
          ? planned
          : this.changeRate(project, planned, { fromStep: step + 1, learningRate })
      // Said now and not only when it has ended, by when the damaged checkpoint may be gone.
      for (const remark of remarks) this.remark(project, run, remark)
      this.noteOtherVersions(project, plan, report)
      updateRun(project.database, run, { device: report.device })
      return { project, plan, process, backend: report.backend, sampleFile, fresh: false, resume: true }
    } catch (error) {
      await process.stop()
      throw error
    }
  }

  /** Another rate from the step on at which training goes on becomes part of the plan. */
  private changeRate(project: OpenProject, plan: RunPlan, change: RateChange): RunPlan {
    const changed = withRateChange(plan, change)
    writePlan(project, changed)
    this.remark(project, plan.run, rateChangeRemark(plan, changed, change))
    return changed
  }

  /** Undoes `prepare` for a run that was refused before it began. */
  async discard({ project, plan, process, fresh }: PreparedRun): Promise<void> {
    await process.stop()
    if (!fresh || !project.database.open) return
    project.database.prepare('DELETE FROM runs WHERE run = ?').run(plan.run)
    rmSync(runFolder(project, plan.run), { recursive: true, force: true })
  }

  /**
   * Trains a prepared run to its end and records it.
   * @throws Cancelled, AppError training/interrupted, and what training fails with
   */
  async carryOut(prepared: PreparedRun, context: JobContext): Promise<RunSummary> {
    let { process } = prepared
    const { run } = prepared.plan
    this.wishes.set(run, [])
    try {
      const ready = await this.onMeasuredMachine(prepared, context)
      process = ready.process
      return await this.watchOver(ready, context)
    } catch (error) {
      throw this.endOf(prepared, error, context.signal)
    } finally {
      this.wishes.delete(run)
      await process.stop()
    }
  }

  private async watchOver(prepared: PreparedRun, context: JobContext): Promise<RunSummary> {
    const { project, plan, backend, resume } = prepared
    const { clock, emit } = this.dependencies
    try {
      const status = this.wishes.get(plan.run)?.at(-1) === 'pause' ? 'paused' : 'running'
      this.change(project, plan.run, { status, backend, problem: null, finishedAt: null })
      await this.recordBaselines(prepared, context)
      const session = new TrainingSession({ ...prepared, clock, emit, context })
      this.sessions.set(plan.run, session)
      const training = session.train(resume)
      await Promise.all([training, this.fulfil(plan.run, session)])
      const outcome = await training
      const changes = outcomeChanges(outcome, getRun(project.database, plan.run))
      this.change(project, plan.run, { ...changes, finishedAt: this.now() })
      return this.runs.summary(plan.run)
    } finally {
      this.sessions.delete(plan.run)
    }
  }

  /** What was asked of the run while it was being prepared. */
  private async fulfil(run: string, session: TrainingSession): Promise<void> {
    for (const wish of this.wishes.get(run) ?? []) await session[wish]()
  }

  /** What is found out about the machine before the first step becomes part of the plan. */
  private async onMeasuredMachine(prepared: PreparedRun, context: JobContext): Promise<PreparedRun> {
    const { measureFirst, log } = this.dependencies
    const { project, plan, process, fresh } = prepared
    if (measureFirst === null || !fresh) return prepared
    const steps = plan.optimizer.epochs * stepsPerEpoch(plan)
    try {
      if (!(await measureFirst({ steps, process }, context))) return prepared
    } catch (error) {
      if (!(error instanceof AppError) || context.signal.aborted) throw error
      log(`What suits this machine could not be measured: ${error.message}`)
      return prepared
    }
    await process.stop()
    const runtime = this.dependencies.runtimeSettings()
    const measured = { ...plan, ...runtimeChoices({ threads: plan.threads ?? undefined }, runtime) }
    writePlan(project, measured)
    const launched = await this.launch(measured, context.signal)
    return { ...prepared, plan: measured, process: launched.process, backend: launched.report.backend }
  }

  /**
   * Pauses, goes on, or ends after the step at hand; a run that is still being prepared does so at its first step.
   * @throws AppError training/not-running
   */
  async tell(run: string, wish: Wish): Promise<void> {
    const session = this.sessions.get(run)
    const wishes = this.wishes.get(run)
    if (session === undefined && wishes !== undefined) wishes.push(wish)
    else await this.session(run)[wish]()
  }

  /** @throws AppError training/not-running */
  session(run: string): TrainingSession {
    const session = this.sessions.get(run)
    if (session === undefined) throw AppError.of('training/not-running', { run })
    return session
  }

  isTraining(run: string): boolean {
    return this.sessions.has(run)
  }

  /** From its preparation to its end. */
  isUnderWay(run: string): boolean {
    return this.wishes.has(run)
  }

  get training(): boolean {
    return this.sessions.size > 0
  }

  /** Metrics that wait to be written are written, so that they can be read. */
  flush(run: string): void {
    this.sessions.get(run)?.flush()
  }

  change(project: OpenProject, run: string, changes: RunChanges): void {
    updateRun(project.database, run, changes)
    if (changes.status !== undefined) this.dependencies.emit('run/changed', { run, status: changes.status })
  }

  /** How the compute process of a plan is set up. */
  runtimeOf(plan: RunPlan): Omit<ComputeLaunch, 'doing'> {
    const tuned = this.dependencies.runtimeSettings()
    return {
      threads: plan.threads,
      ...(plan.device === undefined ? {} : { device: plan.device }),
      ...(tuned === null ? {} : { allocator: tuned.allocator }),
      ...(plan.xla === true ? { xla: true } : {}),
    }
  }

  private insert(project: OpenProject, plan: RunPlan, facts: RunChanges): void {
    project.database.transaction(() => {
      insertRun(project.database, plan, this.now())
      updateRun(project.database, plan.run, facts)
    })()
  }

  /** @throws AppError sampling/set-gone, training/plan-damaged */
  private sampleFileOf({ run, sampleSet: { id, hash } }: RunPlan): string {
    const { samples } = this.dependencies
    const file = samples.sampleFile(id)
    if (samples.set(id).hash !== hash)
      throw AppError.of('training/plan-damaged', { run, problem: 'its samples are not those it began with' })
    return file
  }

  /** Ready, and asked what it is. */
  private async launch(
    plan: RunPlan,
    signal: AbortSignal,
  ): Promise<{ readonly process: ComputeProcess; readonly report: BackendReport }> {
    const doing = `training run ${plan.run}`
    const process = await this.dependencies.launchCompute({ ...this.runtimeOf(plan), doing })
    try {
      throwIfCancelled(signal)
      const report = await process.api.device.describe()
      requireDevice(plan, report)
      return { process, report }
    } catch (error) {
      await process.stop()
      throw error
    }
  }

  private noteOtherVersions(project: OpenProject, plan: RunPlan, report: BackendReport): void {
    const others = Object.entries(report.versions).filter(([name, found]) => plan.versions[name] !== found)
    if (others.length === 0) return
    const list = others.map(([name, found]) => `${name} ${found} instead of ${plan.versions[name] ?? 'none'}`)
    const remark = `Resumed with ${list.join(', ')}: the result may differ slightly from an uninterrupted run.`
    this.remark(project, plan.run, remark)
  }

  /** Says something in a run's record, once. */
  private remark(project: OpenProject, run: string, remark: string | null): void {
    const { remarks } = getRun(project.database, run)
    if (remark !== null && !remarks.includes(remark))
      updateRun(project.database, run, { remarks: [...remarks, remark] })
  }

  private async recordBaselines(prepared: PreparedRun, context: JobContext): Promise<void> {
    const { project, plan, sampleFile } = prepared
    if (getRun(project.database, plan.run).baselines !== null) return
    context.progress({ label: 'Measuring baselines', done: 0, total: 1 })
    const measure = this.dependencies.measureBaselines
    const baselines = await baselinesOf(plan, sampleFile, { measure, signal: context.signal })
    updateRun(project.database, plan.run, { baselines })
  }

  /** Records how the run failed, where it can, and returns what its job fails with. */
  private endOf(prepared: PreparedRun, error: unknown, signal: AbortSignal): unknown {
    try {
      return this.recordFailure(prepared, error, signal)
    } catch (unrecorded) {
      // What cannot be written now (a full disk) is found out when the project is next opened.
      const { project, plan } = prepared
      this.dependencies.log(`How run ${plan.run} ended could not be recorded: ${String(unrecorded)}`)
      return asWriteRefusal(error, project.folder)
    }
  }

  private recordFailure({ project, plan }: PreparedRun, error: unknown, signal: AbortSignal): unknown {
    recoverMetrics(project, plan.run)
    const { changes, failure } = describeFailure(plan.run, error, signal)
    this.change(project, plan.run, { ...changes, finishedAt: this.now() })
    return failure
  }

  private now(): string {
    return this.dependencies.clock.now().toISOString()
  }
}
