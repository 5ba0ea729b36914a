/** Naming: names and notes of channels per rater, lists, blind sessions, agreement, the table for export. */
import type { LocalApi } from '@shared/api'
import { describeArchitecture } from '@shared/domain/architecture'
import type { ContrastField, Contrasts } from '@shared/domain/findings'
import { requireChannel, requireLayer } from '@shared/domain/layers'
import type { ChannelAddress, NamingQueue, NamingRow, NamingTable } from '@shared/domain/naming'
import type { RunPlan } from '@shared/domain/run'
import { AppError } from '@shared/errors'
import { seededStream, shuffleAt } from '../../numerics/seeded-stream'
import type { Clock, ProjectAccess } from '../ports'
import { agreementOf } from './agreement'
import { createList, deleteList, readList, readLists, renameList, writeItems } from './list-records'
import {
  addressOf,
  readDensities,
  readNames,
  readRaters,
  readVocabulary,
  writeName,
  writeVocabulary,
} from './name-records'

export interface NamingDependencies {
  readonly projects: ProjectAccess
  readonly clock: Clock
  /** @throws AppError training/run-unknown, training/plan-damaged */
  readonly plan: (run: string) => RunPlan
  /** The stored contrasts of a run; null where there are none. */
  readonly contrasts: (run: string, field: ContrastField) => Contrasts | null
}

type PlanOf = NamingDependencies['plan']

export function createNaming(dependencies: NamingDependencies): { readonly api: LocalApi['naming'] } {
  const { projects, clock, plan } = dependencies
  const database = () => projects.required().database
  const now = (): string => clock.now().toISOString()
  return {
    api: {
      names: (wanted) => readNames(database(), wanted),
      name(naming) {
        requireChannels(plan, [naming])
        return writeName(database(), { ...naming, namedAt: now() })
      },
      raters: () => readRaters(database()),
      vocabulary: () => readVocabulary(database()),
      setVocabulary({ terms }) {
        writeVocabulary(database(), terms)
        return readVocabulary(database())
      },
      queue: (request) => queueOf(dependencies, request),
      agreement({ run, raters }) {
        plan(run)
        return agreementOf(run, raters, readNames(database(), { run }))
      },
      table: ({ run }) => tableOf(dependencies, run),
      ...listsApi(dependencies),
    },
  }
}

type ListsApi = Pick<
  LocalApi['naming'],
  'lists' | 'createList' | 'renameList' | 'deleteList' | 'addToList' | 'removeFromList' | 'orderList'
>

function listsApi({ projects, clock, plan }: NamingDependencies): ListsApi {
  const database = () => projects.required().database
  return {
    lists: () => readLists(database()),
    createList({ name, channels }) {
      requireChannels(plan, channels)
      const createdAt = clock.now().toISOString()
      return database().transaction(() => {
        const list = createList(database(), { name, createdAt })
        writeItems(database(), list, channels)
        return readList(database(), list)
      })()
    },
    renameList({ list, name }) {
      renameList(database(), list, name)
      return readList(database(), list)
    },
    deleteList({ list }) {
      deleteList(database(), list)
      return readLists(database())
    },
    addToList({ list, channels }) {
      requireChannels(plan, channels)
      writeItems(database(), list, [...readList(database(), list).channels, ...channels])
      return readList(database(), list)
    },
    removeFromList({ list, channels }) {
      const gone = new Set(channels.map(addressOf))
      const kept = readList(database(), list).channels.filter(({ address }) => !gone.has(address))
      writeItems(database(), list, kept)
      return readList(database(), list)
    },
    orderList({ list, channels }) {
      const before = readList(database(), list).channels.map(({ address }) => address)
      const wanted = channels.map(addressOf)
      const same = before.length === wanted.length && new Set([...before, ...wanted]).size === before.length
      if (!same) throw AppError.of('naming/order-differs', { list })
      writeItems(database(), list, channels)
      return readList(database(), list)
    },
  }
}

/** @throws AppError training/run-unknown, exploration/layer-unknown, exploration/channel-unknown */
function requireChannels(plan: PlanOf, channels: readonly ChannelAddress[]): void {
  for (const [run, ofRun] of Map.groupBy(channels, ({ run }) => run)) {
    const { layers } = describeArchitecture(plan(run).architecture)
    for (const { layer, channel } of ofRun) requireChannel(requireLayer(layers, layer), channel)
  }
}

/** In the order of the layers. */
function channelsOf({ plan }: NamingDependencies, run: string): readonly ChannelAddress[] {
  return describeArchitecture(plan(run).architecture).layers.flatMap((layer) =>
    Array.from({ length: layer.channels }, (_, channel) => ({ run, layer: layer.name, channel })),
  )
}

/** @throws AppError exploration/features-missing, exploration/layer-unknown */
function queueOf(
  dependencies: NamingDependencies,
  request: {
    readonly run: string
    readonly rater: string
    readonly count: number
    readonly seed: number
    readonly layer?: string | undefined
  },
): NamingQueue {
  const { run, rater, count, seed, layer } = request
  const { database } = dependencies.projects.required()
  if (layer !== undefined) requireChannels(dependencies.plan, [{ run, layer, channel: 0 }])
  const all = channelsOf(dependencies, run)
  const densities = readDensities(database, run)
  if (densities === null) throw AppError.of('exploration/features-missing', { run })
  const firing = all.filter(
    (each) => (layer === undefined || each.layer === layer) && (densities.get(addressOf(each)) ?? 0) > 0,
  )
  const order = Uint16Array.from(firing, (_, at) => at)
  const purpose = `naming ${run} ${layer ?? ''}`
  shuffleAt(order, order.slice(), seededStream(seed, purpose))
  const own = new Map(readNames(database, { run, rater }).map((name) => [name.address, name]))
  const items = Array.from(order.subarray(0, count), (place) => firing[place])
    .filter((each) => each !== undefined)
    .map((each) => ({ ...each, address: addressOf(each), own: own.get(addressOf(each)) ?? null }))
  const named = items.filter((item) => item.own !== null && item.own.name !== '').length
  return { run, rater, seed, items, named, outOf: firing.length }
}

function tableOf(dependencies: NamingDependencies, run: string): NamingTable {
  const { contrasts } = dependencies
  const { database } = dependencies.projects.required()
  const all = channelsOf(dependencies, run)
  const names = Map.groupBy(readNames(database, { run }), ({ address }) => address)
  const lists = readLists(database)
  const densities = readDensities(database, run)
  const [byStyle, byComposer] = (['style', 'composer'] as const).map(
    (field) => new Map(contrasts(run, field)?.channels.map((row) => [row.address, row])),
  )
  const rows = all.map(({ layer, channel }): NamingRow => {
    const address = addressOf({ run, layer, channel })
    const own = names.get(address) ?? []
    const texts = (of: 'name' | 'note') =>
      Object.fromEntries(own.filter((each) => each[of] !== '').map((each) => [each.rater, each[of]]))
    return {
      address,
      layer,
      channel,
      names: texts('name'),
      notes: texts('note'),
      lists: lists
        .filter((list) => list.channels.some((each) => each.address === address))
        .map(({ name }) => name),
      density: densities?.get(address) ?? null,
      styleEffect: byStyle?.get(address)?.effect?.value ?? null,
      styleQ: byStyle?.get(address)?.q ?? null,
      composerEffect: byComposer?.get(address)?.effect?.value ?? null,
      composerQ: byComposer?.get(address)?.q ?? null,
    }
  })
  const raters = [...new Set([...names.values()].flat().map(({ rater }) => rater))].sort()
  return { run, raters, rows }
}
