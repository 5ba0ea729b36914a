/** The leak meter: what held-out crops share with the crops that are trained on. */
import { type LeakingCrop, type LeakReport, optimismOf } from '@shared/domain/evaluation'
import type { Split } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'

/** A crop with where it lies, in page pixels, and the SHA-256 of its page's bytes. */
export interface LeakSample extends Pick<
  SampleWithPage,
  'index' | 'page' | 'x' | 'y' | 'size' | 'style' | 'composer' | 'piece'
> {
  readonly pageSha256: string
}

/** A square: [x, x + size) × [y, y + size). */
type Square = Pick<LeakSample, 'x' | 'y' | 'size'>

const WORST = 24

/**
 * Counts held-out crops that share their page, their piece or pixels with training crops, and how much of their area
 * training crops cover. Pages with the same bytes are the same page, whatever piece they were imported into.
 * All areas are whole numbers of pixels, so the counts are exact.
 * @param samples every sample that the split names, at least
 */
export function measureLeaks(
  split: Pick<Split, 'by' | 'train' | 'validation'>,
  samples: readonly LeakSample[],
): LeakReport {
  const byIndex = new Map(samples.map((sample) => [sample.index, sample]))
  const named = (indices: readonly number[]): readonly LeakSample[] =>
    indices.map((index) => byIndex.get(index)).filter((sample) => sample !== undefined)
  const training = named(split.train)
  const onPage = Map.groupBy(training, ({ pageSha256 }) => pageSha256)
  const pieces = new Set(training.map(pieceOf))
  const heldOut = named(split.validation)
  const covered = heldOut.map((crop) => coveredArea(crop, onPage.get(crop.pageSha256) ?? []))
  const areas = heldOut.map(({ size }) => size * size)
  return {
    by: split.by,
    train: training.length,
    validation: heldOut.length,
    sharePage: heldOut.filter(({ pageSha256 }) => onPage.has(pageSha256)).length,
    sharePiece: heldOut.filter((crop) => pieces.has(pieceOf(crop))).length,
    sharePixels: covered.filter((area) => area > 0).length,
    sharedArea: heldOut.length === 0 ? 0 : sum(covered) / sum(areas),
    worst: worstOf(heldOut, covered),
    optimistic: optimismOf({ by: split.by, train: training.length }),
  }
}

function pieceOf({ style, composer, piece }: LeakSample): string {
  return JSON.stringify([style, composer, piece])
}

function worstOf(heldOut: readonly LeakSample[], covered: readonly number[]): readonly LeakingCrop[] {
  return heldOut
    .map(({ index, page, size }, place) => {
      return { index, page, sharedArea: (covered[place] ?? 0) / (size * size) }
    })
    .filter(({ sharedArea }) => sharedArea > 0)
    .sort((a, b) => b.sharedArea - a.sharedArea || a.index - b.index)
    .slice(0, WORST)
}

/**
 * Pixels of a square that lie in at least one of the others: the square is cut into columns at every left and right
 * edge, and in each the intervals of those others that reach through it are united.
 */
export function coveredArea(square: Square, others: readonly Square[]): number {
  const overlapping = others.map((other) => clip(other, square)).filter((part) => part !== null)
  const edges = [...new Set(overlapping.flatMap(({ left, right }) => [left, right]))].sort((a, b) => a - b)
  // In order of their tops, so that each column needs one look at each.
  overlapping.sort((a, b) => a.top - b.top)
  let area = 0
  for (let column = 0; column + 1 < edges.length; column += 1) {
    const [left = 0, right = 0] = edges.slice(column, column + 2)
    let reachedBottom = -Infinity
    let height = 0
    for (const part of overlapping) {
      if (part.left > left || part.right < right || part.bottom <= reachedBottom) continue
      height += part.bottom - Math.max(part.top, reachedBottom)
      reachedBottom = part.bottom
    }
    area += height * (right - left)
  }
  return area
}

interface Rectangle {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** The part of `other` inside `square`; null where they do not overlap. */
function clip(other: Square, square: Square): Rectangle | null {
  const left = Math.max(other.x, square.x)
  const top = Math.max(other.y, square.y)
  const right = Math.min(other.x + other.size, square.x + square.size)
  const bottom = Math.min(other.y + other.size, square.y + square.size)
  return left < right && top < bottom ? { left, top, right, bottom } : null
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
