/** What people call channels: names and notes per rater, the words on offer, and lists. */
import type { ChannelList, ChannelName, VocabularyTerm } from '@shared/domain/naming'
import type { Application } from './application.svelte'
import { addressOf, type ChannelPlace } from './filters-findings.svelte'
import { Loadable } from './loadable.svelte'

const RATER = 'scorescope.rater'

export class ChannelNames {
  readonly all = new Loadable<readonly ChannelName[]>()
  readonly vocabulary = new Loadable<readonly VocabularyTerm[]>()
  readonly lists = new Loadable<readonly ChannelList[]>()
  #rater = $state('')
  #run: string | null = null

  readonly #byAddress: ReadonlyMap<string, readonly ChannelName[]> = $derived(grouped(this.all.value ?? []))

  constructor(
    private readonly application: Application,
    private readonly storage: Storage = localStorage,
  ) {
    this.#rater = storage.getItem(RATER) ?? ''
  }

  /** Who names; remembered on this machine. */
  get rater(): string {
    return this.#rater
  }

  /** Newest first. */
  namesOf(address: string): readonly ChannelName[] {
    return this.#byAddress.get(address) ?? []
  }

  ownOf(address: string): ChannelName | null {
    return this.namesOf(address).find((known) => known.rater === this.#rater) ?? null
  }

  listsOf(address: string): readonly ChannelList[] {
    return (this.lists.value ?? []).filter((list) =>
      list.channels.some((channel) => channel.address === address),
    )
  }

  open(run: string): void {
    this.#run = run
    this.all.reset()
    this.loadNames()
    const { api } = this.application
    void this.vocabulary.load((signal) => api.naming.vocabulary(undefined, { signal }))
    this.loadLists()
  }

  nameAs(rater: string): void {
    this.#rater = rater.trim()
    this.storage.setItem(RATER, this.#rater)
  }

  /** Keeps what was written for a channel; needs a rater. */
  keep(place: ChannelPlace, words: { readonly name?: string; readonly note?: string }): void {
    const { api, toasts } = this.application
    if (this.#rater === '') {
      toasts.say('Write your name or initials first: names are kept for each rater.')
      return
    }
    api.naming.name({ ...place, rater: this.#rater, ...words }).then(
      () => this.loadNames(),
      (error: unknown) => toasts.fail(error),
    )
  }

  addTo(list: number, place: ChannelPlace): void {
    this.change(this.application.api.naming.addToList({ list, channels: [place] }))
  }

  addToNew(name: string, place: ChannelPlace): void {
    this.change(this.application.api.naming.createList({ name, channels: [place] }))
  }

  removeFrom(list: number, place: ChannelPlace): void {
    this.change(this.application.api.naming.removeFromList({ list, channels: [place] }))
  }

  private change(request: Promise<unknown>): void {
    request.then(
      () => this.loadLists(),
      (error: unknown) => this.application.toasts.fail(error),
    )
  }

  private loadNames(): void {
    const run = this.#run
    if (run !== null) void this.all.load((signal) => this.application.api.naming.names({ run }, { signal }))
  }

  private loadLists(): void {
    void this.lists.load((signal) => this.application.api.naming.lists(undefined, { signal }))
  }
}

function grouped(names: readonly ChannelName[]): ReadonlyMap<string, readonly ChannelName[]> {
  const groups = new Map<string, ChannelName[]>()
  for (const name of names.toSorted((a, b) => b.namedAt.localeCompare(a.namedAt))) {
    const address = addressOf(name)
    const known = groups.get(address)
    if (known === undefined) groups.set(address, [name])
    else known.push(name)
  }
  return groups
}
