/** Which crop of a run's sample set is looked at: held-out ones first, since the model has not trained on them. */
import type { Listing, RemoteApi } from '@shared/api'
import type { RunPlan, RunSummary } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { Loadable } from './loadable.svelte'

export interface CropPlace {
  readonly get: () => number | undefined
  readonly set: (index: number) => void
}

export class CropChoice {
  readonly samples = new Loadable<Listing<SampleWithPage>>()
  readonly plan = new Loadable<RunPlan>()
  #heldOutOnly = $state(true)
  #run: string | null = null

  readonly #heldOut = $derived([...(this.plan.value?.split.validation ?? [])].sort((a, b) => a - b))
  readonly #indices = $derived(
    this.#heldOutOnly ? this.#heldOut : (this.samples.value?.items.map((sample) => sample.index) ?? []),
  )
  readonly #byIndex = $derived(
    new Map(this.samples.value?.items.map((sample) => [sample.index, sample] as const)),
  )

  constructor(
    private readonly api: RemoteApi,
    private readonly place: CropPlace,
    private readonly random: () => number = Math.random,
  ) {}

  /** Whether only crops are offered that were held out of training. */
  get heldOutOnly(): boolean {
    return this.#heldOutOnly
  }

  /** Indices on offer, in order. */
  get indices(): readonly number[] {
    return this.#indices
  }

  /** How many crops the set has in all. */
  get total(): number {
    return this.samples.value?.total ?? 0
  }

  /** The crop looked at; null until there is one to choose. */
  get index(): number | null {
    return this.place.get() ?? this.#indices[0] ?? null
  }

  get sample(): SampleWithPage | null {
    return this.index === null ? null : (this.#byIndex.get(this.index) ?? null)
  }

  isHeldOut(index: number): boolean {
    return this.#heldOut.includes(index)
  }

  sampleAt(index: number): SampleWithPage | null {
    return this.#byIndex.get(index) ?? null
  }

  /** Asks for the crops of a run, once. */
  open(run: RunSummary): void {
    if (this.#run === run.run) return
    this.#run = run.run
    this.samples.reset()
    this.plan.reset()
    void this.plan.load((signal) => this.api.training.plan({ run: run.run }, { signal }))
    void this.samples.load((signal) => this.api.sampling.samples({ sampleSet: run.sampleSet }, { signal }))
  }

  choose(index: number): void {
    if (this.#byIndex.has(index)) this.place.set(index)
  }

  /** The next one on offer, or with −1 the one before; stops at the ends. */
  step(by: number): void {
    if (this.index === null || this.#indices.length === 0) return
    const here = this.#indices.indexOf(this.index)
    // A crop that is not on offer itself lies between two that are.
    const nearest = this.#indices.findIndex((index) => index > (this.index ?? 0))
    const from = here >= 0 ? here : (nearest < 0 ? this.#indices.length : nearest) - (by > 0 ? 1 : 0)
    const next = this.#indices[Math.min(this.#indices.length - 1, Math.max(0, from + by))]
    if (next !== undefined) this.place.set(next)
  }

  /** Any other one on offer. */
  chooseAtRandom(): void {
    const others = this.#indices.filter((index) => index !== this.index)
    const drawn = others[Math.floor(this.random() * others.length)]
    if (drawn !== undefined) this.place.set(drawn)
  }

  offerHeldOutOnly(heldOutOnly: boolean): void {
    this.#heldOutOnly = heldOutOnly
  }
}
