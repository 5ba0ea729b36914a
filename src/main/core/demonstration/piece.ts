/** One piece: composed, fitted to its pages, engraved. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Chance } from './chance'
import { compose } from './composition/compose'
import { RULES } from './composition/rules'
import type { Engraver, Layout } from '../../engraving/engraver'
import { outlineText } from '../../engraving/letters/text-outlines'
import { barId, writeMei } from './mei'
import type { Score } from './notation'
import type { ScribeTraits } from './traits'

export interface PiecePlan {
  readonly traits: ScribeTraits
  /** Counted from 1 among the scribe's pieces. */
  readonly number: number
  readonly pages: number
  readonly seed: number
  /** Bars of a piece of the same scribe and length, where one was engraved before: spares a draft. */
  readonly barsBefore?: number
}

export interface EngravedPiece {
  readonly score: Score
  readonly mei: string
  /** Each page as SVG without any text element. */
  readonly pages: readonly string[]
}

/** Length of the first draft by staves per system: enough for most, and quick to lay out where it is too much. */
const DRAFT_BARS_PER_PAGE = { 1: 36, 2: 26, 3: 20, 4: 12 } as const

/** Composes a piece of any length: the same plan gives the same bars, however many are asked for. */
export function composePiece({ traits, number, seed }: PiecePlan, bars: number): Score {
  const chance = new Chance(seed, `${traits.idiom}/${traits.scribe}/${String(number)}`)
  return compose({ traits, number, bars, chance })
}

/**
 * Engraves a piece that fills its pages: a draft that is too long is laid out, and the piece ends with the last
 * bar that fitted. The final bar can be wider than the one it replaces, so one more bar may have to go.
 * Each layout blocks its thread for 50–300 ms; between layouts others get their turn.
 */
export async function engravePiece(engraver: Engraver, plan: PiecePlan): Promise<EngravedPiece> {
  for (let bars = await fittingBars(engraver, plan); ; bars -= 1) {
    const score = composePiece(plan, bars)
    const mei = writeMei(score, plan.traits.beaming)
    const layout = await layOut(engraver, plan, mei)
    if (layout.pages <= plan.pages || bars <= 1) {
      return { score, mei, pages: await drawPages(layout, engraver) }
    }
  }
}

async function drawPages(layout: Layout, { musicGlyphs }: Engraver): Promise<string[]> {
  const pages: string[] = []
  for (let page = 1; page <= layout.pages; page += 1) {
    await nextTurn()
    pages.push(outlineText(layout.svg(page), musicGlyphs))
  }
  return pages
}

async function layOut(engraver: Engraver, { traits }: PiecePlan, mei: string): Promise<Layout> {
  await nextTurn()
  return engraver.layOut(mei, traits.staffSize, RULES[traits.idiom].spacing)
}

/** How many bars fit on the piece's pages: drafts grow until one runs over. */
async function fittingBars(engraver: Engraver, plan: PiecePlan): Promise<number> {
  const { traits, pages } = plan
  for (let bars = draftBars(plan); ;) {
    const layout = await layOut(engraver, plan, writeMei(composePiece(plan, bars), traits.beaming))
    if (layout.pages > pages) return barsWithin(layout, bars, pages)
    bars = Math.ceil((bars * (pages + 0.5)) / Math.max(0.5, layout.pages - 0.5))
  }
}

function draftBars({ traits, pages, barsBefore }: PiecePlan): number {
  if (barsBefore !== undefined) return Math.ceil(barsBefore * 1.2) + 2
  return pages * DRAFT_BARS_PER_PAGE[traits.stavesPerSystem]
}

/** How many bars stand on the first pages: found by halving, as bars follow one another. */
function barsWithin(layout: Layout, bars: number, pages: number): number {
  let fits = 1
  let tooMany = bars
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2)
    if (layout.pageOf(barId(middle - 1)) <= pages) fits = middle
    else tooMany = middle
  }
  return fits
}
