/** The reconstruction screen: a crop, what the model makes of it, and the channels of its layers as switches. */
import type { ActivationMaps } from '@shared/compute-api'
import type { ArchitectureDescription, Layer } from '@shared/domain/architecture'
import type { FeatureSummary } from '@shared/domain/feature'
import type { Job } from '@shared/domain/job'
import type { RunSummary } from '@shared/domain/run'
import { Ablation } from './ablation.svelte'
import { AblationRanking } from './ablation-ranking.svelte'
import type { Application } from './application.svelte'
import { ChannelSwitches } from './ablation-switches.svelte'
import { CropChoice } from './crop-choice.svelte'
import { Loadable } from './loadable.svelte'
import { TrainedRuns } from './trained-runs.svelte'

export const BOTTLENECK = 'bottleneck'

export class ReconstructionState {
  readonly runs: TrainedRuns
  readonly layers = new Loadable<ArchitectureDescription>()
  readonly features = new Loadable<readonly FeatureSummary[]>()
  /** Of the layer whose channels are shown. */
  readonly activations = new Loadable<ActivationMaps>()
  readonly ablation: Ablation
  readonly ranking: AblationRanking
  /** The channels of the layer that is shown. */
  readonly switches: ChannelSwitches
  readonly crops: CropChoice
  #layer = $state(BOTTLENECK)
  #opened: string | null = null
  /** The layer and crop whose activations were asked for. */
  #mapped: string | null = null

  constructor(private readonly application: Application) {
    this.runs = new TrainedRuns(application)
    this.ablation = new Ablation(application.api)
    this.ranking = new AblationRanking(application)
    this.switches = new ChannelSwitches(this.ablation, () => ({
      layer: this.#layer,
      channels: this.layer?.channels ?? 0,
    }))
    this.crops = new CropChoice(application.api, {
      get: () => application.navigation.on('reconstruction').index,
      set: (index) => application.navigation.refine('reconstruction', { index }),
    })
  }

  get run(): RunSummary | null {
    const { navigation } = this.application
    // A run whose filters were looked at is meant here too.
    return this.runs.pick(navigation.on('reconstruction').run ?? navigation.on('filters').run)
  }

  /** Layers whose channels can be switched: all but the one that is the picture. */
  get choices(): readonly Layer[] {
    return (this.layers.value?.layers ?? []).filter((layer) => layer.kind !== 'output')
  }

  /** The layer whose channels are shown; null until the model is described. */
  get layer(): Layer | null {
    return this.choices.find(({ name }) => name === this.#layer) ?? null
  }

  attach(): () => void {
    void this.loadRuns()
    return this.application.jobs.onEnded((job) => this.jobEnded(job))
  }

  /** Changes whenever `follow` has something to do; null while there is no run to look at. */
  get wanted(): string | null {
    return this.run === null ? null : JSON.stringify([this.run.run, this.crops.index, this.#layer])
  }

  /** Asks for what navigation and the layer's chooser point at and is not here yet. */
  follow(): void {
    const { run } = this
    if (run === null) return
    if (this.#opened !== run.run) this.open(run)
    this.ranking.look({ run: run.run, layer: this.#layer })
    const { index } = this.crops
    if (index === null) return
    this.ablation.look({ run: run.run, index })
    this.loadActivations(run.run, index)
  }

  chooseRun(run: string): void {
    this.application.navigation.refine('reconstruction', { run, index: undefined })
  }

  /** Shows another layer's channels. What is changed in other layers stays changed. */
  chooseLayer(layer: string): void {
    if (!this.choices.some(({ name }) => name === layer)) return
    this.#layer = layer
    this.switches.forget()
    this.activations.reset()
    this.features.reset()
    this.follow()
    this.loadFeatures()
  }

  restoreLayer(layer: string): void {
    this.ablation.restore(layer)
    this.switches.endSolo()
  }

  restoreAll(): void {
    this.ablation.restore()
    this.switches.endSolo()
  }

  /** Switches off the `count` channels of the layer whose absence costs least, and no others of it. */
  dropLeastNeeded(count: number): void {
    const order = this.ranking.channels.toReversed().map(({ channel }) => channel)
    this.switches.dropOnly(order.slice(0, count))
  }

  /** How many of the least needed channels are off, where exactly those are; null otherwise. */
  get leastNeededOff(): number | null {
    const off = this.switches.off
    const order = this.ranking.channels.toReversed().map(({ channel }) => channel)
    const same = order.slice(0, off.size).every((channel) => off.has(channel))
    return same && !this.switches.scaled ? off.size : null
  }

  private jobEnded(job: Job): void {
    if (job.kind === 'train' || job.kind === 'demo') void this.loadRuns()
    if (job.kind === 'features' && job.subject === this.run?.run) this.loadFeatures()
    this.ranking.jobEnded(job)
  }

  private async loadRuns(): Promise<void> {
    await this.runs.refresh()
    this.follow()
  }

  private open(run: RunSummary): void {
    this.#opened = run.run
    this.#layer = BOTTLENECK
    this.#mapped = null
    this.switches.forget()
    this.layers.reset()
    this.activations.reset()
    this.features.reset()
    this.crops.open(run)
    void this.layers.load((signal) => this.application.api.exploration.layers({ run: run.run }, { signal }))
    this.loadFeatures()
  }

  private loadFeatures(): void {
    const run = this.run?.run
    const layer = this.#layer
    if (run === undefined) return
    void this.features.load((signal) => this.application.api.exploration.features({ run, layer }, { signal }))
  }

  private loadActivations(run: string, index: number): void {
    const layer = this.#layer
    const wanted = JSON.stringify([run, layer, index])
    if (wanted === this.#mapped) return
    this.#mapped = wanted
    void this.activations.load((signal) =>
      this.application.api.exploration.activations({ run, layer, index }, { signal }),
    )
  }
}
