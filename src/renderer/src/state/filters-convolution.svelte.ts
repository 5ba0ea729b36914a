/** The single convolution at work: a window that slides over what a layer looks at. */
import type { ActivationMaps, KernelWeights } from '@shared/compute-api'
import type { Layer } from '@shared/domain/architecture'
import type { Application } from './application.svelte'
import { type ConvolutionInput, mapsInput, pixelInput, type Unit } from './convolution'
import { Loadable } from './loadable.svelte'

export interface ConvolutionPlace {
  readonly run: string
  readonly index: number
  /** The layer that convolves. */
  readonly layer: Layer
  /** The layer whose output it looks at; null for the first, which looks at the crop. */
  readonly before: Layer | null
}

/** What the window slides over, and what the layer makes of it. */
export interface ConvolutionSight {
  readonly input: ConvolutionInput
  /** The layer's own maps. */
  readonly maps: ActivationMaps
  readonly layer: string
}

/** Units that the window passes in one second of playing. */
const SPEED = 24

export class ConvolutionState {
  readonly sight = new Loadable<ConvolutionSight>()
  #unit = $state.raw<Unit>({ row: 0, column: 0 })
  #playing = $state(false)
  #shown: string | null = null
  #timer: ReturnType<typeof setInterval> | null = null

  constructor(private readonly application: Application) {}

  get unit(): Unit {
    return this.#unit
  }

  get playing(): boolean {
    return this.#playing
  }

  /** Asks for what the layer looks at on a crop. */
  show(place: ConvolutionPlace): void {
    const key = `${place.run}/${place.layer.name}/${place.index}`
    if (this.#shown === key) return
    this.#shown = key
    this.pause()
    this.sight.reset()
    void this.sight.load((signal) => this.ask(place, signal))
  }

  hide(): void {
    this.#shown = null
    this.pause()
    this.sight.reset()
  }

  moveTo({ row, column }: Unit): void {
    const { height, width } = this.sight.value?.maps ?? { height: 1, width: 1 }
    this.#unit = {
      row: Math.min(height - 1, Math.max(0, row)),
      column: Math.min(width - 1, Math.max(0, column)),
    }
  }

  moveBy(rows: number, columns: number): void {
    this.moveTo({ row: this.#unit.row + rows, column: this.#unit.column + columns })
  }

  /** To where a channel fires most strongly. */
  moveToStrongest(channel: number): void {
    const maps = this.sight.value?.maps
    if (maps === undefined) return
    let strongest = 0
    for (let unit = 1; unit < maps.height * maps.width; unit += 1) {
      if (activation(maps, unit, channel) > activation(maps, strongest, channel)) strongest = unit
    }
    this.moveTo({ row: Math.floor(strongest / maps.width), column: strongest % maps.width })
  }

  togglePlaying(): void {
    if (this.#playing) {
      this.pause()
      return
    }
    this.#playing = true
    this.#timer = setInterval(() => this.advance(), 1000 / SPEED)
  }

  pause(): void {
    this.#playing = false
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** The next unit, line by line; from the last back to the first. */
  private advance(): void {
    const maps = this.sight.value?.maps
    if (maps === undefined) return
    const next = (this.#unit.row * maps.width + this.#unit.column + 1) % (maps.width * maps.height)
    this.#unit = { row: Math.floor(next / maps.width), column: next % maps.width }
  }

  private async ask(
    { run, index, layer, before }: ConvolutionPlace,
    signal: AbortSignal,
  ): Promise<ConvolutionSight> {
    const { exploration } = this.application.api
    const input =
      before === null
        ? await this.askPixels(run, index, signal)
        : mapsInput(
            await exploration.activations({ run, layer: before.name, index }, { signal }),
            layer.height,
          )
    const maps = await exploration.activations({ run, layer: layer.name, index }, { signal })
    return { input, maps, layer: layer.name }
  }

  private async askPixels(run: string, index: number, signal: AbortSignal): Promise<ConvolutionInput> {
    const { exploration } = this.application.api
    const { size, original } = await exploration.reconstruct({ run, index, channels: [] }, { signal })
    return pixelInput({ size, pixels: original })
  }
}

function activation({ maps, channels }: ActivationMaps, unit: number, channel: number): number {
  return maps[unit * channels + channel] ?? 0
}

/** Whether kernels are those of the layer in sight. */
export function kernelsFit(kernels: KernelWeights, sight: ConvolutionSight): boolean {
  return kernels.inputChannels === sight.input.channels && kernels.filters === sight.maps.channels
}
