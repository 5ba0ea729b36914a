/** The reconstruction screen: a crop, what the model makes of it, and its bottleneck's channels as switches. */
import type { ActivationMaps } from '@shared/compute-api'
import type { ArchitectureDescription } from '@shared/domain/architecture'
import type { FeatureSummary } from '@shared/domain/feature'
import type { RunSummary } from '@shared/domain/run'
import { Ablation } from './ablation.svelte'
import type { Application } from './application.svelte'
import { CropChoice } from './crop-choice.svelte'
import { Loadable } from './loadable.svelte'

export const BOTTLENECK = 'bottleneck'

export class ReconstructionState {
  readonly runs = new Loadable<readonly RunSummary[]>()
  readonly layers = new Loadable<ArchitectureDescription>()
  readonly features = new Loadable<readonly FeatureSummary[]>()
  readonly activations = new Loadable<ActivationMaps>()
  readonly ablation: Ablation
  readonly crops: CropChoice
  /** The channel that keys and the strength slider act on. */
  #focused = $state(0)
  #anchor = 0
  #solo = $state<number | null>(null)
  #opened: string | null = null

  constructor(private readonly application: Application) {
    this.ablation = new Ablation(application.api)
    this.crops = new CropChoice(application.api, {
      get: () => application.navigation.on('reconstruction').index,
      set: (index) => application.navigation.refine('reconstruction', { index }),
    })
  }

  get run(): RunSummary | null {
    const runs = this.runs.value ?? []
    const { navigation } = this.application
    // A run whose filters were looked at is meant here too.
    const chosen = navigation.on('reconstruction').run ?? navigation.on('filters').run
    return runs.find((one) => one.run === chosen) ?? runs[0] ?? null
  }

  /** How many channels the bottleneck has; 0 while unknown. */
  get channels(): number {
    return this.layers.value?.bottleneck.channels ?? 0
  }

  get channelsOn(): number {
    return Array.from({ length: this.channels }, (_, channel) => channel).filter((channel) =>
      this.ablation.isOn(channel),
    ).length
  }

  get focused(): number {
    return this.#focused
  }

  /** The one channel left on, while it is alone. */
  get solo(): number | null {
    return this.#solo
  }

  attach(): () => void {
    void this.loadRuns()
    return this.application.jobs.onEnded((job) => {
      if (job.kind === 'train' || job.kind === 'demo') void this.loadRuns()
      if (job.kind === 'features' && job.subject === this.run?.run) this.loadFeatures()
    })
  }

  /** Changes whenever `follow` has something to do; null while there is no run to look at. */
  get wanted(): string | null {
    return this.run === null ? null : JSON.stringify([this.run.run, this.crops.index])
  }

  /** Asks for what navigation points at and is not here yet. */
  follow(): void {
    const { run } = this
    if (run === null) return
    if (this.#opened !== run.run) this.open(run)
    const { index } = this.crops
    if (index === null) return
    const before = this.ablation.subject
    this.ablation.look({ run: run.run, index })
    if (before?.run !== run.run || before.index !== index) this.loadActivations(run.run, index)
  }

  chooseRun(run: string): void {
    this.application.navigation.refine('reconstruction', { run, index: undefined })
  }

  focus(channel: number): void {
    if (channel >= 0 && channel < this.channels) this.#focused = channel
  }

  /** Switches one channel; with `extend`, all from the one last switched to this one the way that one went. */
  toggle(channel: number, extend = false): void {
    this.#solo = null
    this.#focused = channel
    if (!extend) {
      this.#anchor = channel
      this.ablation.set([{ channel, scale: this.ablation.isOn(channel) ? 0 : 1 }])
      return
    }
    const scale = this.ablation.isOn(this.#anchor) ? 1 : 0
    const [first, last] = [Math.min(this.#anchor, channel), Math.max(this.#anchor, channel)]
    this.ablation.set(range(first, last).map((one) => ({ channel: one, scale })))
  }

  /** Leaves only this channel on; again, brings all back. */
  toggleSolo(channel: number): void {
    this.#focused = channel
    if (this.#solo === channel) {
      this.allOn()
      return
    }
    this.#solo = channel
    this.ablation.set(
      range(0, this.channels - 1).map((one) => ({ channel: one, scale: one === channel ? 1 : 0 })),
    )
  }

  allOn(): void {
    this.#solo = null
    this.ablation.restore()
  }

  allOff(): void {
    this.#solo = null
    this.ablation.set(range(0, this.channels - 1).map((channel) => ({ channel, scale: 0 })))
  }

  /** Turns the focused channel up or down while dragging. */
  strengthen(scale: number): void {
    this.#solo = null
    this.ablation.drag({ channel: this.#focused, scale })
  }

  private async loadRuns(): Promise<void> {
    const runs = await this.runs.load((signal) => this.application.api.training.runs(undefined, { signal }))
    if (runs === null) return
    const explorable = runs.filter((run) => run.hasWeights)
    this.runs.set(explorable.sort((a, b) => b.startedAt.localeCompare(a.startedAt)))
    this.follow()
  }

  private open(run: RunSummary): void {
    this.#opened = run.run
    this.#focused = 0
    this.#anchor = 0
    this.#solo = null
    this.layers.reset()
    this.activations.reset()
    this.features.reset()
    this.crops.open(run)
    void this.layers.load((signal) => this.application.api.exploration.layers({ run: run.run }, { signal }))
    this.loadFeatures()
  }

  private loadFeatures(): void {
    const run = this.run?.run
    if (run === undefined) return
    void this.features.load((signal) =>
      this.application.api.exploration.features({ run, layer: BOTTLENECK }, { signal }),
    )
  }

  private loadActivations(run: string, index: number): void {
    void this.activations.load((signal) =>
      this.application.api.exploration.activations({ run, layer: BOTTLENECK, index }, { signal }),
    )
  }
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
}
