/** What is drawn of a page's staves: brackets round systems, and a ruler in staff spaces. */
import type { PageStaves } from '@shared/domain/page'

/** From the upper line of its first staff to the lower line of its last, at the page's left edge, in page pixels. */
export interface SystemSpan {
  readonly system: number
  readonly top: number
  readonly bottom: number
}

/** Half a space is left round each, so that neighbours stay apart from the lines. */
export function systemsOf(pageStaves: PageStaves | null, spacePixels: number): readonly SystemSpan[] {
  const bySystem = Map.groupBy(pageStaves?.staves ?? [], ({ system }) => system)
  return [...bySystem].map(([system, staves]) => ({
    system,
    top: Math.min(...staves.map(({ top }) => top)) - spacePixels / 2,
    bottom: Math.max(...staves.map(({ bottom }) => bottom)) + spacePixels / 2,
  }))
}

/** A ruler as long as some staff spaces, in view pixels. */
export interface Ruler {
  readonly length: number
  readonly label: string
  /** One a staff space, from 0; where that is too fine to see, one for 2, 4 or more. */
  readonly ticks: readonly number[]
}

const SHORTEST = 90
const FINEST_TICKS = 5
const SPACES = [1, 2, 4, 8, 16, 32] as const

/** The fewest staff spaces that are long enough to read; null where even the most are too short. */
export function rulerOf(spaceInView: number): Ruler | null {
  const spaces = SPACES.find((count) => count * spaceInView >= SHORTEST)
  if (spaces === undefined) return null
  const step = SPACES.find((count) => count * spaceInView >= FINEST_TICKS) ?? spaces
  return {
    length: spaces * spaceInView,
    label: spaces === 1 ? '1 staff space' : `${spaces} staff spaces`,
    ticks: Array.from({ length: spaces / step + 1 }, (_, tick) => tick * step * spaceInView),
  }
}
