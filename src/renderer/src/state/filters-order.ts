/** Which channels of a layer are shown, and in what order. */
import type { FeatureSummary } from '@shared/domain/feature'
import type { ChannelContrast, ContrastField } from '@shared/domain/findings'
import type { ChannelLiking } from '@shared/domain/symbols'

export type SortKey =
  'channel' | 'density' | 'mean' | 'maximum' | 'lossWhenAbsent' | 'style' | 'composer' | 'name'

export interface ChannelFilter {
  readonly hideDead: boolean
  readonly onlyNamed: boolean
  /** Only channels whose contrast between styles or composers was found (q below the table's level). */
  readonly onlyFound: boolean
  /** Words that must occur in its name, its note or what it likes; a number finds the channel. */
  readonly search: string
}

export const NO_FILTER: ChannelFilter = { hideDead: false, onlyNamed: false, onlyFound: false, search: '' }

/** All that is known of one channel; what is missing was not measured. */
export interface ChannelFacts {
  readonly channel: number
  readonly feature: FeatureSummary | null
  /** What raters call it, the newest first. */
  readonly names: readonly string[]
  readonly notes: readonly string[]
  readonly liking: ChannelLiking | null
  readonly lossWhenAbsent: number | null
  readonly contrasts: Readonly<Record<ContrastField, ChannelContrast | null>>
}

/** A q below this counts as found, as in the tables of contrasts. */
export const FOUND_BELOW = 0.05

/** What a channel is called: a rater's name, else what it likes most, else nothing. */
export function labelOf({
  names,
  liking,
}: ChannelFacts): { readonly text: string; readonly named: boolean } | null {
  const [name] = names
  if (name !== undefined) return { text: name, named: true }
  if (liking?.symbol != null) return { text: liking.symbol.name, named: false }
  return null
}

/** Channels that pass the filter, those with most of the key first; without a value they come last. */
export function orderChannels(
  facts: readonly ChannelFacts[],
  { sort, filter }: { readonly sort: SortKey; readonly filter: ChannelFilter },
): readonly number[] {
  const passing = facts.filter((one) => passes(one, filter))
  if (sort === 'channel') return passing.map(({ channel }) => channel)
  if (sort === 'name') return passing.toSorted(byName).map(({ channel }) => channel)
  const key = (one: ChannelFacts): number => valueOf(one, sort) ?? Number.NEGATIVE_INFINITY
  return passing
    .toSorted((a, b) => compare(key(b), key(a)) || a.channel - b.channel)
    .map(({ channel }) => channel)
}

function compare(one: number, other: number): number {
  return one === other ? 0 : one - other
}

function valueOf(one: ChannelFacts, sort: Exclude<SortKey, 'channel' | 'name'>): number | null {
  switch (sort) {
    case 'style':
    case 'composer':
      return one.contrasts[sort]?.effect?.value ?? null
    case 'lossWhenAbsent':
      return one.lossWhenAbsent
    default:
      return one.feature?.[sort] ?? null
  }
}

function byName(one: ChannelFacts, other: ChannelFacts): number {
  const [first, second] = [labelOf(one), labelOf(other)]
  if (first === null || second === null) {
    return Number(first === null) - Number(second === null) || one.channel - other.channel
  }
  // Names that people gave come before what the probe sheet says.
  return (
    Number(second.named) - Number(first.named) ||
    first.text.localeCompare(second.text) ||
    one.channel - other.channel
  )
}

function passes(one: ChannelFacts, { hideDead, onlyNamed, onlyFound, search }: ChannelFilter): boolean {
  if (hideDead && one.feature?.dead === true) return false
  if (onlyNamed && one.names.length === 0) return false
  if (onlyFound && !isFound(one)) return false
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const { symbol = null } = one.liking ?? {}
  const text = [...one.names, ...one.notes, symbol?.name ?? '', symbol?.group ?? ''].join(' ').toLowerCase()
  return words.every((word) => text.includes(word) || word === String(one.channel))
}

function isFound({ contrasts }: ChannelFacts): boolean {
  return [contrasts.style, contrasts.composer].some((row) => row !== null && row.q < FOUND_BELOW)
}
