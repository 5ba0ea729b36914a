/** The training loop: a function of its plan, in steps small enough to be paused, stopped, killed and resumed. */
import type { ComputeLive, TrainRequest } from '@shared/compute-api'
import { AppError } from '@shared/errors'
import { setImmediate } from 'node:timers/promises'
import type { BackendKind, RunPlan, TrainingOutcome } from '@shared/domain/run'
import { asWriteRefusal, isFailedWrite } from '../storage/write-problem'
import { Calibration } from './calibration'
import type { Ending, TrainingControls } from './controls'
import { microBatchSettings } from './micro-batch'
import { hashValues, modelParameters } from './parameters'
import { peakMemoryBytes } from './peak-memory'
import { toGreyBytes } from './pixels'
import { afterEpoch, afterMicroBatch, afterStep, nextRange } from './progress'
import { epochOrder } from './random'
import { openSamples, type SampleSource } from './samples'
import { learningRateOf } from './schedule'
import type { MicroBatchLosses, Trainer } from './trainer'
import { shownCrops } from './training-record'
import { remarksOnPictures, remarksOnPlan } from './training-remarks'
import { type Pictures, type ReportOptions, TrainingReport } from './training-report'
import { TrainingState } from './training-state'
import { type Scores, Validation } from './validation'

export interface TrainingContext extends ReportOptions {
  readonly trainer: Trainer
  readonly backend: BackendKind
  readonly controls: TrainingControls
  /** Milliseconds from any start, never going back. */
  readonly elapsedMs: () => number
  /** What the backend has to say for the record. */
  readonly remarks: readonly string[]
  /** The script in which samples are read ahead (see `ReadAhead`); null reads each batch when it is needed. */
  readonly readerScript: string | null
}

/** Between those of epochs, so that a long epoch is never lost whole. */
const CHECKPOINT_INTERVAL_MS = 5 * 60_000

/**
 * Trains until the plan is fulfilled, or until it is stopped or cancelled.
 * @throws training/diverged, training/plan-damaged, sampling/store-damaged, project/no-write, compute/out-of-memory
 */
export async function train(request: TrainRequest, context: TrainingContext): Promise<TrainingOutcome> {
  checkPlan(request.plan)
  const samples = openSamples(request.sampleFile, request.plan, context.readerScript)
  try {
    return await new Training(request, context, samples).run()
  } catch (error) {
    throw isFailedWrite(error) ? asWriteRefusal(error, request.runFolder) : error
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

/** What is done a micro-batch at a time. */
interface Pass {
  readonly isDone: boolean
  next(): void
}

class Training {
  private readonly state: TrainingState
  private readonly report: TrainingReport

  constructor(
    private readonly request: TrainRequest,
    private readonly context: TrainingContext,
    private readonly samples: SampleSource,
  ) {
    this.state = new TrainingState(request, context.trainer)
    this.report = new TrainingReport(request, context)
  }

  async run(): Promise<TrainingOutcome> {
    const { state } = this
    state.begin()
    this.report.begin(state.progress)
    let ending: Ending | null = null
    while (ending === null && !state.isOver) ending = (await this.trainEpoch()) ?? (await this.closeEpoch())
    if (ending === null) this.report.checkpoint(state.settle())
    if (ending === 'stopped') {
      await this.calibrate(() => setImmediate(null))
      this.report.checkpoint(state.write())
    }
    return this.outcome(ending ?? 'finished')
  }

  /** Trains on what is left of the current epoch. Returns how training is to end, or null to go on. */
  private async trainEpoch(): Promise<Ending | null> {
    const order = this.order()
    let stepStartMs: number | null = null
    while (this.state.progress.samplesDone < order.length) {
      const ending = await this.pauseOrEnd('training')
      if (ending !== null) return ending
      const { step, elapsedMs, batchTotals } = this.state.progress
      if (batchTotals.samples === 0) stepStartMs = elapsedMs
      this.timed(() => {
        this.trainMicroBatch(order)
      })
      if (this.state.progress.step === step || stepStartMs === null) continue
      this.report.stepTook((this.state.progress.elapsedMs - stepStartMs) / 1000)
    }
    return null
  }

  /** Training samples in the order of the current epoch. */
  private order(): Int32Array {
    const { plan, progress } = this.state
    return epochOrder(plan.split.train, plan.seed, progress.epoch + 1)
  }

  private trainMicroBatch(order: Int32Array): void {
    const { state, samples } = this
    const { plan, progress } = state
    const { from, to, batchFrom, batchTo } = nextRange(progress.samplesDone, plan)
    if (from === batchFrom) state.remember()
    const batch = samples.batch(order.subarray(from, to))
    samples.expect(order.subarray(to, nextRange(to, plan).to))
    const settings = microBatchSettings(plan, progress, {
      share: (to - from) / (batchTo - batchFrom),
      labelledInBatch: samples.labelled(order.subarray(batchFrom, batchTo)),
      completesBatch: to === batchTo,
    })
    let losses: MicroBatchLosses = { meanSquaredError: NaN, headLoss: null }
    const done = state.withinMemory(() => {
      losses = this.context.trainer.train(batch, settings)
    })
    if (done) this.afterMicroBatch(losses, { trained: order.subarray(from, to), isStep: to === batchTo })
    else state.undo()
  }

  private afterMicroBatch(
    { meanSquaredError: error, headLoss }: MicroBatchLosses,
    { trained, isStep }: { readonly trained: Int32Array; readonly isStep: boolean },
  ): void {
    const { state } = this
    if (!Number.isFinite(error) || !Number.isFinite(headLoss ?? 0))
      throw state.diverged(state.progress.step + 1)
    const samples = trained.length
    const totals = {
      samples,
      squaredError: error * samples,
      labelled: this.samples.labelled(trained),
      headLoss: headLoss ?? 0,
    }
    if (isStep) this.reportStep(afterStep(state.progress, totals))
    else state.progress = afterMicroBatch(state.progress, totals)
  }

  private reportStep({ progress, batch }: ReturnType<typeof afterStep>): void {
    const { state, report } = this
    state.progress = progress
    report.step(progress, batch)
    if (state.unsavedMs > CHECKPOINT_INTERVAL_MS) report.checkpoint(state.write())
  }

  /** Calibrates, validates, shows, reports and saves. */
  private async closeEpoch(): Promise<Ending | null> {
    const calibrated = await this.calibrate(() => this.pauseOrEnd('calibrating'))
    if (typeof calibrated === 'string') return calibrated
    const { trainer } = this.context
    const validation = await this.pass(
      () => new Validation(trainer, this.samples, this.state.plan),
      () => this.pauseOrEnd('validating'),
    )
    if (typeof validation === 'string') return validation
    this.timed(() => {
      this.reportEpoch(validation.scores())
    })
    this.report.checkpoint(this.state.write())
    return null
  }

  /** Brings batch norm's statistics up to date with the weights. `between` says whether to end early. */
  private calibrate(between: () => Promise<Ending | null>): Promise<Calibration | Ending> {
    const order = this.order()
    const { trainer } = this.context
    return this.pass(() => new Calibration(trainer, this.samples, this.state.plan, order), between)
  }

  /** Micro-batch by micro-batch; from its start again where memory runs out. Returns the pass, or how to end. */
  private async pass<Made extends Pass>(
    make: () => Made,
    between: () => Promise<Ending | null>,
  ): Promise<Made | Ending> {
    let pass = make()
    while (!pass.isDone) {
      const ending = await between()
      if (ending !== null) return ending
      this.timed(() => {
        const done = this.state.withinMemory(() => {
          pass.next()
        })
        if (!done) pass = make()
      })
    }
    return pass
  }

  private reportEpoch({ meanSquaredError: validationMse, headAccuracy }: Scores): void {
    const { state } = this
    if (!Number.isFinite(validationMse)) throw state.diverged(state.progress.step)
    const { trend } = state.progress
    state.progress = afterEpoch(state.progress, validationMse, state.plan)
    const { step, epoch, elapsedMs, last } = state.progress
    const metrics = {
      epoch,
      step,
      trainMse: last?.trainMse ?? NaN,
      validationMse,
      headAccuracy,
      learningRate: learningRateOf(state.plan, { step, trend }),
      elapsedMs: Math.round(elapsedMs),
    }
    this.report.epoch(metrics, this.reconstructShown())
  }

  private reconstructShown(): Pictures {
    const { architecture, optimizer } = this.state.plan
    const indices = shownCrops(this.request.plan)
    const originals = this.samples.pixels(indices)
    const reconstructions = new Uint8Array(originals.length)
    const each = optimizer.microBatch * architecture.inputSize ** 2
    for (let from = 0; from < originals.length; from += each) {
      const some = originals.subarray(from, from + each)
      reconstructions.set(toGreyBytes(this.context.trainer.reconstruct(some)), from)
    }
    return { indices, originals, reconstructions }
  }

  /** Between native calls: lets requests in, waits while paused (with a checkpoint), and asks whether to end. */
  private async pauseOrEnd(phase: ComputeLive['phase']): Promise<Ending | null> {
    const ending = await this.context.controls.check(() => {
      if (this.state.hasUnsaved) this.report.checkpoint(this.state.write())
      this.report.live('paused', this.state)
    })
    this.report.live(phase, this.state)
    return ending
  }

  private timed(work: () => void): void {
    const startMs = this.context.elapsedMs()
    work()
    const { progress } = this.state
    const elapsedMs = progress.elapsedMs + this.context.elapsedMs() - startMs
    this.state.progress = { ...progress, elapsedMs }
  }

  private outcome(status: TrainingOutcome['status']): TrainingOutcome {
    const { epoch, step, last, elapsedMs } = this.state.progress
    const { plan, backend, trainer, remarks } = { ...this.context, plan: this.request.plan }
    const model = modelParameters(plan.architecture)
    const shown = status === 'cancelled' ? null : this.reconstructShown()
    return {
      status,
      epochs: epoch,
      steps: step,
      trainMse: last?.trainMse ?? null,
      validationMse: last?.validationMse ?? null,
      weightsSha256: status === 'cancelled' ? null : hashValues(model, trainer.read()),
      seconds: elapsedMs / 1000,
      peakMemoryBytes: peakMemoryBytes(),
      backend,
      remarks: [...remarks, ...remarksOnPlan(plan), ...this.state.remarks, ...remarksOnPictures(shown)],
    }
  }
}
