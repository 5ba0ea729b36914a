/** Makes the shares of groups equal by taking crops away, evenly over the pages of each. */
import { createHash } from 'node:crypto'
import type { Balance } from '@shared/domain/sampling-rules'
import type { PageToSample } from '../ports'

export interface DrawnPage {
  readonly page: Pick<PageToSample, 'sha256' | 'style' | 'composer'>
  /** Crops that were accepted. */
  readonly crops: number
}

/**
 * How many crops each page keeps, its first ones: every group as many as the one with the fewest. A group that gave
 * nothing is in no set, and does not count. Within a group the pages with the most crops give first; which of equal
 * ones follows from the seed and their bytes.
 */
export function keptCrops(drawn: readonly DrawnPage[], balance: Balance, seed: number): readonly number[] {
  const kept = drawn.map(({ crops }) => crops)
  if (balance === 'none') return kept
  const groups = Map.groupBy(drawn.keys(), (place) => groupOf(drawn[place], balance))
  const total = (places: readonly number[]): number =>
    places.reduce((sum, place) => sum + (kept[place] ?? 0), 0)
  const totals = [...groups.values()].map(total).filter((crops) => crops > 0)
  const fewest = Math.min(...totals)
  for (const places of groups.values()) {
    const order = new Map(places.map((place) => [place, turnOf(drawn[place], seed)]))
    const sorted = places.toSorted((a, b) => ((order.get(a) ?? '') < (order.get(b) ?? '') ? -1 : 1))
    trim(kept, sorted, total(places) - fewest)
  }
  return kept
}

/** Composers of the same name in two styles are two. */
function groupOf(drawn: DrawnPage | undefined, balance: Balance): string {
  if (drawn === undefined) return ''
  const { style, composer } = drawn.page
  return JSON.stringify(balance === 'style' ? [style] : [style, composer])
}

function turnOf(drawn: DrawnPage | undefined, seed: number): string {
  return createHash('sha256')
    .update(JSON.stringify(['balance', seed, drawn?.page.sha256]))
    .digest('hex')
}

/** Takes away so many crops: level by level, from the pages that have most. */
function trim(kept: number[], places: readonly number[], surplus: number): void {
  let left = surplus
  for (let level = Math.max(0, ...places.map((place) => kept[place] ?? 0)); left > 0 && level > 0; level -= 1)
    for (const place of places) {
      if (left === 0 || kept[place] !== level) continue
      kept[place] = level - 1
      left -= 1
    }
}
