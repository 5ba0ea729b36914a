/**
 * The distance between staff lines, the ruler of notation: found from runs of ink and paper down the columns.
 * Source: J. S. Cardoso and A. Rebelo, "Robust staffline thickness and distance estimation in binary and gray-level
 * music scores", ICPR 2010: the commonest sum of a black run and the white run beside it is line plus gap.
 */

import type { StaffSpace } from '@shared/domain/page'
import { countGreys, otsuOf } from './grey-histogram'

/** Grey bytes [height, width], row by row; 0 is black. */
export interface GreyPicture {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

/** Staff lines closer than this cannot be told from grain, wider apart they are not staves of a page. */
const LIMITS: Readonly<Record<'least' | 'most', number>> = { least: 5, most: 200 }
/** Below this share of agreement, or with fewer runs, what was found is texture and no staff. */
const BELIEVED = { agreement: 0.12, runs: 60 } as const
/** Columns are averaged over so many pixels to either side: grain goes, lines along the page stay. */
const HALF_STRIP = 5
/** Every so many columns are looked at: neighbours say the same. */
const COLUMN_STEP = 8

/** Null where no staff can be made out. */
export function measureStaffSpace(picture: GreyPicture): Omit<StaffSpace, 'staves'> | null {
  const columns = averageColumns(picture)
  const threshold = otsuThreshold(columns)
  if (threshold === null) return null
  const pairs = countRunPairs(columns, picture.height, threshold)
  const { sum, count } = commonestSum(pairs)
  const agreement = pairs.total === 0 ? 0 : count / pairs.total
  if (count < BELIEVED.runs || agreement < BELIEVED.agreement || !isPeak(pairs, sum, count)) return null
  return { spacePixels: weightedSum(pairs, sum), linePixels: commonestLine(pairs, sum), agreement }
}

/**
 * The grey that best parts ink from paper (Otsu 1979: largest variance between the two).
 * Null where all pixels are alike.
 */
export function otsuThreshold(pixels: Uint8Array): number | null {
  return otsuOf(countGreys(pixels))
}

/** How often a black run of one length lies beside a white run of another: counts[black · side + white]. */
interface RunPairs {
  readonly counts: Uint32Array
  readonly side: number
  total: number
}

/** Every `COLUMN_STEP`th column, averaged with its neighbours: [columns, height], column by column. */
export function averageColumns({ width, height, pixels }: GreyPicture): Uint8Array {
  const middles = Array.from(
    { length: Math.max(1, Math.floor((width - HALF_STRIP - 1) / COLUMN_STEP)) },
    (_, place) => Math.min(width - 1, HALF_STRIP + place * COLUMN_STEP),
  )
  const columns = new Uint8Array(middles.length * height)
  for (let row = 0; row < height; row += 1) {
    for (const [place, middle] of middles.entries()) {
      const from = Math.max(0, middle - HALF_STRIP)
      const to = Math.min(width - 1, middle + HALF_STRIP)
      let sum = 0
      for (let column = from; column <= to; column += 1) sum += pixels[row * width + column] ?? 0
      columns[place * height + row] = sum / (to - from + 1)
    }
  }
  return columns
}

function countRunPairs(columns: Uint8Array, height: number, threshold: number): RunPairs {
  const side = LIMITS.most + 1
  const pairs: RunPairs = { counts: new Uint32Array(side * side), side, total: 0 }
  for (let top = 0; top < columns.length; top += height)
    countRunsOfColumn(pairs, columns.subarray(top, top + height), threshold)
  return pairs
}

function countRunsOfColumn(pairs: RunPairs, column: Uint8Array, threshold: number): void {
  let before = { black: false, length: 0, inside: false }
  let start = 0
  let black = isInk(column[0], threshold)
  for (let row = 1; row <= column.length; row += 1) {
    const end = row === column.length
    if (!end && isInk(column[row], threshold) === black) continue
    const run = { black, length: row - start, inside: start > 0 && !end }
    if (before.inside && run.inside) addPair(pairs, run, before)
    before = run
    start = row
    black = isInk(column[row], threshold)
  }
}

function isInk(value: number | undefined, threshold: number): boolean {
  return value !== undefined && value <= threshold
}

function addPair(
  pairs: RunPairs,
  one: { readonly black: boolean; readonly length: number },
  other: { readonly length: number },
): void {
  const black = one.black ? one.length : other.length
  const white = one.black ? other.length : one.length
  const sum = black + white
  // A staff line is thinner than the gap beside it; letters and note heads are not.
  if (black * 2 > white || sum > LIMITS.most) return
  const place = black * pairs.side + white
  pairs.counts[place] = (pairs.counts[place] ?? 0) + 1
  pairs.total += 1
}

function countOfSum({ counts, side }: RunPairs, sum: number): number {
  let count = 0
  for (let black = 1; black * 3 <= sum; black += 1) count += counts[black * side + sum - black] ?? 0
  return count
}

/** The sum that most pairs have, its neighbours counted with it: lines seldom lie on whole pixels. */
function commonestSum(pairs: RunPairs): { readonly sum: number; readonly count: number } {
  let best = { sum: 0, count: 0 }
  for (let sum = LIMITS.least; sum < LIMITS.most; sum += 1) {
    const count = countAround(pairs, sum)
    if (count > best.count) best = { sum, count }
  }
  return best
}

function countAround(pairs: RunPairs, sum: number): number {
  return around(sum).reduce((total, one) => total + countOfSum(pairs, one), 0)
}

/** Grain has ever more runs the shorter they are; staves have few that are a little shorter than their own. */
function isPeak(pairs: RunPairs, sum: number, count: number): boolean {
  return countAround(pairs, sum - around(sum).length) < count / 2
}

function around(sum: number): readonly number[] {
  return [sum - 1, sum, sum + 1]
}

/** Mean of the sums around the commonest, so that fractions of a pixel are kept. */
function weightedSum(pairs: RunPairs, sum: number): number {
  let [total, count] = [0, 0]
  for (const one of around(sum)) {
    total += one * countOfSum(pairs, one)
    count += countOfSum(pairs, one)
  }
  return total / count
}

function commonestLine({ counts, side }: RunPairs, sum: number): number {
  let best = { black: 1, count: 0 }
  for (let black = 1; black * 3 <= sum; black += 1) {
    const count = counts[black * side + sum - black] ?? 0
    if (count > best.count) best = { black, count }
  }
  return best.black
}
