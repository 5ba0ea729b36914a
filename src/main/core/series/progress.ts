/** How far a series is, and how long all of it still takes. */
import type { Clock, JobContext, JobProgressUpdate } from '../ports'
import { mean } from '../../numerics/mean'

export type Stage = 'training' | 'evaluating'

/** Progress in thousandths of a run; nearly all of it is training. */
const WHOLE = 1000
const TRAINED = 950

/** Judged by the runs that were completed in this session, and by what the present one expects of itself. */
export class SeriesProgress {
  /** Of runs that were trained and scored from begin to end. */
  private readonly memberSeconds: number[] = []
  private readonly evaluationSeconds: number[] = []
  private startedMs: number
  private stageMs: number

  /** @param labels of all runs, e.g. "Seed 2 of 5" */
  constructor(
    private readonly context: JobContext,
    private readonly clock: Clock,
    private readonly labels: readonly string[],
  ) {
    this.startedMs = this.stageMs = clock.elapsedMs()
  }

  begin(): void {
    this.startedMs = this.clock.elapsedMs()
  }

  /** The job as one stage of one run sees it. */
  stage(place: number, stage: Stage): JobContext {
    const { context } = this
    this.stageMs = this.clock.elapsedMs()
    return {
      job: context.job,
      signal: context.signal,
      progress: (update) => {
        context.progress(this.ofWhole(place, stage, update))
      },
    }
  }

  endEvaluation(): void {
    this.evaluationSeconds.push(this.secondsSince(this.stageMs))
  }

  endMember(): void {
    this.memberSeconds.push(this.secondsSince(this.startedMs))
  }

  private ofWhole(place: number, stage: Stage, update: JobProgressUpdate): JobProgressUpdate {
    const share = update.total > 0 ? Math.min(1, update.done / update.total) : 0
    const within = stage === 'training' ? share * TRAINED : TRAINED
    return {
      label: `${this.labels[place] ?? ''}: ${update.label.slice(0, 1).toLowerCase()}${update.label.slice(1)}`,
      done: place * WHOLE + within,
      total: this.labels.length * WHOLE,
      secondsLeft: this.secondsLeft(place, stage, update.secondsLeft ?? null),
    }
  }

  private secondsLeft(place: number, stage: Stage, ofStage: number | null): number | null {
    if (stage === 'training' && ofStage === null) return null
    const evaluation = mean(this.evaluationSeconds) ?? 0
    const ofMember =
      stage === 'training'
        ? (ofStage ?? 0) + evaluation
        : Math.max(0, evaluation - this.secondsSince(this.stageMs))
    const each = mean(this.memberSeconds) ?? this.secondsSince(this.startedMs) + ofMember
    return ofMember + (this.labels.length - place - 1) * each
  }

  private secondsSince(startMs: number): number {
    return (this.clock.elapsedMs() - startMs) / 1000
  }
}
