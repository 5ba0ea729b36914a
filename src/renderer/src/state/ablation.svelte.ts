/** What a crop looks like to the model, and what it looks like without some channels of the bottleneck. */
import type { RemoteApi } from '@shared/api'
import type { ChannelSetting, Reconstruction } from '@shared/domain/feature'
import { Loadable } from './loadable.svelte'

export interface Subject {
  readonly run: string
  readonly index: number
}

export class Ablation {
  /** With every channel as the model has it. */
  readonly whole = new Loadable<Reconstruction>()
  /** With the channels as they are set; the last picture stays until the next arrives. */
  readonly altered = new Loadable<Reconstruction>()
  #scales = $state.raw<ReadonlyMap<number, number>>(new Map())
  #subject = $state.raw<Subject | null>(null)
  /** While dragging: the settings moved on while a picture was being made. */
  #behind = false

  constructor(private readonly api: RemoteApi) {}

  get subject(): Subject | null {
    return this.#subject
  }

  /** Channels that are not left as they are, with what they are multiplied by. */
  get scales(): ReadonlyMap<number, number> {
    return this.#scales
  }

  get changed(): boolean {
    return this.#scales.size > 0
  }

  scaleOf(channel: number): number {
    return this.#scales.get(channel) ?? 1
  }

  isOn(channel: number): boolean {
    return this.scaleOf(channel) !== 0
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
      this.#scales = new Map()
      this.whole.reset()
    }
    this.altered.reset()
    void this.whole.load((signal) =>
      this.api.exploration.reconstruct({ ...subject, channels: [] }, { signal }),
    )
    this.redraw()
  }

  /** Multiplies channels; 0 switches off, 1 leaves as it is. The newest setting wins. */
  set(settings: readonly ChannelSetting[]): void {
    this.#scales = withSettings(this.#scales, settings)
    this.redraw()
  }

  /** As `set`, for a value that is being dragged: a picture under way is finished, so that there is something to see. */
  drag(setting: ChannelSetting): void {
    this.#scales = withSettings(this.#scales, [setting])
    if (this.altered.status === 'loading') this.#behind = true
    else this.redraw()
  }

  /** Every channel as the model has it. */
  restore(): void {
    this.#scales = new Map()
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
    const channels = [...this.#scales].map(([channel, scale]) => ({ channel, scale }))
    void this.altered
      .load((signal) => this.api.exploration.reconstruct({ ...subject, channels }, { signal }))
      .then(() => {
        if (this.#behind && this.altered.status !== 'loading') this.redraw()
      })
  }
}

function withSettings(
  scales: ReadonlyMap<number, number>,
  settings: readonly ChannelSetting[],
): ReadonlyMap<number, number> {
  const next = new Map(scales)
  for (const { channel, scale } of settings) {
    if (scale === 1) next.delete(channel)
    else next.set(channel, scale)
  }
  return next
}
