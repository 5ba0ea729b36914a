/**
 * The staves of a page and the systems that they form, counted from the top: for citing a place as readers do.
 * A staff is where five rows, a staff space apart, are inked over much of the page's left part, where every system,
 * however short, begins, and where a page that is bent is straight enough; two staves belong to one
 * system where a line near the left edge runs from one to the next.
 */
import type { PageStaves, StaffSpace } from '@shared/domain/page'
import { averageColumns, type GreyPicture, otsuThreshold } from './staff-space'

type Staff = PageStaves['staves'][number]

/** Share of the page's width that is looked at, from the left. */
const LOOKED_AT = 0.35
/** Share of that which every one of five lines must be inked over. */
const INKED = 0.4
/** Lines may lie so far from where the space puts them, in staff spaces. */
const PLAY = 0.2
/** Two staves are at least so far apart, from top to top, in staff spaces. */
const LEAST_DISTANCE = 5
/** A row with more ink than this is no blank one; more such rows than that far from any staff, and some were missed. */
const WRITTEN = 0.12
const MISSED = 0.2
/** What belongs to a staff lies so near to it, in staff spaces. */
const NEAR = 7
/** A tilt of the page is tried up to this many pixels of fall in a hundred across, in steps of a third of a space. */
const MOST_FALL = 2
/** How much of the gap between two staves a line must cover to join them, and where it is looked for. */
const JOINED = 0.94

/** Null where no staff, or not all of them, can be made out. */
export function findStaves(
  picture: GreyPicture,
  { spacePixels }: Pick<StaffSpace, 'spacePixels'>,
): PageStaves | null {
  const whole = averageColumns(picture)
  const threshold = otsuThreshold(whole)
  if (threshold === null) return null
  const strips = whole.length / picture.height
  const columns = whole.subarray(0, Math.ceil(strips * LOOKED_AT) * picture.height)
  const inked = { columns, strips, height: picture.height, threshold }
  const { fall, coverage } = straighten(inked, (picture.width * MOST_FALL) / 100, spacePixels / 3)
  const tops = staffTops(coverage, spacePixels)
  if (tops.length === 0) return null
  const staves: Staff[] = []
  let system = 0
  for (const top of tops) {
    const before = staves.at(-1)
    const joined =
      before !== undefined &&
      isJoined(picture, threshold, { from: before.bottom, to: top, spacePixels, fall })
    if (!joined) system += 1
    staves.push({ top, bottom: Math.round(top + 4 * spacePixels), system })
  }
  return isPlausible(staves, coverage, spacePixels) ? { staves, fall } : null
}

/**
 * Whether all staves were found: systems of a page have equally many, but for the first and the last, and little is
 * written where there is no staff. A wrong number is worse than none.
 */
function isPlausible(staves: readonly Staff[], coverage: Float64Array, space: number): boolean {
  const sizes = [...Map.groupBy(staves, ({ system }) => system).values()].map((members) => members.length)
  const inner = sizes.length > 2 ? sizes.slice(1, -1) : sizes
  if (new Set(inner).size > 1) return false
  const isNear = (row: number): boolean =>
    staves.some(({ top, bottom }) => row > top - NEAR * space && row < bottom + NEAR * space)
  let [written, missed] = [0, 0]
  for (const [row, share] of coverage.entries()) {
    if (share < WRITTEN) continue
    written += 1
    if (!isNear(row)) missed += 1
  }
  return missed <= MISSED * written
}

interface Inked {
  /** [columns, height] */
  readonly columns: Uint8Array
  /** How many columns the whole page has. */
  readonly strips: number
  readonly height: number
  readonly threshold: number
}

/** The tilt at which rows are most unlike one another: there staff lines lie along them. */
function straighten(
  inked: Inked,
  most: number,
  step: number,
): { readonly fall: number; readonly coverage: Float64Array } {
  const attempt = (fall: number) => {
    const coverage = rowCoverage(inked, fall)
    return { fall, coverage, contrast: contrastOf(coverage) }
  }
  let best = attempt(0)
  for (let size = step; size <= most; size += step)
    for (const fall of [size, -size]) {
      const next = attempt(fall)
      if (next.contrast > best.contrast) best = next
    }
  return best
}

function contrastOf(coverage: Float64Array): number {
  return coverage.reduce((sum, share) => sum + share ** 4, 0)
}

/** Share of the columns that are inked at each row, or the one above or below it, of a page that is straightened. */
function rowCoverage({ columns, strips, height, threshold }: Inked, fall: number): Float64Array {
  const counts = new Float64Array(height)
  const inked = (top: number, row: number): boolean => (columns[top + row] ?? 255) <= threshold
  let used = 0
  for (let top = 0; top < columns.length; top += height) {
    const shift = Math.round((fall * top) / (strips * height))
    let any = false
    for (let row = Math.max(1, shift + 1); row < height - 1 && row - shift < height; row += 1)
      if (inked(top, row - 1) || inked(top, row) || inked(top, row + 1)) {
        if (row - shift >= 0) counts[row - shift] = (counts[row - shift] ?? 0) + 1
        any = true
      }
    if (any) used += 1
  }
  return counts.map((count) => (used === 0 ? 0 : count / used))
}

/** Rows of upper lines, best staves first chosen, then in order. */
function staffTops(coverage: Float64Array, space: number): readonly number[] {
  const reach = Math.max(1, Math.round(PLAY * space))
  const scores = Array.from(coverage, (_, row) => ({ row, score: combScore(coverage, row, space, reach) }))
  const chosen: number[] = []
  for (const { row, score } of scores.toSorted((a, b) => b.score - a.score)) {
    if (score < INKED) break
    if (chosen.every((other) => Math.abs(other - row) >= LEAST_DISTANCE * space)) chosen.push(row)
  }
  return chosen.sort((a, b) => a - b)
}

/** How inked the least inked of five lines is, the first at `row`. */
function combScore(coverage: Float64Array, row: number, space: number, reach: number): number {
  let least = Infinity
  for (let line = 0; line < 5; line += 1) {
    const middle = Math.round(row + line * space)
    let best = 0
    for (let near = middle - reach; near <= middle + reach; near += 1)
      best = Math.max(best, coverage[near] ?? 0)
    least = Math.min(least, best)
  }
  return least
}

interface Gap {
  readonly from: number
  readonly to: number
  readonly spacePixels: number
  readonly fall: number
}

/** Whether some upright line in the left part of the page covers the gap; it may lean by a pixel a staff space. */
function isJoined(
  { width, pixels }: GreyPicture,
  threshold: number,
  { from, to, spacePixels, fall }: Gap,
): boolean {
  const start = Math.ceil(from + 0.3 * spacePixels)
  const end = Math.floor(to - 0.3 * spacePixels)
  if (end <= start) return true
  for (let column = 1; column < width * LOOKED_AT; column += 1) {
    let at = column
    let inked = 0
    const shift = Math.round((fall * column) / width)
    for (let row = start + shift; row < end + shift; row += 1) {
      const here = [at, at - 1, at + 1].find((near) => (pixels[row * width + near] ?? 255) <= threshold)
      if (here === undefined) continue
      at = here
      inked += 1
    }
    if (inked >= JOINED * (end - start)) return true
  }
  return false
}
