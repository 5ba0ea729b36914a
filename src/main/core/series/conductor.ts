/** Carries a series out: one run after the other, each in its own compute process, each scored when it is trained. */
import type { SeriesReport } from '@shared/domain/series'
import { AppError, Cancelled, throwIfCancelled } from '@shared/errors'
import { isClosing } from '../interruption'
import type { JobContext, OpenProject } from '../ports'
import type { SeriesDependencies } from './index'
import { type Member, membersOf } from './members'
import { SeriesProgress } from './progress'
import {
  addRemark,
  getSeries,
  memberRuns,
  type MemberRun,
  type SeriesState,
  updateSeries,
} from './series-records'

/** Such a run goes on where it ended. */
const UNFINISHED: readonly MemberRun['status'][] = ['interrupted', 'failed', 'running', 'paused']
/** Such an end of a run or of its scoring leaves everything in place to go on from. */
const INTERRUPTIONS: readonly string[] = ['training/interrupted', 'process/exited']

export class Conductor {
  private readonly members: readonly Member[]
  private readonly progress: SeriesProgress

  constructor(
    private readonly dependencies: SeriesDependencies,
    private readonly project: OpenProject,
    private readonly series: string,
    private readonly context: JobContext,
  ) {
    this.members = membersOf(getSeries(project.database, series).request)
    const labels = this.members.map(({ label }) => label)
    this.progress = new SeriesProgress(context, dependencies.clock, labels)
  }

  /** @throws Cancelled, and what ended one of its runs */
  async carryOut(report: () => SeriesReport): Promise<SeriesReport> {
    try {
      for (const [place, member] of this.members.entries()) await this.member(place, member)
      this.record({ status: 'finished', problem: null })
      return report()
    } catch (error) {
      this.record(this.endingOf(error))
      throw error
    } finally {
      if (!isClosing(this.context.signal)) this.queueFeatures()
    }
  }

  private async member(place: number, member: Member): Promise<void> {
    throwIfCancelled(this.context.signal)
    this.progress.begin()
    const run = await this.trained(place, member)
    if (run === null || this.dependencies.evaluation(run) !== null) return
    await this.dependencies.evaluate(run, this.progress.stage(place, 'evaluating'))
    this.progress.endEvaluation()
    this.progress.endMember()
  }

  /** The run at a place, trained; null where it diverged, which is no reason to give the others up. */
  private async trained(place: number, { choices }: Member): Promise<string | null> {
    const { training } = this.dependencies
    const before = memberRuns(this.project.database, this.series).find((each) => each.place === place)
    const stage = this.progress.stage(place, 'training')
    try {
      if (before === undefined || before.status === 'cancelled')
        return (await training.train(choices, stage, { series: this.series, place })).run
      if (!UNFINISHED.includes(before.status)) return before.run
      return (await training.resume(before.run, stage)).run
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'training/diverged') throw error
      addRemark(this.project.database, this.series, error.message)
      return null
    }
  }

  private endingOf(error: unknown): Pick<SeriesState, 'status' | 'problem'> {
    const interrupted = (reason: string): Pick<SeriesState, 'status' | 'problem'> => ({
      status: 'interrupted',
      problem: AppError.of('series/interrupted', { series: this.series, reason }).message,
    })
    if (error instanceof Cancelled)
      return isClosing(this.context.signal)
        ? interrupted('Scorescope was closed')
        : { status: 'cancelled', problem: null }
    if (error instanceof AppError && INTERRUPTIONS.includes(error.code))
      return interrupted(`a compute process stopped: ${String(error.details['reason'])}`)
    return { status: 'failed', problem: error instanceof Error ? error.message : String(error) }
  }

  private record(state: Pick<SeriesState, 'status' | 'problem'>): void {
    const finishedAt = this.dependencies.clock.now().toISOString()
    updateSeries(this.project.database, this.series, { ...state, finishedAt })
  }

  /** When nothing trains any more, so that passes and trainings do not slow one another down. */
  private queueFeatures(): void {
    const { onTrained, runs } = this.dependencies
    for (const { run, status } of memberRuns(this.project.database, this.series)) {
      const trained = status === 'finished' || status === 'stopped'
      if (trained && !runs.summary(run).featuresReady) onTrained(run)
    }
  }
}
