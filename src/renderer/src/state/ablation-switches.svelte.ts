/** The channels of one layer as switches: one, a range, a brush over several, one alone, turned up or down. */
import type { Ablation } from './ablation.svelte'

export interface SwitchedLayer {
  readonly layer: string
  readonly channels: number
}

export class ChannelSwitches {
  /** The channel that keys and the strength slider act on. */
  #focused = $state(0)
  #anchor = 0
  #solo = $state<number | null>(null)
  /** What the brush that is being drawn multiplies by; null while none is. */
  #brush: number | null = null

  /** Channels of the layer that are off. */
  readonly off: ReadonlySet<number> = $derived.by(() => {
    const { layer, channels } = this.subject()
    return new Set(range(0, channels - 1).filter((channel) => !this.ablation.isOn(layer, channel)))
  })

  /** Some channel of the layer is neither off nor as learned. */
  readonly scaled: boolean = $derived.by(() => {
    const { layer } = this.subject()
    const change = this.ablation.changes.find((one) => one.layer === layer)
    return change?.settings.some(({ scale }) => scale !== 0) ?? false
  })

  constructor(
    private readonly ablation: Ablation,
    private readonly subject: () => SwitchedLayer,
  ) {}

  get layer(): string {
    return this.subject().layer
  }

  /** How many channels the layer has; 0 while unknown. */
  get channels(): number {
    return this.subject().channels
  }

  get channelsOn(): number {
    return this.channels - this.off.size
  }

  get focused(): number {
    return this.#focused
  }

  /** The one channel left on, while it is alone. */
  get solo(): number | null {
    return this.#solo
  }

  get changed(): boolean {
    return this.ablation.changes.some(({ layer }) => layer === this.layer)
  }

  scaleOf(channel: number): number {
    return this.ablation.scaleOf(this.layer, channel)
  }

  isOn(channel: number): boolean {
    return this.ablation.isOn(this.layer, channel)
  }

  /** Another layer is shown. */
  forget(): void {
    this.#focused = 0
    this.#anchor = 0
    this.#solo = null
    this.#brush = null
  }

  /** What was alone no longer is. */
  endSolo(): void {
    this.#solo = null
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
      this.multiply([channel], this.isOn(channel) ? 0 : 1)
      return
    }
    const [first, last] = [Math.min(this.#anchor, channel), Math.max(this.#anchor, channel)]
    this.multiply(range(first, last), this.isOn(this.#anchor) ? 1 : 0)
  }

  /** Begins to paint over tiles: all that the brush touches go the way of the first. */
  startBrush(channel: number): void {
    this.#solo = null
    this.#focused = channel
    this.#anchor = channel
    this.#brush = this.isOn(channel) ? 0 : 1
    this.brushOver(channel)
  }

  /** The picture is redrawn while the brush moves on. */
  brushOver(channel: number): void {
    if (this.#brush === null || this.scaleOf(channel) === this.#brush) return
    this.ablation.drag([{ layer: this.layer, channel, scale: this.#brush }])
  }

  endBrush(): void {
    this.#brush = null
  }

  /** Leaves only this channel on; again, brings all back. */
  toggleSolo(channel: number): void {
    this.#focused = channel
    if (this.#solo === channel) {
      this.allOn()
      return
    }
    this.#solo = channel
    const { layer } = this
    this.ablation.set(
      range(0, this.channels - 1).map((one) => ({ layer, channel: one, scale: one === channel ? 1 : 0 })),
    )
  }

  allOn(): void {
    this.#solo = null
    this.ablation.restore(this.layer)
  }

  allOff(): void {
    this.#solo = null
    this.multiply(range(0, this.channels - 1), 0)
  }

  /** Turns the focused channel up or down while dragging. */
  strengthen(scale: number): void {
    this.#solo = null
    this.ablation.drag([{ layer: this.layer, channel: this.#focused, scale }])
  }

  /** These off, all others of the layer as learned, while a slider is dragged. */
  dropOnly(dropped: readonly number[]): void {
    this.#solo = null
    const { layer } = this
    const off = new Set(dropped)
    this.ablation.drag(
      range(0, this.channels - 1).map((channel) => ({ layer, channel, scale: off.has(channel) ? 0 : 1 })),
    )
  }

  private multiply(channels: readonly number[], scale: number): void {
    const { layer } = this
    this.ablation.set(channels.map((channel) => ({ layer, channel, scale })))
  }
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => first + offset)
}
