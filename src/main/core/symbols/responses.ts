/** From activations on the pictures of a sheet to what a channel likes. */
import type { Layer } from '@shared/domain/architecture'
import type {
  ChannelLiking,
  ChannelResponses,
  SheetPicture,
  SheetSymbol,
  SymbolResponse,
  SymbolSheet,
} from '@shared/domain/symbols'
import type { SheetResponses } from './response-file'

/** Where a channel stands in the tables, and how many positions its map has. */
export interface PlacedChannel {
  readonly layer: Pick<Layer, 'name' | 'height' | 'width'>
  readonly channel: number
  /** Column of the tables. */
  readonly column: number
}

/** Below this share of the strongest response the next symbols are not named. */
const NAMED = 0.6

export interface MeasuredSheet {
  readonly sheet: SymbolSheet
  readonly tables: SheetResponses
}

/** @param tables of the sheet's pictures, blank first */
export function channelResponses(
  run: string,
  { layer, channel, column }: PlacedChannel,
  { sheet, tables }: MeasuredSheet,
): ChannelResponses {
  const positions = layer.height * layer.width
  const meanOf = (picture: number): number => tables.means[picture * tables.channels + column] ?? 0
  const blank = meanOf(0)
  const added = ({ index }: SheetPicture): number => (meanOf(index) - blank) * positions
  const inkOf = ({ index }: SheetPicture): number => Math.max(1, tables.ink[index] ?? 0)
  const raw = sheet.symbols.map((symbol, place) => {
    const own = sheet.pictures.filter((picture) => picture.symbol === place)
    return summarise(symbol, { own, sheet, added, inkOf })
  })
  const largest = Math.max(...raw.map(({ response }) => Math.abs(response)))
  const responses = raw
    .map((one) => ({ ...one, relative: largest > 0 ? one.response / largest : 0 }))
    .sort((a, b) => b.response - a.response)
  return { run, layer: layer.name, channel, blank, responses, sentence: describe(responses) }
}

function summarise(
  symbol: SheetSymbol,
  of: {
    readonly own: readonly SheetPicture[]
    readonly sheet: SymbolSheet
    readonly added: (picture: SheetPicture) => number
    /** In black pixels. */
    readonly inkOf: (picture: SheetPicture) => number
  },
): Omit<SymbolResponse, 'relative'> {
  const { own, sheet, added, inkOf } = of
  const perInk = (picture: SheetPicture): number => added(picture) / inkOf(picture)
  const bySize = sheet.spaces.map((_, space) => own.filter((picture) => picture.space === space).map(perInk))
  const answers = own.map(perInk)
  const best = own[answers.indexOf(Math.max(...answers))]
  return {
    symbol,
    response: mean(answers),
    total: mean(own.map(added)),
    bySpace: bySize.map(mean),
    shiftDeviation: mean(bySize.map(deviation)),
    picture: best?.index ?? 0,
  }
}

/** The symbol that a channel answers to most, and how much of all its answers goes to that one's group. */
export function likingOf({ layer, channel, responses }: ChannelResponses): ChannelLiking {
  const rising = responses.filter(({ response }) => response > 0)
  const [best] = rising
  if (best === undefined) return { layer, channel, symbol: null, selectivity: 0 }
  const total = sum(rising.map(({ response }) => response))
  const kin = rising.filter(({ symbol }) => symbol.group === best.symbol.group)
  return {
    layer,
    channel,
    symbol: best.symbol,
    selectivity: sum(kin.map(({ response }) => response)) / total,
  }
}

function describe(responses: readonly SymbolResponse[]): string {
  const [best] = responses
  if (best === undefined || responses.every(({ relative }) => relative === 0))
    return 'It answers to none of these symbols.'
  const least = responses.at(-1)
  if (best.response <= 0)
    return `It fires on blank paper and falls silent where there is ink, most at: ${least?.symbol.name ?? 'ink'}.`
  const named = responses
    .filter(({ response }) => response >= NAMED * best.response)
    .map(({ symbol }) => symbol.name)
  const shown = named.slice(0, 4).join(', ')
  const more = named.length > 4 ? ` and ${String(named.length - 4)} more about as strongly` : ''
  const falls =
    least !== undefined && least.relative < -NAMED ? ` It falls silent at: ${least.symbol.name}.` : ''
  return `It answers most to: ${shown}${more}.${falls}`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length
}

function deviation(values: readonly number[]): number {
  const middle = mean(values)
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)))
}
