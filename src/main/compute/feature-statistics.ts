/** What a complete pass says of each channel: strongest samples, samples over its range, histogram, relatives. */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { ChannelStatistics, RelatedChannel, SampledUnit } from '@shared/compute-api'
import { HISTOGRAM_BINS } from '@shared/domain/histogram'
import { latticeOf } from './lattice'
import type { PassShape, PassTally, PlacedLayer } from './feature-tally'
import { spatialCorrelations, SampleCorrelations } from './feature-correlations'

export interface StatisticsOptions {
  /** The sample of each row of the tables. */
  readonly indices: readonly number[]
  /** How many of the strongest samples to keep. */
  readonly top: number
  /** Over how many equal shares of the samples, from the weakest to the strongest, picks are spread. */
  readonly bands: number
  readonly picks: number
  readonly seed: number
}

/** How many relatives of each sign are kept. */
const RELATED = 8

/** Statistics of one channel after the other, so that the caller can breathe between them. */
export function* channelStatistics(
  { shape, tables, sums }: PassTally,
  options: StatisticsOptions,
): Generator<ChannelStatistics> {
  const samples = options.indices.length
  const related = new SampleCorrelations(tables.means, samples, shape.channels)
  const within = new Map(shape.layers.map((layer) => [layer.name, spatialOf(layer, sums, samples)]))
  const owners = shape.layers.flatMap((layer) => Array.from({ length: layer.channels }, () => layer))
  for (const [at, layer] of owners.entries()) {
    const channel = at - layer.from
    const ranked = rankSamples(tables.maxima, at, shape.channels)
    const unit = (row: number): SampledUnit => unitOf({ tables, shape, layer, at, row, options })
    const spatial = within.get(layer.name) ?? new Float64Array()
    yield {
      layer: layer.name,
      channel,
      mean: columnMean(tables.means, at, shape.channels),
      density: columnMean(tables.densities, at, shape.channels),
      maximum: tables.maxima[(ranked[0] ?? 0) * shape.channels + at] ?? 0,
      top: Array.from(ranked.subarray(0, options.top), unit),
      histogram: {
        counts: Array.from(sums.histogram.subarray(at * HISTOGRAM_BINS, (at + 1) * HISTOGRAM_BINS)),
        silent: sums.silent[at] ?? 0,
      },
      bands: bandsOf(ranked, { ...options, seed: options.seed + at, unit }),
      related: strongest(
        related.with(at).entries(),
        (other) => addressOf(owners, other),
        (other) => other === at || isPooledTwin(layer, owners[other], channel, other),
      ),
      relatedWithin: strongest(
        spatial.subarray(channel * layer.channels, (channel + 1) * layer.channels).entries(),
        (other) => ({ layer: layer.name, channel: other }),
        (other) => other === channel,
      ),
    }
  }
}

function spatialOf(layer: PlacedLayer, sums: PassTally['sums'], samples: number): Float64Array {
  const { from, channels, productsFrom } = layer
  return spatialCorrelations({
    products: sums.products.subarray(productsFrom, productsFrom + channels ** 2),
    sums: sums.sums.subarray(from, from + channels),
    positions: samples * latticeOf(layer).side ** 2,
  })
}

function addressOf(
  owners: readonly PlacedLayer[],
  at: number,
): { readonly layer: string; readonly channel: number } {
  const owner = owners[at]
  return { layer: owner?.name ?? '', channel: at - (owner?.from ?? 0) }
}

/** A channel of the bottleneck is one of the last encoder layer's, pooled: that they go together says nothing. */
function isPooledTwin(
  layer: PlacedLayer,
  other: PlacedLayer | undefined,
  channel: number,
  at: number,
): boolean {
  if (other === undefined || at - other.from !== channel) return false
  const [earlier, later] = layer.from < other.from ? [layer, other] : [other, layer]
  return later.kind === 'bottleneck' && earlier.from + earlier.channels === later.from
}

function columnMean(table: Float32Array, column: number, columns: number): number {
  let sum = 0
  for (let at = column; at < table.length; at += columns) sum += table[at] ?? 0
  return sum / (table.length / columns)
}

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)
/** More rows than any sample set has; a float32's 31 bits beside it still fit a whole number in float64. */
const ROWS = 2 ** 21

/** Rows of a table from the largest value of a column to the smallest; of equals, the one that comes first. */
function rankSamples(table: Float32Array, column: number, columns: number): Int32Array {
  const rows = table.length / columns
  // Activations are not negative, so their bits order as they do: value and row fit one number, sorted natively.
  const keys = Float64Array.from({ length: rows }, (_, row) => {
    float[0] = Math.max(0, table[row * columns + column] ?? 0)
    return -((bits[0] ?? 0) * ROWS + (ROWS - 1 - row))
  })
  return Int32Array.from(keys.sort(), (key) => ROWS - 1 - (-key % ROWS))
}

function unitOf(of: {
  readonly tables: PassTally['tables']
  readonly shape: PassShape
  readonly layer: PlacedLayer
  readonly at: number
  readonly row: number
  readonly options: StatisticsOptions
}): SampledUnit {
  const { tables, shape, layer, at, row, options } = of
  const cell = row * shape.channels + at
  const position = tables.positions[cell] ?? 0
  return {
    index: options.indices[row] ?? 0,
    row: Math.floor(position / layer.width),
    column: position % layer.width,
    activation: tables.maxima[cell] ?? 0,
  }
}

/** Equal shares of the samples by their strongest activation, weakest first, with picks drawn from each. */
function bandsOf(
  ranked: Int32Array,
  options: Pick<StatisticsOptions, 'bands' | 'picks' | 'seed'> & {
    readonly unit: (row: number) => SampledUnit
  },
): ChannelStatistics['bands'] {
  const { bands, picks, seed, unit } = options
  const weakestFirst = ranked.slice().reverse()
  const random = xoroshiro128plus(seed | 0)
  return Array.from({ length: bands }, (_, band) => {
    const share = weakestFirst.slice(
      Math.floor((band * ranked.length) / bands),
      Math.floor(((band + 1) * ranked.length) / bands),
    )
    const [low, high] = [share[0], share.at(-1)]
    // A partial Fisher–Yates shuffle: the first `drawn` places are the draw.
    const drawn = Math.min(picks, share.length)
    for (let place = 0; place < drawn; place += 1) {
      const other = uniformInt(random, place, share.length - 1)
      const kept = share[place] ?? 0
      share[place] = share[other] ?? 0
      share[other] = kept
    }
    return {
      low: low === undefined ? 0 : unit(low).activation,
      high: high === undefined ? 0 : unit(high).activation,
      samples: share.length,
      picks: Array.from(share.subarray(0, drawn), unit).sort(
        (one, other) => other.activation - one.activation,
      ),
    }
  })
}

function strongest(
  values: Iterable<[number, number]>,
  address: (at: number) => { readonly layer: string; readonly channel: number },
  isLeftOut: (at: number) => boolean,
): { readonly positive: readonly RelatedChannel[]; readonly negative: readonly RelatedChannel[] } {
  const known = [...values].filter(([at, value]) => Number.isFinite(value) && !isLeftOut(at))
  const some = (sign: 1 | -1): readonly RelatedChannel[] =>
    known
      .filter(([, value]) => value * sign > 0)
      .sort(([first, one], [second, other]) => sign * (other - one) || first - second)
      .slice(0, RELATED)
      .map(([at, correlation]) => ({ ...address(at), correlation }))
  return { positive: some(1), negative: some(-1) }
}
