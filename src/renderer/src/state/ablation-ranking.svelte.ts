/** What the absence of each channel of a layer costs, as measured on many crops: the channels in order of need. */
import type { AblationReport, AbsenceCost } from '@shared/domain/feature'
import type { Job } from '@shared/domain/job'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

/** Over all crops, or those of one style or composer. */
export type RankingScope =
  { readonly of: 'all' } | { readonly of: 'style' | 'composer'; readonly name: string }

export interface RankedChannel {
  readonly channel: number
  /** By how much the mean squared error grows without it. */
  readonly increase: number
  /** Bounds of 95 %; null where they were not measured: within one style or composer, or with too few pieces. */
  readonly low: number | null
  readonly high: number | null
}

export interface RankedLayer {
  readonly run: string
  readonly layer: string
}

export const CROP_CHOICES = [64, 256, 1024, 4096] as const

export class AblationRanking {
  readonly report = new Loadable<AblationReport | null>()
  #subject = $state.raw<RankedLayer | null>(null)
  #scope = $state.raw<RankingScope>({ of: 'all' })
  #crops = $state(256)
  /** Jobs by the layer that they measure, as far as this window started them. */
  #started = $state.raw<ReadonlyMap<string, string>>(new Map())

  /** Costliest first. */
  readonly channels: readonly RankedChannel[] = $derived(rank(this.report.value?.channels ?? [], this.#scope))

  /** With every channel as it is, on the crops that the ranking is of. */
  readonly intactMse: number | null = $derived(intactOf(this.report.value, this.#scope))

  constructor(private readonly application: Application) {}

  get scope(): RankingScope {
    return this.#scope
  }

  /** Of how many crops the next measurement is to be. */
  get crops(): number {
    return this.#crops
  }

  /** The measurement of this layer that is under way. */
  get job(): Job | null {
    const subject = this.#subject
    if (subject === null) return null
    const elsewhere = [...this.#started].flatMap(([key, job]) => (key === keyOf(subject) ? [] : [job]))
    const measuring = this.application.jobs.running.filter(
      (job) => job.kind === 'ablate' && job.subject === subject.run,
    )
    return measuring.find(({ job }) => !elsewhere.includes(job)) ?? null
  }

  look(subject: RankedLayer): void {
    if (this.#subject !== null && keyOf(this.#subject) === keyOf(subject)) return
    this.#subject = subject
    this.#scope = { of: 'all' }
    this.report.reset()
    this.load()
  }

  chooseScope(scope: RankingScope): void {
    this.#scope = scope
  }

  chooseCrops(crops: number): void {
    this.#crops = crops
  }

  /** Measures the layer, or measures it again on other crops. */
  async measure(): Promise<void> {
    const subject = this.#subject
    if (subject === null) return
    try {
      const { job } = await this.application.api.exploration.ablate({ ...subject, crops: this.#crops })
      this.#started = new Map(this.#started).set(keyOf(subject), job)
    } catch (error) {
      this.application.toasts.fail(error)
    }
  }

  cancel(): void {
    if (this.job !== null) this.application.jobs.cancel(this.job.job)
  }

  jobEnded(job: Job): void {
    if (job.kind === 'ablate' && job.subject === this.#subject?.run) this.load()
  }

  private load(): void {
    const subject = this.#subject
    if (subject === null) return
    void this.report.load((signal) => this.application.api.exploration.losses(subject, { signal }))
  }
}

const keyOf = ({ run, layer }: RankedLayer): string => `${run}/${layer}`

function rank(costs: readonly AbsenceCost[], scope: RankingScope): readonly RankedChannel[] {
  return costs
    .flatMap(({ channel, increase, byStyle, byComposer }): RankedChannel[] => {
      if (scope.of === 'all')
        return [{ channel, increase: increase.value, low: increase.low, high: increase.high }]
      const value = (scope.of === 'style' ? byStyle : byComposer)[scope.name]
      return value === undefined ? [] : [{ channel, increase: value, low: null, high: null }]
    })
    .sort((a, b) => b.increase - a.increase || a.channel - b.channel)
}

function intactOf(report: AblationReport | null, scope: RankingScope): number | null {
  if (report === null) return null
  if (scope.of === 'all') return report.intactMse
  return (scope.of === 'style' ? report.intactByStyle : report.intactByComposer)[scope.name] ?? null
}
