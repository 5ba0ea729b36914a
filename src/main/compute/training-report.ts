/** What a training says as it goes: to its metrics file, and to whoever listens. */
import type { ComputeEvents, ComputeLive, TrainRequest } from '@shared/compute-api'
import type { EpochMetrics } from '@shared/domain/run'
import { LiveReport } from './live'
import { type LossTotals, meanHeadLoss, meanSquaredError, type Progress } from './progress'
import { MetricsLog, writeReconstructions } from './training-record'
import type { TrainingState, WrittenCheckpoint } from './training-state'

export type Emit = <Name extends keyof ComputeEvents>(name: Name, value: ComputeEvents[Name]) => void

/** Some held-out crops, and what the network makes of them: grey bytes [crops, size, size]. */
export interface Pictures {
  readonly indices: readonly number[]
  readonly originals: Uint8Array
  readonly reconstructions: Uint8Array
}

export interface ReportOptions {
  readonly emit: Emit
  readonly elapsedMs: () => number
  /** What it is trained on, in words. */
  readonly device: string
}

export class TrainingReport {
  private readonly metrics: MetricsLog
  private readonly liveReport: LiveReport

  constructor(
    private readonly request: TrainRequest,
    private readonly options: ReportOptions,
  ) {
    const { device, elapsedMs, emit } = options
    this.metrics = new MetricsLog(request.runFolder)
    this.liveReport = new LiveReport({
      device,
      elapsedMs,
      emit: (live) => {
        emit('compute/live', live)
      },
    })
  }

  /** Takes back what was said of work that an interruption undid. */
  begin(progress: Progress): void {
    this.metrics.keepUpTo(progress)
  }

  step({ step, epoch, elapsedMs }: Progress, batch: LossTotals): void {
    const metrics = {
      step,
      epoch: epoch + 1,
      trainMse: meanSquaredError(batch),
      headLoss: meanHeadLoss(batch),
      elapsedMs: Math.round(elapsedMs),
    }
    this.metrics.append({ kind: 'step', ...metrics })
    this.options.emit('compute/step', metrics)
  }

  stepTook(seconds: number): void {
    this.liveReport.step(seconds)
  }

  epoch(metrics: EpochMetrics, pictures: Pictures): void {
    const { inputSize: size } = this.request.plan.architecture
    const { epoch } = metrics
    const reconstructionsFile = writeReconstructions(this.request.runFolder, { epoch, size, ...pictures })
    this.metrics.append({ kind: 'epoch', ...metrics })
    this.options.emit('compute/epoch', { ...metrics, reconstructionsFile })
  }

  checkpoint(written: WrittenCheckpoint | null): void {
    if (written !== null) this.options.emit('compute/checkpoint', written)
  }

  live(phase: ComputeLive['phase'], { learningRate, plan }: TrainingState): void {
    this.liveReport.say({ phase, learningRate, microBatch: plan.optimizer.microBatch })
  }
}
