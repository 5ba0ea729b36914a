/** The training loop: a function of its plan, in steps small enough to be paused, stopped, killed and resumed. */
import type { ComputeEvents, TrainRequest } from '@shared/compute-api'
import { AppError } from '@shared/errors'
import { setImmediate } from 'node:timers/promises'
import type { BackendKind, RunPlan, TrainingOutcome } from '@shared/domain/run'
import { Calibration } from './calibration'
import { CheckpointFolder } from './checkpoint'
import type { Ending, TrainingControls } from './controls'
import { microBatchSettings } from './micro-batch'
import { hashValues, initialValues, modelParameters, type Parameter, trainingParameters } from './parameters'
import { peakMemoryBytes } from './peak-memory'
import { toGreyBytes } from './pixels'
import {
  afterEpoch,
  afterMicroBatch,
  afterStep,
  meanHeadLoss,
  meanSquaredError,
  nextRange,
  type Progress,
  START,
} from './progress'
import { epochOrder } from './random'
import { openSamples, type SampleSource } from './samples'
import type { Trainer } from './trainer'
import { MetricsLog, shownCrops, writeReconstructions } from './training-record'
import { type Scores, Validation } from './validation'

export type Emit = <Name extends keyof ComputeEvents>(name: Name, value: ComputeEvents[Name]) => void

export interface TrainingContext {
  readonly trainer: Trainer
  readonly backend: BackendKind
  readonly controls: TrainingControls
  readonly emit: Emit
  /** Milliseconds from any start, never going back. */
  readonly elapsedMs: () => number
  /** What the backend has to say for the record. */
  readonly remarks: readonly string[]
}

/** Between those of epochs, so that a long epoch is never lost whole. */
const CHECKPOINT_INTERVAL_MS = 5 * 60_000

/**
 * Trains until the plan is fulfilled, or until it is stopped or cancelled.
 * @throws training/diverged, training/plan-damaged, sampling/store-damaged, project/no-write, compute/out-of-memory
 */
export async function train(request: TrainRequest, context: TrainingContext): Promise<TrainingOutcome> {
  checkPlan(request.plan)
  const samples = openSamples(request.sampleFile, request.plan)
  try {
    return await new Training(request, context, samples).run()
  } finally {
    samples.close()
  }
}

function checkPlan({ run, split, optimizer }: RunPlan): void {
  const refuse = (problem: string): never => {
    throw AppError.of('training/plan-damaged', { run, problem })
  }
  if (split.train.length === 0) refuse('it has no training samples')
  if (split.validation.length === 0) refuse('it holds no samples out')
  if (optimizer.batchSize < 1 || optimizer.microBatch < 1) refuse('its batches are empty')
}

/** What a plan leaves to be said in the run's record. */
function remarksOn({ optimizer, architecture }: RunPlan): readonly string[] {
  const remarks: string[] = []
  if (optimizer.microBatch < optimizer.batchSize)
    remarks.push(
      `Batches of ${optimizer.batchSize} are computed ${optimizer.microBatch} at a time: gradients are averaged over the batch, batch norm's statistics are per ${optimizer.microBatch}.`,
    )
  if (architecture.head?.weight === 0)
    remarks.push('The head reads the bottleneck without changing it, because its weight is 0.')
  return remarks
}

class Training {
  private readonly plan: RunPlan
  private readonly parameters: readonly Parameter[]
  private readonly checkpoints: CheckpointFolder
  private readonly metrics: MetricsLog
  private readonly remarks: string[]
  private progress: Progress = START
  /** Of the newest checkpoint: its number, and when it was written on the clock of `progress.elapsedMs`. */
  private written = { microBatches: 0, elapsedMs: 0 }

  constructor(
    private readonly request: TrainRequest,
    private readonly context: TrainingContext,
    private readonly samples: SampleSource,
  ) {
    this.plan = request.plan
    this.parameters = trainingParameters(this.plan.architecture)
    this.checkpoints = new CheckpointFolder(request.runFolder)
    this.metrics = new MetricsLog(request.runFolder)
    this.remarks = [...context.remarks, ...remarksOn(this.plan)]
  }

  async run(): Promise<TrainingOutcome> {
    this.begin()
    let ending: Ending | null = null
    while (ending === null && this.progress.epoch < this.plan.optimizer.epochs)
      ending = (await this.trainEpoch()) ?? (await this.closeEpoch())
    if (ending === 'stopped') {
      await this.calibrate(() => setImmediate(null))
      this.writeCheckpoint()
    }
    return this.outcome(ending ?? 'finished')
  }

  /** From the newest good checkpoint where that is asked for and there is one, from the seed otherwise. */
  private begin(): void {
    const { checkpoint, remarks } = this.request.resume
      ? this.checkpoints.newest(this.parameters)
      : { checkpoint: null, remarks: [] }
    this.remarks.push(...remarks)
    if (this.request.resume && checkpoint === null)
      this.remarks.push('There was no checkpoint to resume from, so training started again from its seed.')
    this.progress = checkpoint?.progress ?? START
    this.written = { microBatches: this.progress.microBatches, elapsedMs: this.progress.elapsedMs }
    this.context.trainer.assign(checkpoint?.values ?? initialValues(this.parameters, this.plan.seed))
    this.metrics.keepUpTo(this.progress)
  }

  /** Trains on what is left of the current epoch. Returns how training is to end, or null to go on. */
  private async trainEpoch(): Promise<Ending | null> {
    const order = this.order()
    while (this.progress.samplesDone < order.length) {
      const ending = await this.pauseOrEnd()
      if (ending !== null) return ending
      this.timed(() => {
        this.trainMicroBatch(order)
      })
    }
    return null
  }

  /** Training samples in the order of the current epoch. */
  private order(): Int32Array {
    return epochOrder(this.plan.split.train, this.plan.seed, this.progress.epoch + 1)
  }

  private trainMicroBatch(order: Int32Array): void {
    const { from, to, batchFrom, batchTo } = nextRange(this.progress.samplesDone, this.plan)
    const batch = this.samples.batch(order.subarray(from, to))
    const settings = microBatchSettings(this.plan, this.progress, {
      share: (to - from) / (batchTo - batchFrom),
      labelledInBatch: this.samples.labelled(order.subarray(batchFrom, batchTo)),
      completesBatch: to === batchTo,
    })
    const losses = this.context.trainer.train(batch, settings)
    if (!Number.isFinite(losses.meanSquaredError))
      throw AppError.of('training/diverged', { run: this.plan.run, step: this.progress.step + 1 })
    const totals = {
      samples: to - from,
      squaredError: losses.meanSquaredError * (to - from),
      labelled: this.samples.labelled(order.subarray(from, to)),
      headLoss: losses.headLoss ?? 0,
    }
    if (to < batchTo) this.progress = afterMicroBatch(this.progress, totals)
    else this.reportStep(afterStep(this.progress, totals))
  }

  private reportStep({ progress, batch }: ReturnType<typeof afterStep>): void {
    this.progress = progress
    const { step, epoch, elapsedMs } = progress
    const metrics = {
      step,
      epoch: epoch + 1,
      trainMse: meanSquaredError(batch),
      headLoss: meanHeadLoss(batch),
      elapsedMs: Math.round(elapsedMs),
    }
    this.metrics.append({ kind: 'step', ...metrics })
    this.context.emit('compute/step', metrics)
    if (elapsedMs - this.written.elapsedMs > CHECKPOINT_INTERVAL_MS) this.writeCheckpoint()
  }

  /** Calibrates, validates, shows, reports and saves. */
  private async closeEpoch(): Promise<Ending | null> {
    const calibrating = await this.calibrate(() => this.pauseOrEnd())
    if (calibrating !== null) return calibrating
    const validation = new Validation(this.context.trainer, this.samples, this.plan)
    while (!validation.isDone) {
      const ending = await this.pauseOrEnd()
      if (ending !== null) return ending
      this.timed(() => {
        validation.next()
      })
    }
    this.timed(() => {
      this.reportEpoch(validation.scores())
    })
    this.writeCheckpoint()
    return null
  }

  /** Brings batch norm's statistics up to date with the weights. `between` says whether to end early. */
  private async calibrate(between: () => Promise<Ending | null>): Promise<Ending | null> {
    const calibration = new Calibration(this.context.trainer, this.samples, this.plan, this.order())
    while (!calibration.isDone) {
      const ending = await between()
      if (ending !== null) return ending
      this.timed(() => {
        calibration.next()
      })
    }
    return null
  }

  private reportEpoch({ meanSquaredError: validationMse, headAccuracy }: Scores): void {
    if (!Number.isFinite(validationMse))
      throw AppError.of('training/diverged', { run: this.plan.run, step: this.progress.step })
    this.progress = afterEpoch(this.progress, validationMse)
    const { step, epoch, elapsedMs, last } = this.progress
    const trainMse = last?.trainMse ?? NaN
    const metrics = { epoch, step, trainMse, validationMse, headAccuracy, elapsedMs: Math.round(elapsedMs) }
    const reconstructionsFile = this.showReconstructions(epoch)
    this.metrics.append({ kind: 'epoch', ...metrics })
    this.context.emit('compute/epoch', { ...metrics, reconstructionsFile })
  }

  private showReconstructions(epoch: number): string {
    const { inputSize: size } = this.plan.architecture
    const indices = shownCrops(this.plan)
    const originals = this.samples.pixels(indices)
    const reconstructions = new Uint8Array(originals.length)
    const { microBatch } = this.plan.optimizer
    for (let from = 0; from < indices.length; from += microBatch) {
      const some = originals.subarray(from * size ** 2, (from + microBatch) * size ** 2)
      reconstructions.set(toGreyBytes(this.context.trainer.reconstruct(some)), from * size ** 2)
    }
    return writeReconstructions(this.request.runFolder, { epoch, size, indices, originals, reconstructions })
  }

  private writeCheckpoint(): void {
    const { microBatches, elapsedMs, step, epoch } = this.progress
    const file = this.checkpoints.write(this.parameters, this.context.trainer.read(), this.progress)
    this.written = { microBatches, elapsedMs }
    this.context.emit('compute/checkpoint', { step, epoch, file })
  }

  /** Between native calls: lets requests in, waits while paused (with a checkpoint), and asks whether to end. */
  private pauseOrEnd(): Promise<Ending | null> {
    return this.context.controls.check(() => {
      if (this.written.microBatches < this.progress.microBatches) this.writeCheckpoint()
    })
  }

  private timed(work: () => void): void {
    const start = this.context.elapsedMs()
    work()
    this.progress = {
      ...this.progress,
      elapsedMs: this.progress.elapsedMs + this.context.elapsedMs() - start,
    }
  }

  private outcome(status: TrainingOutcome['status']): TrainingOutcome {
    const { epoch, step, last, elapsedMs } = this.progress
    const model = modelParameters(this.plan.architecture)
    return {
      status,
      epochs: epoch,
      steps: step,
      trainMse: last?.trainMse ?? null,
      validationMse: last?.validationMse ?? null,
      weightsSha256: status === 'cancelled' ? null : hashValues(model, this.context.trainer.read()),
      seconds: elapsedMs / 1000,
      peakMemoryBytes: peakMemoryBytes(),
      backend: this.context.backend,
      remarks: this.remarks,
    }
  }
}
