/** The filters screen: a run's layers, its channels, and one channel's page. */
import type { ActivationMaps, KernelWeights } from '@shared/compute-api'
import type { ArchitectureDescription, Layer } from '@shared/domain/architecture'
import type { ChannelPage, FeatureSummary } from '@shared/domain/feature'
import type { Job } from '@shared/domain/job'
import type { RunSummary } from '@shared/domain/run'
import type { StaffSpaceSummary } from '@shared/domain/sample-set'
import type { ScaleMode } from '../pictures/value-range'
import type { Application } from './application.svelte'
import { CropChoice } from './crop-choice.svelte'
import { ConvolutionState } from './filters-convolution.svelte'
import { ChannelFindings } from './filters-findings.svelte'
import { LayerKernels } from './filters-kernels.svelte'
import { ChannelLosses } from './filters-losses.svelte'
import { ChannelNames } from './filters-names.svelte'
import {
  type ChannelFacts,
  type ChannelFilter,
  NO_FILTER,
  orderChannels,
  type SortKey,
} from './filters-order'
import { OpenedCrop } from './filters-opened.svelte'
import { ChannelOnPages } from './filters-pages.svelte'
import { ChannelSymbols } from './filters-symbols.svelte'
import { Loadable } from './loadable.svelte'
import { TrainedRuns } from './trained-runs.svelte'
import type { Places } from './navigation.svelte'

export type TilePicture = 'kernel' | 'patch' | 'map'

export interface LayerActivations {
  readonly layer: string
  readonly index: number
  readonly maps: ActivationMaps
}

export class FiltersState {
  readonly runs: TrainedRuns
  readonly layers = new Loadable<ArchitectureDescription>()
  readonly features = new Loadable<readonly FeatureSummary[]>()
  readonly activations = new Loadable<LayerActivations>()
  readonly channelPage = new Loadable<ChannelPage>()
  /** Staff spaces of the run's sample set. */
  readonly staffSpaces = new Loadable<StaffSpaceSummary>()
  readonly crops: CropChoice
  readonly kernels: LayerKernels
  /** The crop that was opened on its page. */
  readonly opened: OpenedCrop
  readonly findings: ChannelFindings
  readonly symbols: ChannelSymbols
  readonly losses: ChannelLosses
  readonly names: ChannelNames
  readonly pages: ChannelOnPages
  readonly convolution: ConvolutionState
  #scale = $state<ScaleMode>('layer')
  #sort = $state<SortKey>('channel')
  #filter = $state.raw<ChannelFilter>(NO_FILTER)
  #picture = $state<TilePicture | null>(null)
  #opened: string | null = null

  readonly #featuresByLayer = $derived(byLayer(this.features.value ?? []))

  constructor(private readonly application: Application) {
    this.runs = new TrainedRuns(application)
    this.crops = new CropChoice(application.api, {
      get: () => this.place.index,
      set: (index) => application.navigation.refine('filters', { index }),
    })
    this.kernels = new LayerKernels(application)
    this.opened = new OpenedCrop(application)
    this.findings = new ChannelFindings(application)
    this.symbols = new ChannelSymbols(application)
    this.losses = new ChannelLosses(application)
    this.names = new ChannelNames(application)
    this.pages = new ChannelOnPages(application)
    this.convolution = new ConvolutionState(application)
  }

  get place(): Places['filters'] {
    return this.application.navigation.on('filters')
  }

  /** The run looked at: the chosen one, else the newest that can be explored. */
  get run(): RunSummary | null {
    // A run chosen to reconstruct with is meant here too.
    return this.runs.pick(this.place.run ?? this.application.navigation.on('reconstruction').run)
  }

  get layer(): Layer | null {
    return this.layers.value?.layers.find((layer) => layer.name === this.place.layer) ?? null
  }

  get scale(): ScaleMode {
    return this.#scale
  }

  get sort(): SortKey {
    return this.#sort
  }

  get filter(): ChannelFilter {
    return this.#filter
  }

  /** The chosen kind of tile, or null for what suits each layer. */
  get picture(): TilePicture | null {
    return this.#picture
  }

  get featuresMissing(): boolean {
    return this.features.failure?.code === 'exploration/features-missing'
  }

  /** The feature pass of this run, while it works. */
  get featuresJob(): Job | null {
    const run = this.run
    const running = this.application.jobs.running
    return running.find((job) => job.kind === 'features' && job.subject === run?.run) ?? null
  }

  featuresOf(layer: string): readonly FeatureSummary[] {
    return this.#featuresByLayer.get(layer) ?? []
  }

  /** Kernels of a layer once they are here. The bottleneck pools the layer before it and is shown with that one's. */
  kernelsOf(layer: Layer): KernelWeights | null {
    return this.kernels.of(this.kernelLayer(layer).name)
  }

  get loadedKernels(): readonly KernelWeights[] {
    return this.kernels.all
  }

  /** What a layer's tiles show. */
  pictureFor(layer: Layer): TilePicture {
    if (this.#picture !== null) return this.#picture
    if (layer.inputChannels === 1 && layer.kind === 'convolution') return 'kernel'
    return this.featuresOf(layer.name).length > 0 ? 'patch' : 'kernel'
  }

  /** All that is known of a layer's channels, by number. */
  factsOf(layer: Layer): readonly ChannelFacts[] {
    const features = new Map(this.featuresOf(layer.name).map((feature) => [feature.channel, feature]))
    return Array.from({ length: layer.channels }, (_, channel): ChannelFacts => {
      const address = `${this.run?.run ?? ''}/${layer.name}/${channel}`
      const names = this.names.namesOf(address)
      const feature = features.get(channel) ?? null
      return {
        channel,
        feature,
        names: names.map(({ name }) => name).filter((name) => name !== ''),
        notes: names.map(({ note }) => note),
        liking: this.symbols.likingOf(layer.name, channel),
        lossWhenAbsent: feature?.lossWhenAbsent ?? null,
        contrasts: {
          style: this.findings.rowOf('style', address),
          composer: this.findings.rowOf('composer', address),
        },
      }
    })
  }

  /** Channel numbers of a layer that pass the filter, in the chosen order. */
  orderOf(layer: Layer): readonly number[] {
    return orderChannels(this.factsOf(layer), { sort: this.#sort, filter: this.#filter })
  }

  attach(): () => void {
    void this.loadRuns()
    return this.application.jobs.onEnded((job) => {
      if (job.kind === 'train' || job.kind === 'demo') void this.loadRuns()
      if (job.subject === this.run?.run) this.refresh(job)
    })
  }

  /** Changes whenever `follow` has something to do; null while there is no run to look at. */
  get wanted(): string | null {
    if (this.run === null) return null
    const { layer } = this
    const needs = layer !== null && this.pictureFor(layer) === 'map'
    const { channel } = this.place
    return JSON.stringify([this.run.run, layer?.name, channel, this.crops.index, needs])
  }

  /** Asks for what navigation points at and is not here yet. */
  follow(): void {
    const { run } = this
    if (run === null) return
    if (this.#opened !== run.run) this.open(run)
    const { layer } = this
    this.loadKernels(layer === null ? (this.layers.value?.layers ?? []) : [layer])
    if (layer === null) return
    if (this.place.channel !== undefined) this.lookAt(run.run, layer, this.place.channel)
    if (this.place.channel !== undefined || this.pictureFor(layer) === 'map')
      this.loadActivations(run.run, layer)
  }

  chooseRun(run: string): void {
    this.application.navigation.go('filters', { run })
  }

  showOverview(): void {
    this.application.navigation.go('filters', this.placeWithout())
  }

  showLayer(layer: string): void {
    this.application.navigation.go('filters', { ...this.placeWithout(), layer })
  }

  showChannel(layer: string, channel: number): void {
    this.application.navigation.go('filters', { ...this.placeWithout(), layer, channel })
  }

  /** The next channel of the layer in the chosen order, or with −1 the one before; stops at the ends. */
  stepChannel(by: number): void {
    const { layer } = this
    const { channel } = this.place
    if (layer === null || channel === undefined) return
    const order = this.orderOf(layer)
    const next = order[Math.min(order.length - 1, Math.max(0, order.indexOf(channel) + by))]
    if (next !== undefined) this.application.navigation.refine('filters', { channel: next })
  }

  chooseScale(scale: ScaleMode): void {
    this.#scale = scale
  }

  chooseSort(sort: SortKey): void {
    this.#sort = sort
  }

  /** Hides the channels that do not pass. */
  chooseFilter(change: Partial<ChannelFilter>): void {
    this.#filter = { ...this.#filter, ...change }
  }

  choosePicture(picture: TilePicture | null): void {
    this.#picture = picture
  }

  /** Puts a channel's address on the clipboard. */
  copyAddress(address: string): void {
    const { toasts } = this.application
    navigator.clipboard.writeText(address).then(
      () => toasts.say(`Copied ${address}`, 'good'),
      () => toasts.say(`The clipboard could not be used: select ${address} and copy it by hand.`),
    )
  }

  computeFeatures(): void {
    this.runs.computeFeatures(this.run)
  }

  /** The layer whose convolution a layer's channels come from: for the bottleneck, the one that it pools. */
  kernelLayer(layer: Layer): Layer {
    if (layer.kind !== 'bottleneck') return layer
    const layers = this.layers.value?.layers ?? []
    return layers[layers.indexOf(layer) - 1] ?? layer
  }

  /** Shows the convolution at work on the crop looked at. */
  showConvolution(): void {
    const [run, layer, { index }] = [this.run, this.layer, this.crops]
    if (run === null || layer === null || index === null) return
    const layers = this.layers.value?.layers ?? []
    const convolving = this.kernelLayer(layer)
    const before = layers[layers.indexOf(convolving) - 1] ?? null
    this.convolution.show({ run: run.run, index, layer: convolving, before })
  }

  private placeWithout(): Places['filters'] {
    const { index } = this.place
    return { ...(this.run === null ? {} : { run: this.run.run }), ...(index === undefined ? {} : { index }) }
  }

  private async loadRuns(): Promise<void> {
    await this.runs.refresh()
    this.follow()
  }

  private open(run: RunSummary): void {
    this.#opened = run.run
    this.kernels.open(run.run)
    this.activations.reset()
    this.channelPage.reset()
    this.features.reset()
    this.layers.reset()
    this.crops.open(run)
    this.convolution.hide()
    this.findings.open(run)
    this.symbols.open(run)
    this.names.open(run.run)
    this.staffSpaces.reset()
    const { sampleSet } = run
    void this.staffSpaces.load((signal) =>
      this.application.api.sampling.staffSpaces({ sampleSet }, { signal }),
    )
    this.loadFeatures()
    void this.layers
      .load((signal) => this.application.api.exploration.layers({ run: run.run }, { signal }))
      .then(() => this.follow())
  }

  /** A job has ended that changes what is known of this run. */
  private refresh(job: Job): void {
    if (job.kind === 'features') this.findings.refresh()
    if (job.kind === 'features' || job.kind === 'ablate') {
      this.loadFeatures()
      this.channelPage.reset()
      this.follow()
    }
    if (job.kind === 'ablate') this.losses.refresh()
    if (job.kind === 'contrasts') this.findings.refresh()
    if (job.kind === 'symbols') this.symbols.refresh()
  }

  private lookAt(run: string, layer: Layer, channel: number): void {
    const place = { run, layer: layer.name, channel }
    this.loadChannel(run, layer, channel)
    this.findings.look(place)
    this.symbols.look(place)
    this.losses.look(run, layer.name)
    this.pages.look(place)
  }

  private loadFeatures(): void {
    const run = this.run?.run
    if (run === undefined) return
    void this.features.load((signal) => this.application.api.exploration.features({ run }, { signal }))
  }

  private loadKernels(layers: readonly Layer[]): void {
    void this.kernels.load(layers.map((layer) => this.kernelLayer(layer).name))
  }

  private loadActivations(run: string, layer: Layer): void {
    const { index } = this.crops
    const here = this.activations.value
    if (index === null || (here?.layer === layer.name && here.index === index)) return
    void this.activations.load(async (signal) => {
      const maps = await this.application.api.exploration.activations(
        { run, layer: layer.name, index },
        { signal },
      )
      return { layer: layer.name, index, maps }
    })
  }

  private loadChannel(run: string, layer: Layer, channel: number): void {
    const here = this.channelPage.value
    if (here?.run === run && here.layer === layer.name && here.channel === channel) return
    void this.channelPage.load((signal) =>
      this.application.api.exploration.channel({ run, layer: layer.name, channel }, { signal }),
    )
  }
}

function byLayer(features: readonly FeatureSummary[]): ReadonlyMap<string, readonly FeatureSummary[]> {
  const layers = new Map<string, FeatureSummary[]>()
  for (const feature of features) {
    const known = layers.get(feature.layer)
    if (known === undefined) layers.set(feature.layer, [feature])
    else known.push(feature)
  }
  return layers
}
