/** The series of the project, and the one that is looked at. */
import type { Job } from '@shared/domain/job'
import type { SeriesReport, SeriesSummary } from '@shared/domain/series'
import type { RequestInput } from '@shared/requests'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

export class SeriesState {
  /** Newest first. */
  readonly list = new Loadable<readonly SeriesSummary[]>()
  readonly report = new Loadable<SeriesReport>()
  readonly starting = new Loadable<string>()
  #stopAsked = $state(false)

  constructor(private readonly application: Application) {}

  /** The series looked at: the chosen one, else the newest. */
  get selected(): SeriesSummary | null {
    const all = this.list.value ?? []
    return (
      all.find((one) => one.series === this.application.navigation.on('training').series) ?? all[0] ?? null
    )
  }

  /** The job that trains the selected series, while it does. */
  get job(): Job | null {
    const series = this.selected?.series
    return (
      this.application.jobs.running.find((job) => job.kind === 'series' && job.subject === series) ?? null
    )
  }

  /** Whether stopping was asked for and waits to be confirmed. */
  get stopAsked(): boolean {
    return this.#stopAsked
  }

  nameOf(series: string): string | null {
    return this.list.value?.find((one) => one.series === series)?.name ?? null
  }

  /** Asks again whenever a run of it may have been trained or scored; returns what stops that. */
  attach(): () => void {
    const { connection, jobs } = this.application
    void this.load()
    const ends = [
      connection.on('run/changed', () => void this.load()),
      connection.on('job/started', (job) => {
        if (job.kind === 'series') void this.load()
      }),
      jobs.onEnded((job) => {
        if (['series', 'train', 'evaluate', 'demo'].includes(job.kind)) void this.load()
      }),
    ]
    return () => ends.forEach((end) => end())
  }

  /** Reads what navigation points at, unless it is shown already. */
  show(): void {
    if (this.list.value !== null && this.report.value?.series !== this.selected?.series) this.showReport()
  }

  choose(series: string): void {
    this.point(series)
    this.showReport()
  }

  /** @returns whether it began */
  async start(request: RequestInput<'series', 'start'>): Promise<boolean> {
    return this.begin(() => this.application.api.series.start(request))
  }

  resume(): void {
    const series = this.selected?.series
    if (series !== undefined) void this.begin(() => this.application.api.series.resume({ series }))
  }

  askToStop(asked: boolean): void {
    this.#stopAsked = asked
  }

  /** Ends the run that trains now, too; those that are done stay. */
  stop(): void {
    this.#stopAsked = false
    if (this.job !== null) this.application.jobs.cancel(this.job.job)
  }

  private async begin(ask: () => Promise<{ readonly series: string }>): Promise<boolean> {
    if (this.starting.status === 'loading') return false
    const series = await this.starting.load(async () => (await ask()).series)
    if (series === null) return false
    this.point(series)
    await this.load()
    return true
  }

  private point(series: string): void {
    this.application.navigation.refine('training', { series })
  }

  private async load(): Promise<void> {
    const list = await this.list.load((signal) => this.application.api.series.list(undefined, { signal }))
    if (list === null) return
    this.list.set([...list].sort((a, b) => b.startedAt.localeCompare(a.startedAt)))
    this.showReport()
  }

  private showReport(): void {
    const series = this.selected?.series
    if (series === undefined) return
    if (this.report.value !== null && this.report.value.series !== series) this.report.reset()
    void this.report.load((signal) => this.application.api.series.report({ series }, { signal }))
  }
}
