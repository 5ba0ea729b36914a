/** One stretch of a run in one compute process: from its start or resumption to its end, however that comes. */
import type { ComputeEvents } from '@shared/compute-api'
import type { EpochMetrics, RunLive, RunPlan, TrainingOutcome } from '@shared/domain/run'
import { Cancelled } from '@shared/errors'
import { asWriteRefusal } from '../../storage/write-problem'
import { isClosing } from '../interruption'
import type { Clock, ComputeProcess, Emit, JobContext, OpenProject } from '../ports'
import { checkpointUse } from './checkpoints'
import { LiveRun } from './live'
import { MetricsLog } from './metrics-log'
import { Pace } from './pace'
import { runFolder } from './run-folder'
import { forecastSecondsOf, getRun, updateRun } from './run-records'

export interface SessionParts {
  readonly project: OpenProject
  readonly clock: Clock
  readonly emit: Emit
  readonly process: ComputeProcess
  readonly plan: RunPlan
  readonly sampleFile: string
  readonly context: JobContext
}

/** How long a closing project waits for the step that is being computed; then the last checkpoint must do. */
const CLOSING_GRACE_MS = 3000

export class TrainingSession {
  private readonly metrics: MetricsLog
  private readonly pace: Pace
  private readonly liveRun: LiveRun
  private readonly cancelling = new AbortController()
  private forecastKept: boolean
  private label = 'Training'
  /** Why what training says cannot be kept. */
  private recordingFailure: Error | null = null

  constructor(private readonly parts: SessionParts) {
    const { project, plan, clock, emit } = parts
    const { steps, epochs, seconds, device } = getRun(project.database, plan.run)
    const forecastSeconds = forecastSecondsOf(project.database, plan.run)
    this.forecastKept = forecastSeconds !== null
    this.metrics = new MetricsLog(project.database, plan.run, clock)
    this.pace = new Pace(plan, { steps, epochs, seconds, forecastSeconds })
    this.liveRun = new LiveRun({
      plan,
      pace: this.pace,
      emit,
      clock,
      device: device ?? plan.device ?? 'cpu',
      checkpoints: checkpointUse(runFolder(project, plan.run)),
    })
  }

  /**
   * Trains to the end. A closing project ends it after the step at hand (rejects with Cancelled, like a cancellation).
   * @throws Cancelled, process/exited, and what training fails with
   */
  async train(resume: boolean): Promise<TrainingOutcome> {
    const { process, plan, project, sampleFile, context } = this.parts
    const unsubscribe = this.listen()
    const onAbort = (): void => {
      if (isClosing(context.signal)) this.windDown()
      else this.cancelling.abort()
    }
    context.signal.addEventListener('abort', onAbort, { once: true })
    try {
      if (context.signal.aborted) throw new Cancelled()
      this.report()
      const { keepCheckpoints: keep } = getRun(project.database, plan.run)
      const request = { plan, sampleFile, runFolder: runFolder(project, plan.run), resume, keep }
      const outcome = await process.api.training.train(request, { signal: this.cancelling.signal })
      if (this.recordingFailure !== null) throw this.recordingFailure
      const cutShort = outcome.status === 'stopped' && isClosing(context.signal)
      if (outcome.status === 'cancelled' || cutShort) throw new Cancelled()
      this.metrics.flush()
      return outcome
    } catch (error) {
      if (this.recordingFailure !== null) throw this.recordingFailure
      // The process was ended because the project closes; that is no crash.
      throw isClosing(context.signal) ? new Cancelled() : error
    } finally {
      context.signal.removeEventListener('abort', onAbort)
      unsubscribe()
      this.liveRun.end()
    }
  }

  async pause(): Promise<void> {
    await this.parts.process.api.training.pause()
    this.liveRun.pause(true)
    this.relabel('Paused')
  }

  async unpause(): Promise<void> {
    await this.parts.process.api.training.resume()
    this.liveRun.pause(false)
    this.relabel('Training')
  }

  async stop(): Promise<void> {
    await this.parts.process.api.training.stop()
    this.relabel('Stopping')
  }

  /** Makes what was measured so far readable. */
  flush(): void {
    this.metrics.flush()
  }

  get job(): string {
    return this.parts.context.job
  }

  live(): RunLive {
    return this.liveRun.now()
  }

  /** Ends after the step at hand, which keeps its work; a step that takes too long is given up. */
  private windDown(): void {
    const { process } = this.parts
    const timer = setTimeout(() => void process.stop(), CLOSING_GRACE_MS)
    void process.exited.then(() => {
      clearTimeout(timer)
    })
    process.api.training.stop().catch(() => process.stop())
  }

  private listen(): () => void {
    const { process } = this.parts
    const stops = [
      process.on('compute/step', (step) => {
        this.record(() => {
          this.onStep(step)
        })
      }),
      process.on('compute/epoch', (epoch) => {
        this.record(() => {
          this.onEpoch(epoch)
        })
      }),
      process.on('compute/live', (said) => {
        this.record(() => {
          this.onLive(said)
        })
      }),
      process.on('compute/checkpoint', (checkpoint) => {
        this.liveRun.hearCheckpoint(checkpoint)
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  /** A full disk, say: training whose metrics are lost ends, with its checkpoints kept. */
  private record(action: () => void): void {
    try {
      action()
    } catch (error) {
      const refusal = asWriteRefusal(error, this.parts.project.folder)
      this.recordingFailure ??= refusal instanceof Error ? refusal : new Error(String(refusal))
      this.cancelling.abort()
    }
  }

  private onStep(metrics: ComputeEvents['compute/step']): void {
    this.metrics.step(metrics)
    this.pace.step(metrics)
    this.keepForecast()
    this.report()
    this.parts.emit('run/step', { run: this.parts.plan.run, ...metrics })
  }

  private onEpoch({ reconstructionsFile: _, ...metrics }: ComputeEvents['compute/epoch']): void {
    const { project, plan, emit } = this.parts
    // Together, since each commit waits for the disk.
    project.database.transaction(() => {
      this.metrics.epoch(metrics)
      recordProgress(project, plan.run, metrics)
    })()
    this.pace.epoch(metrics)
    this.keepForecast()
    this.report()
    emit('run/epoch', { run: plan.run, ...metrics })
  }

  private onLive(said: ComputeEvents['compute/live']): void {
    const { project, plan } = this.parts
    if (said.device !== this.liveRun.now().device)
      updateRun(project.database, plan.run, { device: said.device })
    this.liveRun.hear(said)
  }

  /** The first forecast stays beside what becomes of it, also after an interruption. */
  private keepForecast(): void {
    const { forecastSeconds } = this.pace
    if (this.forecastKept || forecastSeconds === null) return
    this.forecastKept = true
    updateRun(this.parts.project.database, this.parts.plan.run, { forecastSeconds })
  }

  private relabel(label: string): void {
    this.label = label
    this.report()
  }

  private report(): void {
    const { steps, totalSteps, secondsLeft } = this.pace
    this.parts.context.progress({ label: this.label, done: steps, total: totalSteps, secondsLeft })
  }
}

function recordProgress(project: OpenProject, run: string, metrics: EpochMetrics): void {
  const { epoch: epochs, step: steps, trainMse, validationMse, elapsedMs } = metrics
  const seconds = Math.max(getRun(project.database, run).seconds, elapsedMs / 1000)
  updateRun(project.database, run, { epochs, steps, trainMse, validationMse, seconds })
}
