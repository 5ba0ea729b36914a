/** Naming: names and notes of channels per rater, a vocabulary, lists, blind sessions and their agreement. */
import { z } from 'zod'
import type {
  ChannelList,
  ChannelName,
  NamingAgreement,
  NamingQueue,
  NamingTable,
  VocabularyTerm,
} from '../domain/naming'
import { id, layer, nothing, runId, seed } from './shapes'

const address = { run: runId, layer, channel: z.int().min(0) }
/** Who names: a person's name or initials. */
const rater = z.string().trim().min(1).max(60)
const listName = z.string().trim().min(1).max(100)
const channels = z.array(z.object(address)).max(20_000)

export const namingRequests = {
  /** Names of a run, of one channel or of one rater where these are given. */
  names: z.object({
    run: runId,
    layer: layer.optional(),
    channel: z.int().min(0).optional(),
    rater: rater.optional(),
  }),
  /** Keeps what a rater calls a channel; what is left out stays, an empty name and note forget it. */
  name: z.object({
    ...address,
    rater,
    name: z.string().trim().max(100).optional(),
    note: z.string().trim().max(10_000).optional(),
  }),
  /** Everyone who has named anything, in alphabetical order. */
  raters: nothing,
  vocabulary: nothing,
  /** Replaces the project's vocabulary; an empty one brings back the one that comes with Scorescope. */
  setVocabulary: z.object({
    terms: z
      .array(
        z.object({
          term: z.string().trim().min(1).max(100),
          meaning: z.string().trim().max(300).default(''),
        }),
      )
      .max(500),
  }),
  lists: nothing,
  createList: z.object({ name: listName, channels: channels.default([]) }),
  renameList: z.object({ list: id, name: listName }),
  deleteList: z.object({ list: id }),
  /** At the end; channels that are in it already stay where they are. */
  addToList: z.object({ list: id, channels }),
  removeFromList: z.object({ list: id, channels }),
  /** The list's channels in their new order: all of them, each once. */
  orderList: z.object({ list: id, channels }),
  /** Channels to be named without seeing what others called them; silent channels are left out. */
  queue: z.object({
    run: runId,
    rater,
    count: z.int().min(1).max(100_000),
    seed,
    layer: layer.optional(),
  }),
  agreement: z.object({ run: runId, raters: z.tuple([rater, rater]) }),
  table: z.object({ run: runId }),
} as const

export interface NamingReplies {
  names: readonly ChannelName[]
  /** Null where nothing is left of it. */
  name: ChannelName | null
  raters: readonly string[]
  vocabulary: readonly VocabularyTerm[]
  setVocabulary: readonly VocabularyTerm[]
  lists: readonly ChannelList[]
  createList: ChannelList
  renameList: ChannelList
  deleteList: readonly ChannelList[]
  addToList: ChannelList
  removeFromList: ChannelList
  orderList: ChannelList
  queue: NamingQueue
  agreement: NamingAgreement
  table: NamingTable
}
