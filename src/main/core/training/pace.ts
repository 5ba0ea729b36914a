/** How long a run still takes: what was expected when it began, set right by what is measured as it goes. */
import type { EpochMetrics, RunPlan, StepMetrics } from '@shared/domain/run'
import { stepsPerEpoch } from './plan'
import { mean } from '../../numerics/mean'

/** A held-out batch is only passed forward, about a third of a training step. */
export const VALIDATION_SHARE = 1 / 3
/** Steps over which the pace is averaged. */
const WINDOW = 50
/** Steps before a first forecast can be made, after one to warm up. */
const LEAST_STEPS = 2

/** Held-out batches of an epoch, in training steps. */
export function validationSteps({ split, optimizer }: Pick<RunPlan, 'split' | 'optimizer'>): number {
  return Math.ceil(split.validation.length / optimizer.batchSize) * VALIDATION_SHARE
}

export interface PaceStart {
  readonly steps: number
  readonly epochs: number
  readonly seconds: number
  /** As it was found when the run began; null for a run that is new. */
  readonly forecastSeconds: number | null
}

/** Fed with metrics, whose clock counts training only: pauses cost nothing. */
export class Pace {
  private readonly stepSeconds: number[] = []
  private readonly epochSeconds: number[] = []
  private previous: { readonly epoch: number; readonly elapsedMs: number } | null = null
  private done: { steps: number; epochs: number; seconds: number }
  private forecast: number | null

  constructor(
    private readonly plan: RunPlan,
    start: PaceStart,
  ) {
    this.done = { steps: start.steps, epochs: start.epochs, seconds: start.seconds }
    this.forecast = start.forecastSeconds
  }

  step({ step, epoch, elapsedMs }: Pick<StepMetrics, 'step' | 'epoch' | 'elapsedMs'>): void {
    // The first step of a session builds the graph, and the first of an epoch follows the validation of another.
    if (this.previous?.epoch === epoch) {
      this.stepSeconds.push((elapsedMs - this.previous.elapsedMs) / 1000)
      if (this.stepSeconds.length > WINDOW) this.stepSeconds.shift()
    }
    this.previous = { epoch, elapsedMs }
    this.done = { ...this.done, steps: step, seconds: elapsedMs / 1000 }
    if (this.stepSeconds.length >= LEAST_STEPS) this.forecast ??= this.totalSeconds
  }

  epoch({ epoch, elapsedMs }: Pick<EpochMetrics, 'epoch' | 'elapsedMs'>): void {
    if (this.previous !== null) this.epochSeconds.push((elapsedMs - this.previous.elapsedMs) / 1000)
    this.done = { ...this.done, epochs: epoch, seconds: elapsedMs / 1000 }
    this.forecast ??= this.totalSeconds
  }

  get steps(): number {
    return this.done.steps
  }

  get totalSteps(): number {
    return this.plan.optimizer.epochs * stepsPerEpoch(this.plan)
  }

  /** Null until a step has been timed. */
  get secondsPerStep(): number | null {
    return mean(this.stepSeconds)
  }

  /** Of training, were it to go on to its planned end; null until a step has been timed. */
  get secondsLeft(): number | null {
    const perStep = this.secondsPerStep ?? this.perStepOfEpochs()
    if (perStep === null) return null
    const perEpoch = mean(this.epochSeconds) ?? validationSteps(this.plan) * perStep
    const steps = Math.max(0, this.totalSteps - this.done.steps)
    const epochs = Math.max(0, this.plan.optimizer.epochs - this.done.epochs)
    return steps * perStep + epochs * perEpoch
  }

  /** Of the whole run, earlier stretches included. */
  get totalSeconds(): number | null {
    const left = this.secondsLeft
    return left === null ? null : this.done.seconds + left
  }

  /** The first such total; null until there is one. */
  get forecastSeconds(): number | null {
    return this.forecast
  }

  /** Epochs of a single step have no second step to be timed by. */
  private perStepOfEpochs(): number | null {
    const { steps, epochs, seconds } = this.done
    if (epochs < 1 || steps < 1) return null
    return Math.max(0, seconds - epochs * (mean(this.epochSeconds) ?? 0)) / steps
  }
}
