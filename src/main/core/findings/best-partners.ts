/** Who is most like whom: the best partners of every channel in another network, and whether they stay so from piece to piece. */
import { correlations, type Patterns, type Pause } from '../../numerics/correlation'

/** A resample looks for the best partner among so many of the most similar of the whole. */
const CANDIDATES = 5

export interface BestPartners {
  /** [rows, columns] */
  readonly similarities: Float32Array
  readonly rows: number
  readonly columns: number
  /** Most similar columns of each row, best first: [rows, kept]. */
  readonly candidates: Int32Array
  readonly kept: number
  readonly one: Patterns
  readonly other: Patterns
}

/** @param self the two are one and the same network, whose channels are no partners of themselves */
export async function bestPartners(
  one: Patterns,
  other: Patterns,
  { self, pause }: { readonly self: boolean; readonly pause: Pause },
): Promise<BestPartners> {
  const similarities = await correlations(one, other, pause)
  const kept = Math.min(CANDIDATES, other.rows - (self ? 1 : 0))
  const candidates = new Int32Array(one.rows * kept)
  for (let row = 0; row < one.rows; row += 1) {
    const own = similarities.subarray(row * other.rows, (row + 1) * other.rows)
    const order = Array.from(own.keys())
      .filter((column) => !(self && column === row))
      .sort((a, b) => (own[b] ?? 0) - (own[a] ?? 0) || a - b)
    candidates.set(order.slice(0, kept), row * kept)
  }
  return { similarities, rows: one.rows, columns: other.rows, candidates, kept, one, other }
}

/** Similarity of each row's best partner; −1 where there is none. */
export function bestSimilarities({
  similarities,
  rows,
  columns,
  candidates,
  kept,
}: BestPartners): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) =>
    kept === 0 ? -1 : (similarities[row * columns + (candidates[row * kept] ?? 0)] ?? -1),
  )
}

/** Share of rows with a partner at or above the threshold. */
export function shareAbove(best: Float64Array, threshold: number): number {
  return best.reduce((count, similarity) => count + (similarity >= threshold ? 1 : 0), 0) / best.length
}

/**
 * The same share under resamples of pieces, from sums over pieces: what was taken out of patterns, and ranks, stay as
 * they are on the whole.
 */
export class ResampledShare {
  private readonly sums: PieceSums
  private readonly otherSums: PieceSums
  /** Sums of products of each row with each of its candidates: [rows · kept, pieces]. */
  private readonly products: Float64Array

  constructor(
    private readonly partners: BestPartners,
    private readonly unit: { readonly pieceOf: Int32Array; readonly pieces: number },
  ) {
    const { one, other, candidates, rows, kept } = partners
    const { pieceOf, pieces } = unit
    this.sums = sumsOf(one, unit)
    this.otherSums = sumsOf(other, unit)
    this.products = new Float64Array(rows * kept * pieces)
    for (let at = 0; at < rows * kept; at += 1) {
      const a = Math.floor(at / kept) * one.length
      const b = (candidates[at] ?? 0) * other.length
      for (let sample = 0; sample < one.length; sample += 1) {
        const to = at * pieces + (pieceOf[sample] ?? 0)
        this.products[to] =
          (this.products[to] ?? 0) + (one.values[a + sample] ?? 0) * (other.values[b + sample] ?? 0)
      }
    }
  }

  /** @param counts how often each piece is drawn */
  under(counts: ArrayLike<number>, threshold: number): number {
    const { rows, kept, candidates } = this.partners
    const { pieces } = this.unit
    const own = weighted(this.sums, counts)
    const others = weighted(this.otherSums, counts)
    let above = 0
    for (let row = 0; row < rows; row += 1) {
      const spread = own.spreads[row] ?? 0
      for (let at = row * kept; at < (row + 1) * kept; at += 1) {
        const column = candidates[at] ?? 0
        let product = 0
        for (let piece = 0; piece < pieces; piece += 1)
          product += (counts[piece] ?? 0) * (this.products[at * pieces + piece] ?? 0)
        const covariance = product - ((own.totals[row] ?? 0) * (others.totals[column] ?? 0)) / own.samples
        if (covariance >= threshold * spread * (others.spreads[column] ?? 0)) {
          above += 1
          break
        }
      }
    }
    return above / rows
  }
}

interface PieceSums {
  readonly rows: number
  readonly pieces: number
  readonly samples: Float64Array
  /** [rows, pieces] */
  readonly values: Float64Array
  readonly squares: Float64Array
}

function sumsOf(
  { rows, length, values }: Patterns,
  { pieceOf, pieces }: { readonly pieceOf: Int32Array; readonly pieces: number },
): PieceSums {
  const sums = {
    rows,
    pieces,
    samples: new Float64Array(pieces),
    values: new Float64Array(rows * pieces),
    squares: new Float64Array(rows * pieces),
  }
  for (const piece of pieceOf) sums.samples[piece] = (sums.samples[piece] ?? 0) + 1
  for (let row = 0; row < rows; row += 1)
    for (let sample = 0; sample < length; sample += 1) {
      const to = row * pieces + (pieceOf[sample] ?? 0)
      const value = values[row * length + sample] ?? 0
      sums.values[to] = (sums.values[to] ?? 0) + value
      sums.squares[to] = (sums.squares[to] ?? 0) + value * value
    }
  return sums
}

/** Sum and length about the mean of each row, when pieces count so often. */
function weighted(
  { rows, pieces, samples, values, squares }: PieceSums,
  counts: ArrayLike<number>,
): { readonly samples: number; readonly totals: Float64Array; readonly spreads: Float64Array } {
  const all = samples.reduce((sum, each, piece) => sum + each * (counts[piece] ?? 0), 0)
  const totals = new Float64Array(rows)
  const spreads = new Float64Array(rows)
  for (let row = 0; row < rows; row += 1) {
    let [total, square] = [0, 0]
    for (let piece = 0; piece < pieces; piece += 1) {
      total += (counts[piece] ?? 0) * (values[row * pieces + piece] ?? 0)
      square += (counts[piece] ?? 0) * (squares[row * pieces + piece] ?? 0)
    }
    totals[row] = total
    spreads[row] = Math.sqrt(Math.max(0, square - (total * total) / all))
  }
  return { samples: all, totals, spreads }
}
