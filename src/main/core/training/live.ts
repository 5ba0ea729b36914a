/** How a run goes on just now: what its process says of itself, and the time left as measured. */
import type { ComputeEvents } from '@shared/compute-api'
import type { RunLive, RunPlan } from '@shared/domain/run'
import type { Clock, Emit } from '../ports'
import type { CheckpointUse } from './checkpoints'
import type { Pace } from './pace'

const TOLD_EVERY_MS = 1000

export interface LiveRunParts {
  readonly plan: RunPlan
  readonly pace: Pace
  readonly emit: Emit
  readonly clock: Clock
  /** What it is trained on, as far as that is known before it says so. */
  readonly device: string
  readonly checkpoints: CheckpointUse
}

/** Told at most once a second; the last word is always told. */
export class LiveRun {
  private said: ComputeEvents['compute/live'] | null = null
  private checkpoints: CheckpointUse
  private paused = false
  private toldMs = -Infinity
  private timer: NodeJS.Timeout | null = null

  constructor(private readonly parts: LiveRunParts) {
    this.checkpoints = parts.checkpoints
  }

  hear(said: ComputeEvents['compute/live']): void {
    this.said = said
    this.tell()
  }

  hearCheckpoint({ checkpoints, bytes }: ComputeEvents['compute/checkpoint']): void {
    this.checkpoints = { checkpoints, checkpointBytes: bytes }
    this.tell()
  }

  pause(paused: boolean): void {
    this.paused = paused
    this.tell()
  }

  /** Nothing is told any more. */
  end(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  }

  now(): RunLive {
    const { pace, plan, device } = this.parts
    const { said, checkpoints } = this
    return {
      phase: this.paused ? 'paused' : (said?.phase ?? 'training'),
      secondsPerStep: pace.secondsPerStep ?? said?.secondsPerStep ?? null,
      secondsLeft: pace.secondsLeft,
      totalSeconds: pace.totalSeconds,
      forecastSeconds: pace.forecastSeconds,
      learningRate: said?.learningRate ?? null,
      memoryBytes: said?.memoryBytes ?? null,
      peakMemoryBytes: said?.peakMemoryBytes ?? null,
      device: said?.device ?? device,
      microBatch: said?.microBatch ?? plan.optimizer.microBatch,
      ...checkpoints,
    }
  }

  private tell(): void {
    if (this.timer !== null) return
    const { clock, emit, plan } = this.parts
    const waitMs = this.toldMs + TOLD_EVERY_MS - clock.elapsedMs()
    if (waitMs > 0) {
      this.timer = setTimeout(() => {
        this.timer = null
        this.tell()
      }, waitMs)
      return
    }
    this.toldMs = clock.elapsedMs()
    emit('run/live', { run: plan.run, ...this.now() })
  }
}
