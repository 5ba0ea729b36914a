/** From samples to pieces: the unit of every test, since crops of one piece are alike. */
import type { SampleWithPage } from '@shared/domain/sample-set'
import type { FeatureTables } from '../ports'

/** What a test needs of a feature pass. */
export type ActivationTables = Pick<FeatureTables, 'samples' | 'layers' | 'channels' | 'means' | 'maxima'>

export interface Piece {
  readonly style: string
  readonly composer: string
  readonly piece: string
  readonly samples: number
}

export interface PieceTable {
  /** By style, composer and name. */
  readonly pieces: readonly Piece[]
  readonly channels: number
  /** Mean over a piece's samples of their mean activation: [pieces, channels]. */
  readonly means: Float64Array
  /** Mean over a piece's samples of their strongest activation: [pieces, channels]. */
  readonly maxima: Float64Array
}

/** A channel and where its column is. */
export interface ChannelColumn {
  readonly layer: string
  readonly channel: number
  readonly column: number
}

/** Identifies a piece among all: names of pieces occur under several composers. */
export const pieceKey = ({ style, composer, piece }: Omit<Piece, 'samples'>): string =>
  JSON.stringify([style, composer, piece])

/** The sample of each row of the tables. */
export function sampleRows(
  tables: ActivationTables,
  samples: readonly SampleWithPage[],
): readonly SampleWithPage[] {
  return Array.from(tables.samples, (index) => {
    const sample = samples[index]
    if (sample === undefined) throw new RangeError(`A feature pass of sample ${index}, which there is not.`)
    return sample
  })
}

export function pieceMeans(tables: ActivationTables, samples: readonly SampleWithPage[]): PieceTable {
  const rows = sampleRows(tables, samples)
  const counted = new Map<string, Piece>()
  for (const { style, composer, piece } of rows) {
    const key = pieceKey({ style, composer, piece })
    counted.set(key, { style, composer, piece, samples: (counted.get(key)?.samples ?? 0) + 1 })
  }
  const keys = [...counted.keys()].sort()
  const pieces = keys.flatMap((key) => counted.get(key) ?? [])
  const place = new Map(keys.map((key, at) => [key, at]))
  const { channels } = tables
  const means = new Float64Array(pieces.length * channels)
  const maxima = new Float64Array(pieces.length * channels)
  for (const [row, sample] of rows.entries()) {
    const at = place.get(pieceKey(sample)) ?? 0
    const weight = 1 / (pieces[at]?.samples ?? 1)
    for (let channel = 0; channel < channels; channel += 1) {
      const [to, from] = [at * channels + channel, row * channels + channel]
      means[to] = (means[to] ?? 0) + weight * (tables.means[from] ?? 0)
      maxima[to] = (maxima[to] ?? 0) + weight * (tables.maxima[from] ?? 0)
    }
  }
  return { pieces, channels, means, maxima }
}

/** All channels, or those of one layer, in the order of the layers. */
export function channelColumns(tables: ActivationTables, layer: string | null): readonly ChannelColumn[] {
  return tables.layers
    .filter(({ name }) => layer === null || name === layer)
    .flatMap(({ name, channels, from }) =>
      Array.from({ length: channels }, (_, channel) => ({ layer: name, channel, column: from + channel })),
    )
}

/** One column of a [rows, columns] table. */
export function columnOf(table: Float64Array, columns: number, column: number): Float64Array {
  return Float64Array.from({ length: table.length / columns }, (_, row) => table[row * columns + column] ?? 0)
}
