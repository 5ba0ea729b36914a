/** What channels answer to the probe sheet's single symbols. */
import type { Job } from '@shared/domain/job'
import type { RunSummary } from '@shared/domain/run'
import type { ChannelLiking, ChannelResponses, SymbolSheet } from '@shared/domain/symbols'
import type { Application } from './application.svelte'
import { addressOf, type ChannelPlace } from './filters-findings.svelte'
import { Loadable } from './loadable.svelte'

export class ChannelSymbols {
  readonly likings = new Loadable<readonly ChannelLiking[]>()
  readonly responses = new Loadable<ChannelResponses>()
  readonly sheet = new Loadable<SymbolSheet>()
  #run = $state.raw<RunSummary | null>(null)
  #place: ChannelPlace | null = null

  readonly #byChannel: ReadonlyMap<string, ChannelLiking> = $derived(
    new Map((this.likings.value ?? []).map((liking) => [`${liking.layer}/${liking.channel}`, liking])),
  )

  constructor(private readonly application: Application) {}

  /** The run's model has not seen the sheet. */
  get missing(): boolean {
    return this.likings.failure?.code === 'symbols/not-measured'
  }

  get job(): Job | null {
    const running = this.application.jobs.running
    return running.find((job) => job.kind === 'symbols' && job.subject === this.#run?.run) ?? null
  }

  likingOf(layer: string, channel: number): ChannelLiking | null {
    return this.#byChannel.get(`${layer}/${channel}`) ?? null
  }

  open(run: RunSummary): void {
    this.#run = run
    this.#place = null
    this.responses.reset()
    this.likings.reset()
    this.sheet.reset()
    this.loadLikings()
  }

  look(place: ChannelPlace): void {
    if (this.#place !== null && addressOf(this.#place) === addressOf(place)) return
    this.#place = place
    this.loadResponses()
  }

  measure(): void {
    const run = this.#run?.run
    if (run !== undefined) this.application.toasts.watch(this.application.api.symbols.measure({ run }))
  }

  /** The sheet was shown to the model. */
  refresh(): void {
    this.loadLikings()
  }

  private loadLikings(): void {
    const run = this.#run?.run
    if (run === undefined) return
    void this.likings
      .load((signal) => this.application.api.symbols.likings({ run }, { signal }))
      .then(() => this.loadResponses())
  }

  private loadResponses(): void {
    const [run, place] = [this.#run, this.#place]
    this.responses.reset()
    // Asking would only fail while the sheet was not measured.
    if (run === null || place === null || this.likings.value === null || this.missing) return
    void this.responses.load((signal) => this.application.api.symbols.responses(place, { signal }))
    if (this.sheet.status === 'idle') {
      const { sampleSet } = run
      void this.sheet.load((signal) => this.application.api.symbols.sheet({ sampleSet }, { signal }))
    }
  }
}
