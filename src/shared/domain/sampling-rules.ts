/** Which places of a page may become crops: one definition for drawing, forecasting and the window. */
import type { PageRegion } from './page'

/** How a page's grey is prepared before crops are judged and cut; what each does: core/sampling/background.ts. */
export type Background = 'as-is' | 'paper'

/** Whose share of the crops is made equal. */
export type Balance = 'none' | 'style' | 'composer'

/** What a crop must keep to. */
export interface CropLimits {
  /** Refused when its mean pixel in [0,1] is over this: too white. */
  readonly whiteness: number
  /** Refused when a smaller share of its pixels is ink, in [0,1): darker than its page's threshold. 0 refuses nothing. */
  readonly minimumInk: number
  /** Kept free along every edge of the page, as a share of its shorter side, in [0,0.4]. */
  readonly margin: number
}

/** Everything that determines which crops are drawn, but for the pages. */
export interface SamplingRules extends CropLimits {
  readonly seed: number
  /** Crops wanted from each page. */
  readonly perPage: number
  /** Side of the square crops in pixels. */
  readonly size: number
  /** Draws after which a page is given up, accepted ones included. */
  readonly triesPerPage: number
  readonly background: Background
  readonly balance: Balance
  /** Only pages that this search finds; see core/corpus/query-words.ts. Absent: all. */
  readonly where?: string | undefined
}

/** The study's choices (§3); the seed is the researcher's. */
export const STUDY_RULES: Omit<SamplingRules, 'seed'> = {
  perPage: 5,
  size: 448,
  whiteness: 0.9,
  triesPerPage: 500,
  minimumInk: 0,
  margin: 0,
  background: 'as-is',
  balance: 'none',
}

export type Refusal = 'margin' | 'region' | 'too-white' | 'too-little-ink'

export const REFUSALS = [
  'margin',
  'region',
  'too-white',
  'too-little-ink',
] as const satisfies readonly Refusal[]

/** How many draws each rule refused. */
export type RefusalCounts = Readonly<Record<Refusal, number>>

type Rectangle = Pick<PageRegion, 'x' | 'y' | 'width' | 'height'>

/** What of a page bears on where crops may lie. */
export interface SampledPage {
  readonly width: number
  readonly height: number
  readonly regions: readonly Rectangle[]
}

/** What a place would give. */
export interface PlaceMeasures {
  /** Upper left pixel of the square. */
  readonly x: number
  readonly y: number
  /** Mean pixel in [0,1]. */
  readonly whiteness: number
  /** Share of ink in [0,1]; anything where `minimumInk` is 0. */
  readonly ink: number
}

/** Whether they share a pixel. */
export function touches(one: Rectangle, other: Rectangle): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  )
}

/** The first rule that a square of `size` pixels breaks; null where it may be a crop. */
export function refusalOf(
  place: PlaceMeasures,
  { whiteness, minimumInk, margin, size }: CropLimits & Pick<SamplingRules, 'size'>,
  page: SampledPage,
): Refusal | null {
  const { x, y } = place
  const edge = margin * Math.min(page.width, page.height)
  const outside = x < edge || y < edge || x + size > page.width - edge || y + size > page.height - edge
  if (margin > 0 && outside) return 'margin'
  const square = { x, y, width: size, height: size }
  if (page.regions.some((region) => touches(square, region))) return 'region'
  if (place.whiteness > whiteness) return 'too-white'
  return place.ink < minimumInk ? 'too-little-ink' : null
}

/**
 * What crops of one size would be like all over a page, on a grid of places. Row `r` and column `c` stand for the square
 * whose upper left pixel is (`xs[c]`, `ys[r]`).
 */
export interface AcceptanceField {
  readonly page: number
  readonly size: number
  readonly background: Background
  readonly width: number
  readonly height: number
  readonly regions: readonly PageRegion[]
  /** Ascending; empty where the page is smaller than a crop. */
  readonly xs: readonly number[]
  readonly ys: readonly number[]
  /** Mean pixel in [0,1] at each place, row by row: [ys, xs]. */
  readonly whiteness: Float32Array
  /** Share of ink in [0,1] at each place: [ys, xs]. */
  readonly ink: Float32Array
  /** Grey in [0,255] below which a pixel is ink. */
  readonly inkThreshold: number
  /** The paper's grey in [0,255], as it is. */
  readonly paper: number
}

/** Which squares were measured for forecasts: all that drawing with these would look at. */
export type SurveyKey = Pick<SamplingRules, 'seed' | 'size' | 'triesPerPage' | 'background'>

export interface SurveyReport extends SurveyKey {
  /** Pages that can be forecast now, and pages that are sampled at all. */
  readonly surveyed: number
  readonly pages: number
  /** Pages that could not be read, and why. */
  readonly unreadable: readonly { readonly page: number; readonly file: string; readonly reason: string }[]
}

export const SHORT_PAGES_NAMED = 500

/** What drawing would give for some of the pages. */
export interface ForecastGroup {
  readonly name: string
  readonly pages: number
  /** Draws until each page has its crops or is given up, and those of them that are refused. */
  readonly draws: number
  readonly refused: RefusalCounts
  /** Accepted crops; with balance, those that are kept. */
  readonly crops: number
  /** Pages that give fewer crops than wanted. */
  readonly shortPages: number
  /** Their ids, in the order of the catalogue; of many the first SHORT_PAGES_NAMED. */
  readonly short: readonly number[]
}

/** What drawing would give, exactly: the same draws are judged by the same rules. */
export interface Forecast {
  readonly pages: number
  /** Of them surveyed; the others are in no number below. */
  readonly surveyed: number
  /** Left out as a whole by hand. */
  readonly excludedPages: number
  readonly total: ForecastGroup
  readonly by: string
  /** In the order of their names; pages without a value are called ''. */
  readonly groups: readonly ForecastGroup[]
}

/** Two sample sets held against each other. */
export interface SampleSetComparison {
  /** Rules in which they differ, in words for a table. */
  readonly differences: readonly { readonly rule: string; readonly one: string; readonly other: string }[]
  readonly crops: { readonly one: number; readonly other: number; readonly shared: number }
  readonly pages: { readonly one: number; readonly other: number; readonly shared: number }
  /** The same page with other bytes in each. */
  readonly changedPages: number
  /** Crops by composer of each style, in natural order. */
  readonly composers: readonly {
    readonly style: string
    readonly composer: string
    readonly one: number
    readonly other: number
    readonly shared: number
  }[]
  /** Mean whiteness in [0,1] of each. */
  readonly whiteness: { readonly one: number; readonly other: number }
}
