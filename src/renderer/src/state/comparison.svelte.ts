/** Several runs beside each other: which are ticked, their curves and plans, and what each makes of the same crop. */
import type { Replies } from '@shared/api'
import type { Reconstruction } from '@shared/domain/feature'
import type { RunPlan, RunSummary } from '@shared/domain/run'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

/** Pictures beside each other are no larger than thumbnails beyond this. */
export const MOST_PICTURED = 4

/** One of the runs: loaded once, its picture whenever the crop changes. */
export interface ComparedRun {
  readonly run: string
  readonly plan: Loadable<RunPlan>
  readonly metrics: Loadable<Replies['training']['metrics']>
  readonly picture: Loadable<Reconstruction>
}

export class ComparisonState {
  /** In the order in which they were ticked. */
  #ticked = $state.raw<readonly string[]>([])
  #compared = $state.raw<readonly ComparedRun[]>([])
  #last: string | null = null
  #index = $state<number | null>(null)
  /** By run, the crop that it was last asked to paint. */
  readonly #asked = new Map<string, number>()

  constructor(
    private readonly application: Application,
    private readonly runs: () => readonly RunSummary[],
  ) {}

  /** Ticked runs that still exist. */
  readonly summaries = $derived.by(() =>
    this.#ticked.flatMap((run) => this.runs().find((one) => one.run === run) ?? []),
  )

  /** Loaded parts of the ticked runs, in their order. */
  get compared(): readonly ComparedRun[] {
    return this.#compared
  }

  /** Those that paint: with weights, and trained on the first one's sample set, since a crop is one of a set. */
  readonly pictured = $derived.by(() => {
    const able = this.summaries.filter((run) => run.hasWeights)
    return able.filter((run) => run.sampleSet === able[0]?.sampleSet).slice(0, MOST_PICTURED)
  })

  /** Crops that none of the painting runs was trained on; of the first run where no crop is held out of all. */
  readonly indices = $derived.by(() => {
    const heldOut = this.pictured.map((run) => this.partOf(run.run)?.plan.value?.split.validation ?? null)
    if (heldOut.length === 0 || heldOut.some((indices) => indices === null)) return []
    const sets = heldOut.map((indices) => new Set(indices))
    const ofFirst = [...(heldOut[0] ?? [])].sort((a, b) => a - b)
    const ofAll = ofFirst.filter((index) => sets.every((set) => set.has(index)))
    return ofAll.length > 0 ? ofAll : ofFirst
  })

  /** The crop that is painted; null until there is one. */
  get index(): number | null {
    return this.#index !== null && this.indices.includes(this.#index)
      ? this.#index
      : (this.indices[0] ?? null)
  }

  isTicked(run: string): boolean {
    return this.#ticked.includes(run)
  }

  partOf(run: string): ComparedRun | null {
    return this.#compared.find((one) => one.run === run) ?? null
  }

  /** Whether the run was trained on the crop that is painted. */
  wasTrainedOn(run: string): boolean {
    const plan = this.partOf(run)?.plan.value
    return plan != null && this.index !== null && plan.split.train.includes(this.index)
  }

  /** Ticks or unticks a run; with `range`, also all between it and the one ticked last, in the table's order. */
  tick(run: string, ticked: boolean, range = false): void {
    const order = this.runs().map((one) => one.run)
    const [from, to] = [order.indexOf(this.#last ?? run), order.indexOf(run)].sort((a, b) => a - b)
    const meant =
      range && from !== undefined && to !== undefined && from >= 0 ? order.slice(from, to + 1) : [run]
    const others = this.#ticked.filter((one) => !meant.includes(one))
    const kept = this.#ticked.filter((one) => meant.includes(one))
    const added = meant.filter((one) => !kept.includes(one))
    this.#ticked = ticked ? [...this.#ticked, ...added] : others
    this.#last = run
    this.open()
  }

  clear(): void {
    this.#ticked = []
    this.#compared = []
    this.#last = null
  }

  /** The next of the crops, or with −1 the one before; stops at the ends. */
  step(by: number): void {
    const here = this.index === null ? 0 : this.indices.indexOf(this.index)
    const next = this.indices[Math.min(this.indices.length - 1, Math.max(0, here + by))]
    if (next !== undefined) this.#index = next
  }

  /** Lets every painting run paint the crop; asks nothing that is there or on its way. */
  paint(): void {
    const index = this.index
    if (index === null) return
    for (const { run } of this.pictured) {
      const picture = this.partOf(run)?.picture
      if (picture === undefined || this.#asked.get(run) === index) continue
      this.#asked.set(run, index)
      void picture.load((signal) => this.application.api.exploration.reconstruct({ run, index }, { signal }))
    }
  }

  /** An epoch of the run has ended: its curve goes on. */
  grow(run: string): void {
    const part = this.partOf(run)
    if (part !== null) this.loadMetrics(part)
  }

  /** The run began or ended: it may have other weights than those it painted with. */
  renew(run: string): void {
    this.grow(run)
    if (this.#asked.delete(run)) this.paint()
  }

  private open(): void {
    this.#compared = this.#ticked.map((run) => this.partOf(run) ?? this.load(run))
    for (const run of this.#asked.keys()) if (!this.isTicked(run)) this.#asked.delete(run)
  }

  private load(run: string): ComparedRun {
    const { training } = this.application.api
    const part: ComparedRun = { run, plan: new Loadable(), metrics: new Loadable(), picture: new Loadable() }
    void part.plan.load((signal) => training.plan({ run }, { signal }))
    this.loadMetrics(part)
    return part
  }

  private loadMetrics({ run, metrics }: ComparedRun): void {
    void metrics.load((signal) => this.application.api.training.metrics({ run }, { signal }))
  }
}
