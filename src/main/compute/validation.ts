import type { RunPlan } from '@shared/domain/run'
import type { SampleSource } from './samples'
import type { Trainer } from './trainer'

export interface Scores {
  readonly meanSquaredError: number
  /** Share of labelled samples put into their class; null without a head or labels. */
  readonly headAccuracy: number | null
}

/** One pass over the held-out samples, a micro-batch at a time. */
export class Validation {
  private done = 0
  private squaredError = 0
  private correct = 0

  constructor(
    private readonly trainer: Trainer,
    private readonly samples: SampleSource,
    private readonly plan: RunPlan,
  ) {}

  get isDone(): boolean {
    return this.done >= this.plan.split.validation.length
  }

  next(): void {
    const indices = this.from(this.done)
    const batch = this.samples.batch(indices)
    this.samples.expect(this.from(this.done + indices.length))
    const { meanSquaredError, correct } = this.trainer.evaluate(batch)
    this.squaredError += meanSquaredError * indices.length
    this.correct += correct ?? 0
    this.done += indices.length
  }

  private from(place: number): readonly number[] {
    return this.plan.split.validation.slice(place, place + this.plan.optimizer.microBatch)
  }

  scores(): Scores {
    const labelled = this.samples.labelled(this.plan.split.validation)
    return {
      meanSquaredError: this.squaredError / this.done,
      headAccuracy: labelled === 0 ? null : this.correct / labelled,
    }
  }
}
