/** Names, notes, lists and blind sessions, kept in memory for as long as a test runs. */
import type { LocalApi } from '@shared/api'
import {
  DEFAULT_VOCABULARY,
  type ChannelAddress,
  type ChannelList,
  type ChannelName,
  type NamingAgreement,
  type NamingRow,
  type VocabularyTerm,
} from '@shared/domain/naming'
import { AppError } from '@shared/errors'
import type { FakeEngine } from './fake-engine'
import { fakeFeatures } from './fake-model'

const NOW = '2025-11-24T08:10:00.000Z'

export class FakeNaming {
  names: readonly ChannelName[] = []
  lists: readonly ChannelList[] = []
  vocabulary: readonly VocabularyTerm[] = DEFAULT_VOCABULARY

  list(list: number): ChannelList {
    const found = this.lists.find((known) => known.list === list)
    if (found === undefined) throw AppError.of('naming/list-unknown', { list })
    return found
  }

  replaceList(changed: ChannelList): ChannelList {
    this.lists = this.lists.map((known) => (known.list === changed.list ? changed : known))
    return changed
  }

  of(address: string, rater: string): ChannelName | null {
    return this.names.find((known) => known.address === address && known.rater === rater) ?? null
  }

  get raters(): readonly string[] {
    return [...new Set(this.names.map((known) => known.rater))].sort()
  }
}

export function namingApi(engine: FakeEngine): LocalApi['naming'] {
  const { naming } = engine
  return { ...nameVerbs(engine), ...listVerbs(naming), ...sessionVerbs(engine) }
}

function addressed({ run, layer, channel }: ChannelAddress): ChannelAddress & { readonly address: string } {
  return { run, layer, channel, address: `${run}/${layer}/${channel}` }
}

type Verbs<Verb extends keyof LocalApi['naming']> = Pick<LocalApi['naming'], Verb>

function nameVerbs({
  naming,
}: FakeEngine): Verbs<'names' | 'name' | 'raters' | 'vocabulary' | 'setVocabulary'> {
  return {
    names: ({ run, layer, channel, rater }) =>
      naming.names.filter(
        (known) =>
          known.run === run &&
          (layer === undefined || known.layer === layer) &&
          (channel === undefined || known.channel === channel) &&
          (rater === undefined || known.rater === rater),
      ),
    name: ({ rater, name, note, ...at }) => {
      const channel = addressed(at)
      const known = naming.of(channel.address, rater)
      const next = {
        ...channel,
        rater,
        name: name ?? known?.name ?? '',
        note: note ?? known?.note ?? '',
        namedAt: NOW,
      }
      naming.names = naming.names.filter((one) => one !== known)
      if (next.name === '' && next.note === '') return null
      naming.names = [...naming.names, next]
      return next
    },
    raters: () => naming.raters,
    vocabulary: () => naming.vocabulary,
    setVocabulary: ({ terms }) => {
      naming.vocabulary = terms.length === 0 ? DEFAULT_VOCABULARY : terms
      return naming.vocabulary
    },
  }
}

function listVerbs(
  naming: FakeNaming,
): Verbs<
  'lists' | 'createList' | 'renameList' | 'deleteList' | 'addToList' | 'removeFromList' | 'orderList'
> {
  const refuseTaken = (name: string): void => {
    if (naming.lists.some((known) => known.name === name)) throw AppError.of('naming/list-taken', { name })
  }
  return {
    lists: () => naming.lists,
    createList: ({ name, channels }) => {
      refuseTaken(name)
      const list = Math.max(0, ...naming.lists.map((known) => known.list)) + 1
      const created = { list, name, createdAt: NOW, channels: channels.map(addressed) }
      naming.lists = [...naming.lists, created]
      return created
    },
    renameList: ({ list, name }) => {
      refuseTaken(name)
      return naming.replaceList({ ...naming.list(list), name })
    },
    deleteList: ({ list }) => (naming.lists = naming.lists.filter((known) => known !== naming.list(list))),
    addToList: ({ list, channels }) => {
      const known = naming.list(list)
      const there = new Set(known.channels.map((channel) => channel.address))
      const added = channels.map(addressed).filter((channel) => !there.has(channel.address))
      return naming.replaceList({ ...known, channels: [...known.channels, ...added] })
    },
    removeFromList: ({ list, channels }) => {
      const known = naming.list(list)
      const gone = new Set(channels.map((channel) => addressed(channel).address))
      return naming.replaceList({
        ...known,
        channels: known.channels.filter((channel) => !gone.has(channel.address)),
      })
    },
    orderList: ({ list, channels }) =>
      naming.replaceList({ ...naming.list(list), channels: channels.map(addressed) }),
  }
}

function sessionVerbs(engine: FakeEngine): Verbs<'queue' | 'agreement' | 'table'> {
  const { naming } = engine
  return {
    queue: ({ run, rater, count, seed, layer }) => {
      const alive = fakeFeatures(run, engine.samples, layer).filter((feature) => !feature.dead)
      const items = alive.slice(0, count).map((feature) => {
        const channel = addressed({ run, layer: feature.layer, channel: feature.channel })
        return { ...channel, own: naming.of(channel.address, rater) }
      })
      const named = items.filter((item) => item.own !== null).length
      return { run, rater, seed, items, named, outOf: alive.length }
    },
    agreement: ({ run, raters }) => fakeAgreement(naming, run, raters),
    table: ({ run }) => ({
      run,
      raters: naming.raters,
      rows: fakeFeatures(run, engine.samples).map((feature): NamingRow => {
        const own = naming.names.filter((known) => known.address === feature.address)
        return {
          address: feature.address,
          layer: feature.layer,
          channel: feature.channel,
          names: Object.fromEntries(own.map((known) => [known.rater, known.name])),
          notes: Object.fromEntries(own.map((known) => [known.rater, known.note])),
          lists: naming.lists
            .filter((list) => list.channels.some((channel) => channel.address === feature.address))
            .map((list) => list.name),
          density: feature.density,
          styleEffect: null,
          styleQ: null,
          composerEffect: null,
          composerQ: null,
        }
      }),
    }),
  }
}

function fakeAgreement(naming: FakeNaming, run: string, raters: readonly [string, string]): NamingAgreement {
  const [one, two] = raters
  const both = naming.names
    .filter((known) => known.run === run && known.rater === one && known.name !== '')
    .flatMap((first) => {
      const second = naming.of(first.address, two)
      return second === null || second.name === '' ? [] : [{ first, second }]
    })
  const names = [...new Set(both.flatMap(({ first, second }) => [first.name, second.name]))].sort()
  const same = both.filter(({ first, second }) => first.name === second.name)
  const observed = both.length === 0 ? null : same.length / both.length
  return {
    run,
    raters,
    channels: both.length,
    kappa: null,
    observed,
    expected: null,
    names,
    confusion: names.map((row) =>
      names.map(
        (column) => both.filter(({ first, second }) => first.name === row && second.name === column).length,
      ),
    ),
    disagreements: both
      .filter((pair) => !same.includes(pair))
      .map(({ first, second }) => ({
        address: first.address,
        layer: first.layer,
        channel: first.channel,
        names: [first.name, second.name] as const,
      })),
    sentence: `${one} and ${two} have both named ${both.length} channels.`,
  }
}
