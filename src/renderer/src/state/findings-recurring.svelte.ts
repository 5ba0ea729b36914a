/** Recurring filters: channels of several runs compared, and what they are called. */
import type {
  ActivationPattern,
  Correlation,
  FeatureCluster,
  Recurrence,
  RecurrenceSummary,
} from '@shared/domain/findings'
import type { Job } from '@shared/domain/job'
import type { RunSummary } from '@shared/domain/run'
import type { SeriesSummary } from '@shared/domain/series'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

export interface RecurringForm {
  readonly runs: readonly string[]
  /** Empty: all layers. */
  readonly layer: string
  readonly pattern: ActivationPattern
  readonly correlation: Correlation
  readonly seed: number
}

export const CLUSTERS = 24

export class RecurringState {
  readonly list = new Loadable<readonly RecurrenceSummary[]>()
  readonly series = new Loadable<readonly SeriesSummary[]>()
  readonly report = new Loadable<Recurrence>()
  #form = $state.raw<RecurringForm>({ runs: [], layer: '', pattern: 'mean', correlation: 'pearson', seed: 1 })
  #shown = $state(CLUSTERS)
  /** What was shown last, so that it is not asked for twice. */
  #opened: number | null = null
  /** Names given in this session, by cluster of the report. */
  #names = $state.raw<ReadonlyMap<number, string>>(new Map())

  constructor(private readonly application: Application) {}

  get form(): RecurringForm {
    return this.#form
  }

  /** How many clusters are drawn. */
  get shown(): number {
    return this.#shown
  }

  get job(): Job | null {
    return this.application.jobs.running.find((job) => job.kind === 'recur') ?? null
  }

  nameOf(cluster: FeatureCluster): string {
    return this.#names.get(cluster.cluster) ?? ''
  }

  attach(): () => void {
    void this.loadList()
    void this.series.load((signal) => this.application.api.series.list(undefined, { signal }))
    return this.application.jobs.onEnded((job) => {
      if (job.kind === 'recur' && job.status === 'finished') void this.showNewest()
    })
  }

  /** Shows a stored comparison, or without one the newest. */
  show(recurrence: number | null): void {
    const wanted = recurrence ?? this.list.value?.[0]?.recurrence ?? null
    if (wanted === null || wanted === this.#opened) return
    this.#opened = wanted
    this.#shown = CLUSTERS
    this.#names = new Map()
    void this.load(wanted)
  }

  choose(recurrence: number): void {
    this.application.navigation.refine('findings', { recurrence })
  }

  change(change: Partial<RecurringForm>): void {
    this.#form = { ...this.#form, ...change }
  }

  /** Adds a run, or takes it away; runs of another sample set make room for it. */
  toggle(run: RunSummary, all: readonly RunSummary[]): void {
    const { runs } = this.#form
    if (runs.includes(run.run)) {
      this.change({ runs: runs.filter((one) => one !== run.run) })
      return
    }
    const alike = all.filter((one) => one.sampleSet === run.sampleSet).map((one) => one.run)
    this.change({ runs: [...runs.filter((one) => alike.includes(one)), run.run] })
  }

  start(): void {
    const { layer, runs, ...asked } = this.#form
    this.application.toasts.watch(
      this.application.api.findings.recurrence({
        ...asked,
        runs: [...runs],
        ...(layer === '' ? {} : { layer }),
      }),
    )
  }

  cancel(): void {
    if (this.job !== null) this.application.jobs.askCancel(this.job.job)
  }

  showMore(): void {
    this.#shown += CLUSTERS
  }

  /** One name for all members of a cluster. */
  async nameCluster(cluster: FeatureCluster, rater: string, name: string): Promise<void> {
    const { api, toasts } = this.application
    if (rater.trim() === '') {
      toasts.say('Write your name or initials first: names are kept for each rater.')
      return
    }
    try {
      for (const { run, layer, channel } of cluster.members)
        await api.naming.name({ run, layer, channel, rater, name })
      this.#names = new Map(this.#names).set(cluster.cluster, name)
      toasts.say(`${cluster.members.length} channels are called “${name}” by ${rater}.`, 'good')
    } catch (error) {
      toasts.fail(error)
    }
  }

  private async showNewest(): Promise<void> {
    await this.loadList()
    const newest = this.list.value?.[0]
    if (newest !== undefined) this.choose(newest.recurrence)
  }

  private async loadList(): Promise<void> {
    await this.list.load((signal) => this.application.api.findings.recurrences(undefined, { signal }))
    this.show(this.application.navigation.on('findings').recurrence ?? null)
  }

  private async load(recurrence: number): Promise<void> {
    await this.report.load((signal) =>
      this.application.api.findings.recurrenceReport({ recurrence }, { signal }),
    )
    this.takeOverNames()
  }

  /** What the members are called already, where all of a rater's names are one. */
  private takeOverNames(): void {
    const report = this.report.value
    if (report === null) return
    const asks = report.runs.map(({ run }) => this.application.api.naming.names({ run }))
    Promise.all(asks).then(
      (answers) => {
        const byAddress = new Map(answers.flat().map((known) => [known.address, known.name]))
        const names = report.clusters.flatMap(({ cluster, members }) => {
          const own = new Set(members.map(({ address }) => byAddress.get(address) ?? ''))
          const [name = ''] = own
          return own.size === 1 && name !== '' ? [[cluster, name] as const] : []
        })
        this.#names = new Map(names)
      },
      (error: unknown) => this.application.toasts.fail(error),
    )
  }
}
