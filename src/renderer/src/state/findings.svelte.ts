/** The findings screen: which run is looked at, and the three things that can be found out about it. */
import type { Job } from '@shared/domain/job'
import type { ChannelAddress } from '@shared/domain/naming'
import type { RunSummary } from '@shared/domain/run'
import type { Application } from './application.svelte'
import { ContrastsState } from './findings-contrasts.svelte'
import { ChannelPictures } from './findings-pictures.svelte'
import { RecurringState } from './findings-recurring.svelte'
import { Loadable } from './loadable.svelte'
import { NamingState } from './naming.svelte'
import type { Places } from './navigation.svelte'

export type FindingsTab = NonNullable<Places['findings']['tab']>

export class FindingsState {
  readonly runs = new Loadable<readonly RunSummary[]>()
  readonly pictures: ChannelPictures
  readonly contrasts: ContrastsState
  readonly recurring: RecurringState
  readonly naming: NamingState
  #opened: string | null = null

  constructor(private readonly application: Application) {
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
    const runs = this.runs.value ?? []
    const chosen = this.place.run ?? this.application.navigation.on('filters').run
    return runs.find((run) => run.run === chosen) ?? runs.find((run) => run.featuresReady) ?? runs[0] ?? null
  }

  /** Layers of the run from the first to the last. */
  get layers(): readonly string[] {
    return this.run === null ? [] : (this.pictures.of(this.run.run)?.layers ?? [])
  }

  attach(): () => void {
    void this.loadRuns()
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
    const run = this.run?.run
    if (run !== undefined)
      this.application.toasts.watch(this.application.api.exploration.computeFeatures({ run }))
  }

  private async loadRuns(): Promise<void> {
    await this.runs.load(async (signal) => {
      const runs = await this.application.api.training.runs(undefined, { signal })
      return runs.filter((run) => run.hasWeights).toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))
    })
  }

  private jobEnded(job: Job): void {
    if (job.kind === 'train' || job.kind === 'features' || job.kind === 'demo') void this.loadRuns()
    if (job.kind === 'contrasts' && job.subject === this.run?.run) this.naming.refresh()
  }
}
