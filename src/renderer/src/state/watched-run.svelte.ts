/** One run looked at: its plan, its curves as they grow, its reconstructions epoch by epoch. */
import type { RemoteApi } from '@shared/api'
import type { EpochMetrics, EpochReconstructions, RunLive, RunPlan, StepMetrics } from '@shared/domain/run'
import { Loadable } from './loadable.svelte'

interface Metrics {
  readonly steps: readonly StepMetrics[]
  readonly epochs: readonly EpochMetrics[]
}

/** Steps kept for drawing; beyond that every second one is dropped. */
const MOST_STEPS = 8_000

export class WatchedRun {
  readonly plan = new Loadable<RunPlan>()
  readonly metrics = new Loadable<Metrics>()
  readonly pictures = new Loadable<EpochReconstructions>()
  /** Null while it does not train. */
  readonly live = new Loadable<RunLive | null>()
  /** Null follows the newest epoch. */
  #chosenEpoch = $state<number | null>(null)

  constructor(
    private readonly api: RemoteApi,
    readonly run: string,
  ) {}

  get steps(): readonly StepMetrics[] {
    return this.metrics.value?.steps ?? []
  }

  get epochs(): readonly EpochMetrics[] {
    return this.metrics.value?.epochs ?? []
  }

  get newestEpoch(): number | null {
    return this.epochs.at(-1)?.epoch ?? null
  }

  /** The epoch whose reconstructions are shown. */
  get epochShown(): number | null {
    return this.#chosenEpoch ?? this.newestEpoch
  }

  get followsNewest(): boolean {
    return this.#chosenEpoch === null
  }

  /** Optimizer steps of a whole epoch: as it was, or before the first has ended as the plan has it. */
  get stepsPerEpoch(): number {
    const first = this.epochs[0]
    if (first !== undefined) return Math.max(1, first.step / first.epoch)
    const plan = this.plan.value
    if (plan === null) return Math.max(1, this.steps.length)
    return Math.max(1, Math.ceil(plan.split.train.length / plan.optimizer.batchSize))
  }

  /** Of held-out crops, over all epochs so far; null before the first has ended. */
  get bestEpoch(): EpochMetrics | null {
    return this.epochs.reduce<EpochMetrics | null>(
      (best, epoch) => (best === null || epoch.validationMse < best.validationMse ? epoch : best),
      null,
    )
  }

  /** Milliseconds of training so far. */
  get elapsedMs(): number {
    return Math.max(this.steps.at(-1)?.elapsedMs ?? 0, this.epochs.at(-1)?.elapsedMs ?? 0)
  }

  /** As the engine has it, else from what an epoch took so far; null before the first has ended. */
  get secondsLeft(): number | null {
    const live = this.live.value?.secondsLeft ?? null
    if (live !== null) return live
    const plan = this.plan.value
    const last = this.epochs.at(-1)
    if (plan === null || last === undefined) return null
    return (last.elapsedMs / last.epoch / 1000) * Math.max(0, plan.optimizer.epochs - last.epoch)
  }

  /** Asks for everything that is known of the run; also after events may have been missed. */
  load(): void {
    if (this.plan.value === null)
      void this.plan.load((signal) => this.api.training.plan({ run: this.run }, { signal }))
    void this.live.load((signal) => this.api.training.live({ run: this.run }, { signal }))
    void this.loadMetrics()
  }

  /** An epoch to look back at; null follows the newest again. */
  showEpoch(epoch: number | null): void {
    this.#chosenEpoch = epoch === this.newestEpoch ? null : epoch
    this.loadPictures()
  }

  addStep(step: StepMetrics): void {
    const last = this.steps.at(-1)
    if (last !== undefined && step.step <= last.step) return
    const steps =
      this.steps.length >= MOST_STEPS ? this.steps.filter((_, index) => index % 2 === 1) : this.steps
    this.keep({ steps: [...steps, step], epochs: this.epochs })
  }

  addEpoch(epoch: EpochMetrics): void {
    const missed = epoch.epoch > (this.newestEpoch ?? 0) + 1
    const earlier = this.epochs.filter((known) => known.epoch < epoch.epoch)
    this.keep({ steps: this.steps, epochs: [...earlier, epoch] })
    if (missed) void this.loadMetrics()
    else if (this.followsNewest) this.loadPictures()
  }

  private async loadMetrics(): Promise<void> {
    const loaded = await this.metrics.load((signal) =>
      this.api.training.metrics({ run: this.run }, { signal }),
    )
    if (loaded !== null) this.loadPictures()
  }

  /** While the first answer is awaited, events are left to it. */
  private keep(metrics: Metrics): void {
    if (this.metrics.status === 'ready') this.metrics.set(metrics)
  }

  private loadPictures(): void {
    const epoch = this.epochShown
    if (epoch === null || (this.pictures.status === 'ready' && this.pictures.value?.epoch === epoch)) return
    void this.pictures.load((signal) =>
      this.api.training.epochReconstructions({ run: this.run, epoch }, { signal }),
    )
  }
}
