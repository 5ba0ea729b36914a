/** What a crop looks like to the model, and what it looks like with channels of some layers changed. */
import type { RemoteApi } from '@shared/api'
import type { Reconstruction } from '@shared/domain/feature'
import { Loadable } from './loadable.svelte'

export interface Subject {
  readonly run: string
  readonly index: number
}

/** 0 switches a channel off, 1 leaves it, below 0 turns it round. */
export interface LayerSetting {
  readonly layer: string
  readonly channel: number
  readonly scale: number
}

/** The channels of one layer that are not left as they are. */
export interface LayerChange {
  readonly layer: string
  /** Ascending by channel. */
  readonly settings: readonly LayerSetting[]
}

export class Ablation {
  /** With every channel as the model has it. */
  readonly whole = new Loadable<Reconstruction>()
  /** With the channels as they are set; the last picture stays until the next arrives. */
  readonly altered = new Loadable<Reconstruction>()
  /** By `layer/channel`; what is not there is left as it is. */
  #settings = $state.raw<ReadonlyMap<string, LayerSetting>>(new Map())
  #subject = $state.raw<Subject | null>(null)
  /** While dragging: the settings moved on while a picture was being made. */
  #behind = false

  /** Layers with something changed, in the order in which they were first touched. */
  readonly changes: readonly LayerChange[] = $derived(byLayer([...this.#settings.values()]))

  constructor(private readonly api: RemoteApi) {}

  get subject(): Subject | null {
    return this.#subject
  }

  get changed(): boolean {
    return this.#settings.size > 0
  }

  scaleOf(layer: string, channel: number): number {
    return this.#settings.get(`${layer}/${channel}`)?.scale ?? 1
  }

  isOn(layer: string, channel: number): boolean {
    return this.scaleOf(layer, channel) !== 0
  }

  /** The picture to show: null before the first. */
  get shown(): Reconstruction | null {
    return this.changed ? (this.altered.value ?? this.whole.value) : this.whole.value
  }

  /** A newer picture than the one shown is on its way. */
  get drawing(): boolean {
    return this.whole.status === 'loading' || (this.changed && this.altered.status === 'loading')
  }

  /** Another crop or run: what is switched off stays off on another crop, not in another run. */
  look(subject: Subject): void {
    const before = this.#subject
    if (before?.run === subject.run && before.index === subject.index) return
    this.#subject = subject
    if (before !== null && before.run !== subject.run) {
      this.#settings = new Map()
      this.whole.reset()
    }
    this.altered.reset()
    void this.whole.load((signal) =>
      this.api.exploration.reconstruct({ ...subject, channels: [] }, { signal }),
    )
    this.redraw()
  }

  /** Multiplies channels. The newest setting wins; a picture under way is cancelled. */
  set(settings: readonly LayerSetting[]): void {
    this.#settings = withSettings(this.#settings, settings)
    this.redraw()
  }

  /** As `set`, while something is being dragged: a picture under way is finished, so that there is something to see. */
  drag(settings: readonly LayerSetting[]): void {
    this.#settings = withSettings(this.#settings, settings)
    if (this.altered.status === 'loading') this.#behind = true
    else this.redraw()
  }

  /** Every channel, or those of one layer, as the model has it. */
  restore(layer?: string): void {
    const kept = [...this.#settings].filter(([, setting]) => layer !== undefined && setting.layer !== layer)
    this.#settings = new Map(kept)
    this.redraw()
  }

  private redraw(): void {
    const subject = this.#subject
    this.#behind = false
    if (subject === null) return
    if (!this.changed) {
      this.altered.reset()
      return
    }
    const channels = [...this.#settings.values()].map((setting) => ({ ...setting }))
    void this.altered
      .load((signal) => this.api.exploration.reconstruct({ ...subject, channels }, { signal }))
      .then(() => {
        if (this.#behind && this.altered.status !== 'loading') this.redraw()
      })
  }
}

function withSettings(
  before: ReadonlyMap<string, LayerSetting>,
  settings: readonly LayerSetting[],
): ReadonlyMap<string, LayerSetting> {
  const next = new Map(before)
  for (const setting of settings) {
    const key = `${setting.layer}/${setting.channel}`
    if (setting.scale === 1) next.delete(key)
    else next.set(key, setting)
  }
  return next
}

function byLayer(settings: readonly LayerSetting[]): readonly LayerChange[] {
  const layers = [...new Set(settings.map(({ layer }) => layer))]
  return layers.map((layer) => ({
    layer,
    settings: settings.filter((one) => one.layer === layer).sort((a, b) => a.channel - b.channel),
  }))
}
