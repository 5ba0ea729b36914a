/** A training's numbers and where it stands, from checkpoint to checkpoint: begun, saved, undone, settled. */
import type { Standing, TrainRequest, WeightsReference } from '@shared/compute-api'
import type { RunPlan } from '@shared/domain/run'
import { AppError } from '@shared/errors'
import { CheckpointFolder } from './checkpoint'
import { isOutOfMemory } from './out-of-memory'
import { initialValues, type Parameter, type ParameterValues, trainingParameters } from './parameters'
import { afterSettling, type Progress, START } from './progress'
import { earlyStoppingRemark, hasRunDry, learningRateOf } from './schedule'
import type { Trainer } from './trainer'

export interface WrittenCheckpoint {
  readonly step: number
  readonly epoch: number
  readonly file: string
  readonly checkpoints: number
  readonly bytes: number
}

/** Where training would go on. */
export function readStanding({ plan, runFolder }: WeightsReference): Standing {
  const parameters = trainingParameters(plan.architecture)
  const { checkpoint, remarks } = new CheckpointFolder(runFolder).newest(parameters)
  return { step: checkpoint?.progress.step ?? 0, remarks }
}

export class TrainingState {
  progress: Progress = START
  private readonly parameters: readonly Parameter[]
  private readonly checkpoints: CheckpointFolder
  private readonly found: string[] = []
  /** As of the newest checkpoint; null where there is none. */
  private written: Progress | null = null
  /** What to go back to where a native call is refused memory half-way. */
  private safe: { readonly progress: Progress; readonly values: ParameterValues } | null = null

  constructor(
    private readonly request: TrainRequest,
    private readonly trainer: Trainer,
  ) {
    this.parameters = trainingParameters(request.plan.architecture)
    this.checkpoints = new CheckpointFolder(request.runFolder, request.keep)
  }

  /** With micro-batches as memory allows them now. */
  get plan(): RunPlan {
    const { plan } = this.request
    const { reduced } = this.progress
    if (reduced === null) return plan
    return { ...plan, optimizer: { ...plan.optimizer, microBatch: reduced.microBatch } }
  }

  /** Of the coming step. */
  get learningRate(): number {
    return learningRateOf(this.plan, { step: this.progress.step + 1, trend: this.progress.trend })
  }

  /** Every planned epoch is done, or there is no hope left. */
  get isOver(): boolean {
    return this.progress.epoch >= this.plan.optimizer.epochs || hasRunDry(this.plan, this.progress)
  }

  get hasUnsaved(): boolean {
    return (this.written?.microBatches ?? 0) < this.progress.microBatches
  }

  /** Since the newest checkpoint, on the clock of `progress.elapsedMs`. */
  get unsavedMs(): number {
    return this.progress.elapsedMs - (this.written?.elapsedMs ?? 0)
  }

  /** Plain sentences on how it went. */
  get remarks(): readonly string[] {
    const { reduced, settled } = this.progress
    const { microBatch } = this.request.plan.optimizer
    const memory =
      reduced === null
        ? []
        : [
            `Memory ran out in step ${reduced.step} with micro-batches of ${microBatch}: from there on batches are computed ${reduced.microBatch} at a time, and batch norm's statistics are per ${reduced.microBatch}.`,
          ]
    const ended = settled || hasRunDry(this.plan, this.progress)
    const stopping = ended ? earlyStoppingRemark(this.plan, this.progress) : null
    return [...memory, ...this.found, ...(stopping === null ? [] : [stopping])]
  }

  /** From the newest good checkpoint where that is asked for and there is one, from the seed otherwise. */
  begin(): void {
    const { plan, resume } = this.request
    const { checkpoint, remarks } = resume
      ? this.checkpoints.newest(this.parameters)
      : { checkpoint: null, remarks: [] }
    this.found.push(...remarks)
    if (resume && checkpoint === null)
      this.found.push('There was no checkpoint to resume from, so training started again from its seed.')
    this.written = checkpoint?.progress ?? null
    this.progress = checkpoint?.progress ?? START
    this.trainer.assign(checkpoint?.values ?? initialValues(this.parameters, plan.seed))
    this.remember()
  }

  /** @throws training/diverged instead of keeping numbers that are not finite; project/no-write */
  write(): WrittenCheckpoint {
    const values = this.trainer.read()
    if (!allFinite(values)) throw this.diverged(this.progress.step)
    const file = this.checkpoints.write(this.parameters, values, this.progress)
    this.written = this.progress
    const { step, epoch } = this.progress
    return { step, epoch, file, ...this.checkpoints.usage() }
  }

  diverged(step: number): AppError {
    const { written } = this
    const kept = written === null ? null : { step: written.step, epoch: written.epoch }
    return AppError.of('training/diverged', { run: this.plan.run, step, kept })
  }

  /** To be called before a batch: what `undo` goes back to. */
  remember(): void {
    this.safe = { progress: this.progress, values: this.trainer.read() }
  }

  /** Back to where a batch began, with the time that it took. */
  undo(): void {
    if (this.safe === null) return
    const { elapsedMs, reduced } = this.progress
    this.progress = { ...this.safe.progress, elapsedMs, reduced }
    this.trainer.assign(this.safe.values)
  }

  /**
   * Does what needs memory for a micro-batch. Where it is refused, micro-batches are halved from now on, and whoever
   * called tries again. Returns whether the work was done.
   * @throws compute/out-of-memory where a single sample is too much
   */
  withinMemory(work: () => void): boolean {
    try {
      work()
      return true
    } catch (error) {
      if (!isOutOfMemory(error)) throw error
      const { microBatch, batchSize } = this.plan.optimizer
      const half = Math.floor(Math.min(microBatch, batchSize) / 2)
      if (half < 1) throw AppError.of('compute/out-of-memory', {}, { cause: error })
      this.progress = { ...this.progress, reduced: { microBatch: half, step: this.progress.step + 1 } }
      return false
    }
  }

  /**
   * After the last epoch of a plan with early stopping: takes the best epoch's weights and saves them as the newest
   * checkpoint. Null where they are the last epoch's already.
   */
  settle(): WrittenCheckpoint | null {
    const { best, microBatches, settled } = this.progress
    const wanted = this.plan.optimizer.earlyStopping !== undefined && !settled
    if (!wanted || best === null || best.microBatches === microBatches) return null
    const checkpoint = this.checkpoints.at(best.microBatches, this.parameters)
    if (checkpoint === null) {
      this.found.push(
        `The checkpoint of epoch ${best.epoch}, the best one, cannot be read: the weights stay those of epoch ${this.progress.epoch}.`,
      )
      return null
    }
    this.trainer.assign(checkpoint.values)
    this.progress = afterSettling(this.progress)
    return this.write()
  }
}

function allFinite(values: ParameterValues): boolean {
  for (const numbers of values.values()) if (!numbers.every(Number.isFinite)) return false
  return true
}
