/** A blind session: one channel after the other, named without seeing what others called it. */
import type { ActivationMaps } from '@shared/compute-api'
import type { ChannelPage } from '@shared/domain/feature'
import type { NamingQueue } from '@shared/domain/naming'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

export interface SessionForm {
  readonly count: number
  readonly seed: number
  /** Empty: all layers. */
  readonly layer: string
}

/** A channel as it is shown in a session: what excites it, and its answer to the crop that excites it most. */
export interface SessionSight {
  readonly address: string
  readonly page: ChannelPage
  readonly maps: ActivationMaps | null
}

export class BlindSession {
  readonly queue = new Loadable<NamingQueue>()
  readonly sight = new Loadable<SessionSight>()
  #form = $state.raw<SessionForm>({ count: 40, seed: 1, layer: '' })
  #place = $state(0)
  /** What was called what in this session and before, by address. */
  #given = $state.raw<ReadonlyMap<string, string>>(new Map())
  #keeping = $state(false)

  constructor(private readonly application: Application) {}

  get form(): SessionForm {
    return this.#form
  }

  /** The place in the queue, from 0; the queue's length when all are through. */
  get place(): number {
    return this.#place
  }

  get item(): NamingQueue['items'][number] | null {
    return this.queue.value?.items[this.#place] ?? null
  }

  /** A name is being kept. */
  get keeping(): boolean {
    return this.#keeping
  }

  get named(): number {
    return (this.queue.value?.items ?? []).filter(({ address }) => this.givenTo(address) !== '').length
  }

  /** What this rater calls a channel; empty where nothing yet. */
  givenTo(address: string): string {
    return this.#given.get(address) ?? ''
  }

  change(change: Partial<SessionForm>): void {
    this.#form = { ...this.#form, ...change }
  }

  async start(run: string, rater: string): Promise<void> {
    const { count, seed, layer } = this.#form
    const asked = { run, rater, count, seed, ...(layer === '' ? {} : { layer }) }
    const queue = await this.queue.load((signal) => this.application.api.naming.queue(asked, { signal }))
    if (queue === null) return
    this.#given = new Map(queue.items.map(({ address, own }) => [address, own?.name ?? '']))
    const first = queue.items.findIndex(({ address }) => this.givenTo(address) === '')
    this.go(first < 0 ? queue.items.length : first)
  }

  end(): void {
    this.queue.reset()
    this.sight.reset()
    this.#place = 0
  }

  /** Keeps the name of the channel on screen and goes on. */
  async name(name: string): Promise<void> {
    const { item } = this
    const rater = this.queue.value?.rater
    if (item === null || rater === undefined || this.#keeping || name.trim() === '') return
    const { run, layer, channel } = item
    this.#keeping = true
    try {
      await this.application.api.naming.name({ run, layer, channel, rater, name: name.trim() })
      this.#given = new Map(this.#given).set(item.address, name.trim())
      this.go(this.#place + 1)
    } catch (error) {
      this.application.toasts.fail(error)
    } finally {
      this.#keeping = false
    }
  }

  skip(): void {
    this.go(this.#place + 1)
  }

  back(): void {
    this.go(this.#place - 1)
  }

  private go(place: number): void {
    const items = this.queue.value?.items ?? []
    this.#place = Math.min(items.length, Math.max(0, place))
    const { item } = this
    if (item === null) {
      this.sight.reset()
      return
    }
    const { run, layer, channel, address } = item
    const { exploration } = this.application.api
    void this.sight.load(async (signal) => {
      const page = await exploration.channel({ run, layer, channel }, { signal })
      const index = page.top[0]?.index
      const maps =
        index === undefined ? null : await exploration.activations({ run, layer, index }, { signal })
      return { address, page, maps }
    })
  }
}
