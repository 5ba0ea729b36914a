/** Contrasts of a run's channels between styles and composers, and one channel's profile. */
import type { ChannelContrast, ChannelProfile, ContrastField, Contrasts } from '@shared/domain/findings'
import type { Job } from '@shared/domain/job'
import type { RunSummary } from '@shared/domain/run'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

export interface ChannelPlace {
  readonly run: string
  readonly layer: string
  readonly channel: number
}

export const addressOf = ({ run, layer, channel }: ChannelPlace): string => `${run}/${layer}/${channel}`

type ByAddress = ReadonlyMap<string, ChannelContrast>
const NONE: ByAddress = new Map()

export class ChannelFindings {
  readonly tables: Readonly<Record<ContrastField, Loadable<Contrasts | null>>> = {
    style: new Loadable<Contrasts | null>(),
    composer: new Loadable<Contrasts | null>(),
  }
  readonly profile = new Loadable<ChannelProfile>()
  #field = $state<ContrastField>('style')
  #run = $state.raw<RunSummary | null>(null)
  #place: ChannelPlace | null = null

  readonly #rows: Readonly<Record<ContrastField, ByAddress>> = $derived({
    style: byAddress(this.tables.style.value),
    composer: byAddress(this.tables.composer.value),
  })

  constructor(private readonly application: Application) {}

  get field(): ContrastField {
    return this.#field
  }

  /** The run's contrasts while they are computed. */
  get job(): Job | null {
    const running = this.application.jobs.running
    return running.find((job) => job.kind === 'contrasts' && job.subject === this.#run?.run) ?? null
  }

  rowOf(field: ContrastField, address: string): ChannelContrast | null {
    return this.#rows[field].get(address) ?? null
  }

  choose(field: ContrastField): void {
    this.#field = field
  }

  open(run: RunSummary): void {
    this.#run = run
    this.#place = null
    this.profile.reset()
    this.tables.style.reset()
    this.tables.composer.reset()
    this.loadTables()
  }

  look(place: ChannelPlace): void {
    if (this.#place !== null && addressOf(this.#place) === addressOf(place)) return
    this.#place = place
    this.profile.reset()
    void this.profile.load((signal) => this.application.api.findings.profile(place, { signal }))
  }

  /** Tests every channel of all layers; the stored table is replaced. */
  compute(): void {
    const run = this.#run?.run
    if (run === undefined) return
    this.application.toasts.watch(
      this.application.api.findings.contrasts({ run, field: this.#field, seed: 1 }),
    )
  }

  /** Contrasts or features were computed: what is shown is older. */
  refresh(): void {
    this.loadTables()
    const place = this.#place
    if (place === null) return
    void this.profile.load((signal) => this.application.api.findings.profile(place, { signal }))
  }

  private loadTables(): void {
    const run = this.#run?.run
    if (run === undefined) return
    for (const field of ['style', 'composer'] as const) {
      void this.tables[field].load((signal) =>
        this.application.api.findings.contrastTable({ run, field }, { signal }),
      )
    }
  }
}

function byAddress(table: Contrasts | null): ByAddress {
  return table === null ? NONE : new Map(table.channels.map((row) => [row.address, row]))
}
