/** Names of a run's channels, the words on offer, lists, blind sessions and how far two raters agree. */
import type {
  ChannelAddress,
  ChannelList,
  NamingAgreement,
  NamingTable,
  VocabularyTerm,
} from '@shared/domain/naming'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'
import { BlindSession } from './naming-session.svelte'

export type NamingPart = 'table' | 'session' | 'agreement' | 'lists' | 'vocabulary'

/** Shared with the channel pages: who sits in front of this machine. */
const RATER = 'scorescope.rater'

export class NamingState {
  readonly table = new Loadable<NamingTable>()
  readonly raters = new Loadable<readonly string[]>()
  readonly vocabulary = new Loadable<readonly VocabularyTerm[]>()
  readonly lists = new Loadable<readonly ChannelList[]>()
  readonly agreement = new Loadable<NamingAgreement>()
  readonly session: BlindSession
  #part = $state<NamingPart>('table')
  #run = $state<string | null>(null)
  #rater = $state('')
  #list = $state<number | null>(null)
  #pair = $state.raw<readonly [string, string] | null>(null)

  constructor(
    private readonly application: Application,
    private readonly storage: Storage = localStorage,
  ) {
    this.#rater = storage.getItem(RATER) ?? ''
    this.session = new BlindSession(application)
  }

  get part(): NamingPart {
    return this.#part
  }

  get run(): string | null {
    return this.#run
  }

  /** Who names; remembered on this machine. */
  get rater(): string {
    return this.#rater
  }

  /** The list that is looked at. */
  get list(): ChannelList | null {
    const lists = this.lists.value ?? []
    return lists.find((list) => list.list === this.#list) ?? lists[0] ?? null
  }

  /** The two raters that are compared: the first two, until others are chosen. */
  get pair(): readonly [string, string] | null {
    const [first, second] = this.raters.value ?? []
    return this.#pair ?? (first === undefined || second === undefined ? null : [first, second])
  }

  open(run: string): void {
    this.#run = run
    this.#pair = null
    this.table.reset()
    this.agreement.reset()
    this.session.end()
  }

  show(part: NamingPart): void {
    this.#part = part
    this.refresh()
  }

  nameAs(rater: string): void {
    this.#rater = rater
    this.storage.setItem(RATER, rater.trim())
  }

  /** Asks again for everything on screen: channel pages name channels too. */
  refresh(): void {
    const { api } = this.application
    const run = this.#run
    if (run === null) return
    void this.table.load((signal) => api.naming.table({ run }, { signal }))
    void this.vocabulary.load((signal) => api.naming.vocabulary(undefined, { signal }))
    void this.lists.load((signal) => api.naming.lists(undefined, { signal }))
    void this.raters.load((signal) => api.naming.raters(undefined, { signal })).then(() => this.compare())
  }

  comparePair(pair: readonly [string, string]): void {
    this.#pair = pair
    this.compare()
  }

  saveVocabulary(terms: readonly VocabularyTerm[]): void {
    const { api, toasts } = this.application
    api.naming.setVocabulary({ terms: [...terms] }).then(
      (kept) => {
        this.vocabulary.set(kept)
        toasts.say(`The vocabulary has ${kept.length} words now.`, 'good')
      },
      (error: unknown) => toasts.fail(error),
    )
  }

  chooseList(list: number): void {
    this.#list = list
  }

  createList(name: string, channels: readonly ChannelAddress[] = []): void {
    this.change(this.application.api.naming.createList({ name, channels: channels.map(bare) }), (made) => {
      this.#list = made.list
      if (channels.length > 0)
        this.application.toasts.say(`The list “${made.name}” holds ${made.channels.length} channels.`, 'good')
    })
  }

  renameList(list: number, name: string): void {
    this.change(this.application.api.naming.renameList({ list, name }))
  }

  deleteList(list: number): void {
    this.#list = null
    this.change(this.application.api.naming.deleteList({ list }))
  }

  addToList(list: number, channels: readonly ChannelAddress[]): void {
    this.change(this.application.api.naming.addToList({ list, channels: channels.map(bare) }))
  }

  removeFromList(list: number, channel: ChannelAddress): void {
    this.change(this.application.api.naming.removeFromList({ list, channels: [bare(channel)] }))
  }

  /** Moves a channel of a list to another place, counted from 0. */
  moveInList({ list, channels }: ChannelList, from: number, to: number): void {
    const moved = channels[from]
    if (moved === undefined || to < 0 || to >= channels.length || from === to) return
    const order = channels.toSpliced(from, 1).toSpliced(to, 0, moved)
    // At once on the screen; the answer comes after it.
    this.lists.set(
      (this.lists.value ?? []).map((one) => (one.list === list ? { ...one, channels: order } : one)),
    )
    this.change(this.application.api.naming.orderList({ list, channels: order.map(bare) }))
  }

  private compare(): void {
    const { pair } = this
    const run = this.#run
    if (pair === null || run === null) return
    void this.agreement.load((signal) =>
      this.application.api.naming.agreement({ run, raters: [pair[0], pair[1]] }, { signal }),
    )
  }

  private change<Reply>(request: Promise<Reply>, then: (reply: Reply) => void = () => undefined): void {
    request.then(
      (reply) => {
        then(reply)
        const { api } = this.application
        void this.lists.load((signal) => api.naming.lists(undefined, { signal }))
      },
      (error: unknown) => {
        this.application.toasts.fail(error)
        this.refresh()
      },
    )
  }
}

/** Only what the contract asks for: `address` is derived. */
function bare({ run, layer, channel }: ChannelAddress): ChannelAddress {
  return { run, layer, channel }
}
