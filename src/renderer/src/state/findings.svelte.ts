/** The findings screen: which run is looked at, and the three things that can be found out about it. */
import type { Job } from '@shared/domain/job'
import type { ChannelAddress } from '@shared/domain/naming'
import type { RunSummary } from '@shared/domain/run'
import type { Application } from './application.svelte'
import { ContrastsState } from './findings-contrasts.svelte'
import { ChannelPictures } from './findings-pictures.svelte'
import { RecurringState } from './findings-recurring.svelte'
import { TrainedRuns } from './trained-runs.svelte'
import { NamingState } from './naming.svelte'
import type { Places } from './navigation.svelte'

export type FindingsTab = NonNullable<Places['findings']['tab']>

export class FindingsState {
  readonly runs: TrainedRuns
  readonly pictures: ChannelPictures
  readonly contrasts: ContrastsState
  readonly recurring: RecurringState
  readonly naming: NamingState
  #opened: string | null = null

  constructor(private readonly application: Application) {
    this.runs = new TrainedRuns(application)
    this.pictures = new ChannelPictures(application)
    this.contrasts = new ContrastsState(application)
    this.recurring = new RecurringState(application)
    this.naming = new NamingState(application)
  }

  get place(): Places['findings'] {
    return this.application.navigation.on('findings')
  }

  get tab(): FindingsTab {
    return this.place.tab ?? 'contrasts'
  }

  /** The run looked at: the chosen one, else the newest whose features are computed. */
  get run(): RunSummary | null {
    return this.runs.pick(this.place.run ?? this.application.navigation.on('filters').run)
  }

  /** Layers of the run from the first to the last. */
  get layers(): readonly string[] {
    return this.run === null ? [] : (this.pictures.of(this.run.run)?.layers ?? [])
  }

  attach(): () => void {
    void this.runs.refresh()
    const stops = [
      this.application.jobs.onEnded((job) => this.jobEnded(job)),
      this.recurring.attach(),
      this.contrasts.attach(),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  /** Changes whenever `follow` has something to do. */
  get wanted(): string | null {
    const { run } = this
    return run === null ? null : JSON.stringify([run.run, run.featuresReady, this.tab, this.place.recurrence])
  }

  follow(): void {
    const { run } = this
    if (run === null) return
    if (run.featuresReady) void this.pictures.open(run.run)
    if (this.#opened !== run.run) {
      this.#opened = run.run
      this.contrasts.open(run.run)
      this.naming.open(run.run)
    }
    if (this.tab === 'recurring') this.recurring.show(this.place.recurrence ?? null)
    if (this.tab === 'names') this.naming.refresh()
  }

  chooseRun(run: string): void {
    this.application.navigation.go('findings', { tab: this.tab, run })
  }

  chooseTab(tab: FindingsTab): void {
    this.application.navigation.go('findings', { ...this.place, tab })
  }

  openChannel({ run, layer, channel }: ChannelAddress): void {
    this.application.navigation.go('filters', { run, layer, channel })
  }

  computeFeatures(): void {
    this.runs.computeFeatures(this.run)
  }

  private jobEnded(job: Job): void {
    if (job.kind === 'train' || job.kind === 'features' || job.kind === 'demo') void this.runs.refresh()
    if (job.kind === 'contrasts' && job.subject === this.run?.run) this.naming.refresh()
  }
}
