/** The latent screen: a run's crops as points, coloured by what is known of them. */
import type { MapReply } from '@shared/contract/latent'
import type {
  CategoricalField,
  LatentFields,
  LatentMap,
  MapMethod,
  NumericField,
} from '@shared/domain/latent'
import type { Job } from '@shared/domain/job'
import type { RunSummary } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { packColour } from '../components/point-map/paint-points'
import { STRENGTH } from '../pictures/colour-scale'
import { categoryColour, rangeOf, scaleColour, UNKNOWN } from '../pictures/map-colours'
import type { Application } from './application.svelte'
import { LatentCrops } from './latent-crops.svelte'
import { type CropGroup, cropGroups } from './latent-groups'
import { LatentKnowledge } from './latent-knowledge.svelte'
import { Loadable } from './loadable.svelte'
import { TrainedRuns } from './trained-runs.svelte'
import type { Places } from './navigation.svelte'

export type PointLook = 'points' | 'pictures'
export type LatentTab = 'map' | 'knowledge'

/** How UMAP draws. */
export interface MapShape {
  readonly neighbours: number
  readonly minimumDistance: number
  readonly seed: number
}

const SHAPE: MapShape = { neighbours: 15, minimumDistance: 0.1, seed: 1 }

/** What points are when others are picked out. */
const DIMMED = 0.16

export class LatentState {
  readonly runs: TrainedRuns
  readonly map = new Loadable<LatentMap>()
  readonly fields = new Loadable<LatentFields>()
  readonly samples = new Loadable<readonly SampleWithPage[]>()
  readonly crops: LatentCrops
  readonly knowledge: LatentKnowledge
  #tab = $state<LatentTab>('map')
  #method = $state<MapMethod>('pca')
  #shape = $state.raw<MapShape>(SHAPE)
  #colourBy = $state('style')
  #look = $state<PointLook>('points')
  #lassoing = $state(false)
  /** Values of the colouring field that are hidden. */
  #hidden = $state.raw<ReadonlySet<string>>(new Set())
  #computing = $state<string | null>(null)
  #opened: string | null = null
  /** Counts requests for a map: an answer that was overtaken is dropped. */
  #request = 0

  constructor(private readonly application: Application) {
    this.runs = new TrainedRuns(application)
    this.crops = new LatentCrops(application, () => this.run)
    this.knowledge = new LatentKnowledge(application, () => this.run)
  }

  get place(): Places['latent'] {
    return this.application.navigation.on('latent')
  }

  /** The run looked at: the chosen one, else the newest whose features are computed. */
  get run(): RunSummary | null {
    return this.runs.pick(this.place.run ?? this.application.navigation.on('filters').run)
  }

  get method(): MapMethod {
    return this.#method
  }

  get tab(): LatentTab {
    return this.#tab
  }

  get shape(): MapShape {
    return this.#shape
  }

  get look(): PointLook {
    return this.#look
  }

  get lassoing(): boolean {
    return this.#lassoing
  }

  get hidden(): ReadonlySet<string> {
    return this.#hidden
  }

  /** UMAP while it is computed. */
  get job(): Job | null {
    return this.application.jobs.running.find((job) => job.job === this.#computing) ?? null
  }

  get featuresMissing(): boolean {
    return this.map.failure?.code === 'exploration/features-missing'
  }

  readonly colourField: CategoricalField | NumericField | null = $derived.by(() => {
    const { categorical = [], numeric = [] } = this.fields.value ?? {}
    return (
      [...categorical, ...numeric].find(({ name }) => name === this.#colourBy) ??
      categorical[0] ??
      numeric[0] ??
      null
    )
  })

  /** Place of each crop on the map, by its index in the sample set. */
  readonly pointOf: ReadonlyMap<number, number> = $derived(
    new Map([...(this.map.value?.samples ?? [])].map((index, point) => [index, point])),
  )

  readonly sampleOf: ReadonlyMap<number, SampleWithPage> = $derived(
    new Map((this.samples.value ?? []).map((sample) => [sample.index, sample])),
  )

  /** What can be set against each other. */
  readonly groups: readonly CropGroup[] = $derived.by(() =>
    cropGroups({
      selected: this.crops.selected,
      saved: this.crops.saved.value ?? [],
      fields: this.fields.value,
      colourField: this.colourField,
    }),
  )

  /** One packed colour for each point of the map; 0 for hidden ones. */
  readonly colours: Uint32Array = $derived(this.paint())

  attach(): () => void {
    void this.runs.refresh()
    return this.application.jobs.onEnded((job) => this.jobEnded(job))
  }

  /** Changes whenever `follow` has something to do. */
  get wanted(): string | null {
    return this.run === null ? null : JSON.stringify([this.run.run, this.place.index])
  }

  follow(): void {
    const { run } = this
    if (run === null) return
    if (this.#opened !== run.run) this.open(run)
    this.crops.pick(this.place.index ?? null)
  }

  chooseRun(run: string): void {
    this.application.navigation.go('latent', { run })
  }

  pickPoint(point: number): void {
    const index = this.map.value?.samples[point]
    if (index !== undefined) this.pickCrop(index)
  }

  pickCrop(index: number): void {
    this.application.navigation.refine('latent', { index })
  }

  selectPoints(points: readonly number[]): void {
    const samples = this.map.value?.samples
    this.crops.select(points.flatMap((point) => samples?.[point] ?? []))
    this.#lassoing = false
  }

  chooseMethod(method: MapMethod): void {
    this.#method = method
    this.loadMap()
  }

  chooseTab(tab: LatentTab): void {
    this.#tab = tab
    if (tab === 'knowledge') this.knowledge.open()
  }

  /** Another UMAP of the same codes. */
  chooseShape(shape: MapShape): void {
    this.#shape = shape
    this.#method = 'umap'
    this.loadMap()
  }

  chooseColour(field: string): void {
    this.#colourBy = field
    this.#hidden = new Set()
  }

  chooseLook(look: PointLook): void {
    this.#look = look
  }

  toggleLasso(): void {
    this.#lassoing = !this.#lassoing
  }

  /** Hides the points of one value of the colouring field, or shows them again. */
  toggleValue(value: string): void {
    const hidden = new Set(this.#hidden)
    if (!hidden.delete(value)) hidden.add(value)
    this.#hidden = hidden
  }

  computeFeatures(): void {
    this.runs.computeFeatures(this.run)
  }

  private open(run: RunSummary): void {
    const { api } = this.application
    this.#opened = run.run
    this.map.reset()
    this.fields.reset()
    this.samples.reset()
    this.crops.forget()
    if (this.#tab === 'knowledge') this.knowledge.open()
    void this.fields.load((signal) => api.latent.fields({ run: run.run }, { signal }))
    void this.samples.load(async (signal) => {
      const { items } = await api.sampling.samples({ sampleSet: run.sampleSet }, { signal })
      return items
    })
    this.loadMap()
  }

  private loadMap(): void {
    const run = this.run?.run
    if (run === undefined) return
    const asked = {
      run,
      method: this.#method,
      ...this.#shape,
    }
    this.#computing = null
    const request = (this.#request += 1)
    this.application.api.latent.map(asked).then(
      (reply) => {
        if (request === this.#request) this.receive(reply)
      },
      (error: unknown) => {
        if (request === this.#request) void this.map.load(() => Promise.reject(asError(error)))
      },
    )
  }

  private receive(reply: MapReply): void {
    if (reply.state === 'ready') this.map.set(reply.map)
    else this.#computing = reply.job.job
  }

  private jobEnded(job: Job): void {
    this.knowledge.jobEnded(job)
    if (job.kind === 'train' || job.kind === 'demo') void this.runs.refresh()
    const { run } = this
    if (job.kind === 'features' && run !== null && job.subject === run.run) this.open(run)
    if (job.job !== this.#computing) return
    if (job.status === 'finished') this.loadMap()
    // Cancelled or failed: what is on the screen stays, under its own name.
    else this.#method = this.map.value?.settings.method ?? 'pca'
  }

  private paint(): Uint32Array {
    const samples = this.map.value?.samples ?? new Int32Array(0)
    const theme = this.application.theme.shown
    const ground = theme === 'light' ? '#f1f1ef' : '#161719'
    const { selected } = this.crops
    const strong = this.painter(theme)
    const colours = new Uint32Array(samples.length)
    for (let point = 0; point < samples.length; point += 1) {
      const colour = strong(point)
      const picked = selected.size === 0 || selected.has(samples[point] ?? -1)
      colours[point] = colour === null ? 0 : packColour(colour, picked ? 1 : DIMMED, ground)
    }
    return colours
  }

  /** The colour of a point, null where it is hidden. */
  private painter(theme: 'light' | 'dark'): (point: number) => string | null {
    const field = this.colourField
    const unknown = UNKNOWN[theme]
    if (field === null) return () => unknown
    if ('codes' in field) {
      const palette = field.values.map((_, place) => categoryColour(place, theme))
      return (point) => {
        const code = field.codes[point] ?? -1
        if (this.#hidden.has(field.values[code] ?? '')) return null
        return palette[code] ?? unknown
      }
    }
    const range = rangeOf(field)
    return (point) => {
      const value = field.values[point] ?? NaN
      return range === null || !Number.isFinite(value) ? unknown : scaleColour(value, range, STRENGTH)
    }
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
