/** How long a job still takes, judged by the pace of what it does now. */
import type { JobProgressUpdate } from '../ports'

/** Below this a pace is mostly the cost of getting started. */
const LEAST_ELAPSED_MS = 500

/** Starts counting anew whenever the label changes, since a new kind of work has its own pace. */
export class TimeLeft {
  private label: string | null = null
  private fromDone = 0
  private fromMs = 0

  /** Seconds left at `nowMs` (of the injected clock); null while there is nothing to judge by. */
  update(progress: JobProgressUpdate, nowMs: number): number | null {
    if (progress.label !== this.label || progress.done < this.fromDone) {
      this.label = progress.label
      this.fromDone = progress.done
      this.fromMs = nowMs
      return null
    }
    const done = progress.done - this.fromDone
    const elapsedMs = nowMs - this.fromMs
    if (done <= 0 || elapsedMs < LEAST_ELAPSED_MS) return null
    return (Math.max(0, progress.total - progress.done) * elapsedMs) / done / 1000
  }
}
