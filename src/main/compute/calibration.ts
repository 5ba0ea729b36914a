import type { RunPlan } from '@shared/domain/run'
import type { SampleSource } from './samples'
import type { Trainer } from './trainer'

/** More change the validation error by under 2 % (docs/decisions/0002-training-graph.md). */
const SAMPLES = 64

/**
 * Measures batch norm's statistics anew with the weights as they are, without dropout, on a few training samples: the
 * mean over micro-batches ("precise batch norm", Wu & Johnson 2021, "Rethinking batch in BatchNorm", §3). Averages that
 * run along while weights change are always a little out of date, and those under dropout have the wrong variance (Li
 * et al. 2019). Training itself does not use them, so this changes evaluation only.
 */
export class Calibration {
  private readonly indices: Int32Array
  private done = 0
  private batches = 0

  /** @param order training samples, of which the first are taken */
  constructor(
    private readonly trainer: Trainer,
    private readonly samples: SampleSource,
    private readonly plan: RunPlan,
    order: Int32Array,
  ) {
    this.indices = order.slice(0, SAMPLES)
  }

  get isDone(): boolean {
    return this.done >= this.indices.length
  }

  next(): void {
    const { microBatch } = this.plan.optimizer
    const pixels = this.samples.pixels(this.indices.subarray(this.done, this.done + microBatch))
    this.done = Math.min(this.done + microBatch, this.indices.length)
    this.batches += 1
    this.samples.expect(this.indices.subarray(this.done, this.done + microBatch))
    this.trainer.followStatistics(pixels, 1 / this.batches)
  }
}
