/** One stretch of a run in one compute process: from its start or resumption to its end, however that comes. */
import type { ComputeEvents } from '@shared/compute-api'
import type { EpochMetrics, RunPlan, TrainingOutcome } from '@shared/domain/run'
import { Cancelled } from '@shared/errors'
import { asWriteRefusal } from '../../storage/write-problem'
import { isClosing } from '../interruption'
import type { Clock, ComputeProcess, Emit, JobContext, OpenProject } from '../ports'
import { MetricsLog } from './metrics-log'
import { stepsPerEpoch } from './plan'
import { runFolder } from './run-folder'
import { getRun, updateRun } from './run-records'

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
  private readonly totalSteps: number
  private readonly cancelling = new AbortController()
  private step = 0
  private label = 'Training'
  /** Why what training says cannot be kept. */
  private recordingFailure: Error | null = null

  constructor(private readonly parts: SessionParts) {
    const { project, plan, clock } = parts
    this.metrics = new MetricsLog(project.database, plan.run, clock)
    this.totalSteps = plan.optimizer.epochs * stepsPerEpoch(plan)
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
      const request = { plan, sampleFile, runFolder: runFolder(project, plan.run), resume }
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
    }
  }

  async pause(): Promise<void> {
    await this.parts.process.api.training.pause()
    this.relabel('Paused')
  }

  async unpause(): Promise<void> {
    await this.parts.process.api.training.resume()
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
    this.step = metrics.step
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
    emit('run/epoch', { run: plan.run, ...metrics })
  }

  private relabel(label: string): void {
    this.label = label
    this.report()
  }

  private report(): void {
    this.parts.context.progress({ label: this.label, done: this.step, total: this.totalSteps })
  }
}

function recordProgress(project: OpenProject, run: string, metrics: EpochMetrics): void {
  const { epoch: epochs, step: steps, trainMse, validationMse, elapsedMs } = metrics
  const seconds = Math.max(getRun(project.database, run).seconds, elapsedMs / 1000)
  updateRun(project.database, run, { epochs, steps, trainMse, validationMse, seconds })
}
