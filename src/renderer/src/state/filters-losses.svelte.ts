/** What reconstructions lose without a channel, layer by layer. */
import type { AblationReport, AbsenceCost } from '@shared/domain/feature'
import type { Job } from '@shared/domain/job'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

export class ChannelLosses {
  /** Of the layer looked at; null where it was not measured. */
  readonly report = new Loadable<AblationReport | null>()
  #run = $state.raw<string | null>(null)
  #layer: string | null = null

  readonly #costs: ReadonlyMap<number, AbsenceCost> = $derived(
    new Map((this.report.value?.channels ?? []).map((cost) => [cost.channel, cost])),
  )

  constructor(private readonly application: Application) {}

  get job(): Job | null {
    const running = this.application.jobs.running
    return running.find((job) => job.kind === 'ablate' && job.subject === this.#run) ?? null
  }

  costOf(channel: number): AbsenceCost | null {
    return this.#costs.get(channel) ?? null
  }

  look(run: string, layer: string): void {
    if (this.#run === run && this.#layer === layer) return
    this.#run = run
    this.#layer = layer
    this.report.reset()
    this.refresh()
  }

  measure(): void {
    const [run, layer] = [this.#run, this.#layer]
    if (run !== null && layer !== null)
      this.application.toasts.watch(this.application.api.exploration.ablate({ run, layer }))
  }

  refresh(): void {
    const [run, layer] = [this.#run, this.#layer]
    if (run === null || layer === null) return
    void this.report.load((signal) => this.application.api.exploration.losses({ run, layer }, { signal }))
  }
}
