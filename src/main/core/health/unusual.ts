/** Findings of single pages: what is beyond a limit, and what is far from what is usual in this corpus. */
import { COPY_CHECKS, type HealthCheck } from '@shared/domain/health'
import { OUTLIER, robustDistance, type Usual, usualOf } from '../../numerics/page-health/outliers'
import { type Found, percent } from './copies'
import type { PageMeasures, PageToJudge } from './health-records'

/** Less of the page is written on than this: nearly empty, whatever is usual. */
const NEARLY_EMPTY = 0.075
/** Edges narrower than this, in pixels, are as sharp as any scan. */
const SHARP_PIXELS = 2.6
/** Edges are at least so much wider than usual where a page is called blurred. */
const BLUR_RATIO = 1.4
/** Grey of paper, and of print against paper, differ at least so much where they are called unusual. */
const TONE_DIFFERENCE = 0.08
/** Print less dark than this against its paper is faint, whatever is usual. */
const FAINT = 0.3
/** Sizes are unusual from this ratio on, and staff lines nearer than this, in pixels, blur into one another. */
const SIZE_RATIO = 1.5
const NARROW_PIXELS = 6
/** Spacings of lines that agree less may be those of whole staves: then nothing is said of them. */
const SURE_AGREEMENT = 0.25
/** Degrees that a page is turned at least where it is called askew. */
const ASKEW_DEGREES = 1
/** Nearly all pages stand, or lie, when one that does not is called unusual. */
const NEARLY_ALL = 0.9

type Measured = PageToJudge & { readonly measures: PageMeasures }

/** What is usual of all measured pages; null of too few. */
interface Corpus {
  readonly pages: number
  readonly standing: number
  readonly paper: Usual | null
  readonly contrast: Usual | null
  readonly covered: Usual | null
  /** Width of edges in pixels, and as share of the page's longest side. */
  readonly edgePixels: Usual | null
  readonly edgeShare: Usual | null
  /** Logarithms of the distance of staff lines and of the longest side, in pixels. */
  readonly space: Usual | null
  readonly side: Usual | null
  readonly skew: Usual | null
}

type Judgement = Omit<Found, 'pages'>
type SingleCheck = Exclude<HealthCheck, 'exact-copies' | 'near-copies'>
type Judge = (page: Measured, corpus: Corpus) => Judgement | null

const JUDGES = {
  'no-music': judgeMusic,
  'nearly-empty': judgeEmptiness,
  blur: judgeBlur,
  tone: judgeTone,
  resolution: judgeResolution,
  orientation: judgeOrientation,
  skew: judgeSkew,
} as const satisfies Readonly<Record<SingleCheck, Judge>>

/** The most unusual first. */
export function findUnusual(check: HealthCheck, pages: readonly PageToJudge[]): readonly Found[] {
  if (!isSingle(check)) return []
  const measured = pages.filter((page): page is Measured => page.measures !== null)
  const corpus = describeCorpus(measured)
  const judge: Judge = JUDGES[check]
  return measured
    .flatMap((page) => {
      const judgement = judge(page, corpus)
      return judgement === null ? [] : [{ ...judgement, pages: [page] }]
    })
    .sort((one, other) => severity(other) - severity(one))
}

function isSingle(check: HealthCheck): check is SingleCheck {
  return !COPY_CHECKS.includes(check)
}

/** What is beyond an absolute limit goes before what is only unusual. */
function severity({ distance }: Found): number {
  return distance === null ? Infinity : Math.abs(distance)
}

function describeCorpus(pages: readonly Measured[]): Corpus {
  const usual = (measure: (page: Measured) => number | null): Usual | null =>
    usualOf(pages.map(measure).filter((value) => value !== null))
  return {
    pages: pages.length,
    standing: pages.filter(isStanding).length,
    paper: usual(({ measures }) => measures.paper),
    contrast: usual(contrastOf),
    covered: usual(({ measures }) => measures.covered),
    edgePixels: usual(({ measures }) => measures.edgePixels),
    edgeShare: usual((page) => {
      const { edgePixels } = page.measures
      return edgePixels === null ? null : edgePixels / longestSide(page)
    }),
    space: usual((page) => {
      const spacePixels = sureSpace(page)
      return spacePixels === null ? null : Math.log(spacePixels)
    }),
    side: usual((page) => Math.log(longestSide(page))),
    skew: usual(({ measures }) => measures.skewDegrees),
  }
}

const longestSide = ({ width, height }: PageToJudge): number => Math.max(width, height)
const isStanding = ({ width, height }: PageToJudge): boolean => height >= width
/** How much darker print is than paper, as share of the paper's grey. */
const contrastOf = ({ measures: { paper, print } }: Measured): number =>
  paper === 0 ? 0 : (paper - print) / paper

const sureSpace = ({ measures: { spacePixels, agreement } }: Measured): number | null =>
  agreement !== null && agreement >= SURE_AGREEMENT ? spacePixels : null

const isNearlyEmpty = ({ measures }: Measured): boolean => measures.covered < NEARLY_EMPTY

function judgeMusic(page: Measured, corpus: Corpus): Judgement | null {
  const { spacePixels, sideways, covered } = page.measures
  if (spacePixels !== null || sideways || isNearlyEmpty(page)) return null
  // Blur washes staff lines out.
  if (judgeBlur(page, corpus) !== null) return null
  return {
    value: covered,
    distance: null,
    evidence: `No staff lines can be made out, though ${percent(covered)} of the page is written on.`,
  }
}

function judgeEmptiness(page: Measured, { covered }: Corpus): Judgement | null {
  const value = page.measures.covered
  const usually = covered === null ? '' : `, usually ${percent(covered.median)}`
  const evidence =
    value === 0
      ? 'Nothing is written on the page.'
      : `Only ${percent(value)} of the page is written on${usually}.`
  return isNearlyEmpty(page) ? { value, distance: null, evidence } : null
}

/** Coarse pictures have wide edges for their size and fine ones in pixels; only a blurred one has both. */
function judgeBlur(page: Measured, { edgePixels, edgeShare }: Corpus): Judgement | null {
  const value = page.measures.edgePixels
  if (value === null || value < SHARP_PIXELS || edgePixels === null || edgeShare === null) return null
  const share = value / longestSide(page)
  if (value < BLUR_RATIO * edgePixels.median || share < BLUR_RATIO * edgeShare.median) return null
  const distance = Math.max(robustDistance(value, edgePixels), robustDistance(share, edgeShare))
  if (distance < OUTLIER) return null
  return {
    value,
    distance,
    evidence: `Blurred: edges of strokes are ${decimal(value)} pixels wide, usually ${decimal(edgePixels.median)}.`,
  }
}

function judgeTone(page: Measured, { paper, contrast }: Corpus): Judgement | null {
  const darkness = contrastOf(page)
  if (darkness < FAINT && !isNearlyEmpty(page))
    return {
      value: darkness,
      distance: null,
      evidence: `Faint: print is only ${percent(darkness)} darker than its paper${usually(contrast)}.`,
    }
  const papers = unusual(page.measures.paper, paper)
  if (papers !== null)
    return {
      value: page.measures.paper,
      distance: papers,
      evidence: `${papers < 0 ? 'Dark' : 'Bright'} paper: its grey is ${percent(page.measures.paper)} of white${usually(paper)}.`,
    }
  const prints = isNearlyEmpty(page) ? null : unusual(darkness, contrast)
  if (prints === null) return null
  return {
    value: darkness,
    distance: prints,
    evidence: `${prints < 0 ? 'Pale' : 'Dark'} print: it is ${percent(darkness)} darker than its paper${usually(contrast)}.`,
  }
}

function usually(usual: Usual | null): string {
  return usual === null ? '' : `, usually ${percent(usual.median)}`
}

/** Robust distance of a tone that differs enough to be seen; null of one that does not. */
function unusual(value: number, usual: Usual | null): number | null {
  if (usual === null || Math.abs(value - usual.median) < TONE_DIFFERENCE) return null
  const distance = robustDistance(value, usual)
  return Math.abs(distance) > OUTLIER ? distance : null
}

function judgeResolution(page: Measured, { space, side }: Corpus): Judgement | null {
  const spacePixels = sureSpace(page)
  if (spacePixels !== null && spacePixels < NARROW_PIXELS)
    return {
      value: spacePixels,
      distance: null,
      evidence: `Coarse: staff lines are only ${decimal(spacePixels)} pixels apart${usualPixels(space)}.`,
    }
  const spaces = spacePixels === null ? null : unusualSize(spacePixels, space)
  if (spacePixels !== null && spaces !== null)
    return {
      value: spacePixels,
      distance: spaces,
      evidence: `${spaces < 0 ? 'Coarse' : 'Fine'}: staff lines are ${decimal(spacePixels)} pixels apart${usualPixels(space)}.`,
    }
  const sides = unusualSize(longestSide(page), side)
  if (sides === null) return null
  return {
    value: longestSide(page),
    distance: sides,
    evidence: `${sides < 0 ? 'Small' : 'Large'}: ${String(page.width)} × ${String(page.height)} pixels; the longer side is usually ${String(Math.round(Math.exp(side?.median ?? 0)))}.`,
  }
}

function usualPixels(space: Usual | null): string {
  return space === null ? '' : `, usually ${decimal(Math.exp(space.median))}`
}

function unusualSize(value: number, usual: Usual | null): number | null {
  if (usual === null || Math.abs(Math.log(value) - usual.median) < Math.log(SIZE_RATIO)) return null
  const distance = robustDistance(Math.log(value), usual)
  return Math.abs(distance) > OUTLIER ? distance : null
}

function judgeOrientation(page: Measured, { pages, standing }: Corpus): Judgement | null {
  if (page.measures.sideways)
    return { value: 1, distance: null, evidence: 'On its side: its staff lines run down the page.' }
  const alike = isStanding(page) ? standing : pages - standing
  if (pages === 0 || 1 - alike / pages < NEARLY_ALL) return null
  return {
    value: page.width / page.height,
    distance: null,
    evidence: `${isStanding(page) ? 'Upright' : 'Lies across'}: ${String(page.width)} × ${String(page.height)} pixels, as ${String(alike)} of ${String(pages)} pages.`,
  }
}

function judgeSkew(page: Measured, { skew }: Corpus): Judgement | null {
  const value = page.measures.skewDegrees
  if (value === null || Math.abs(value) < ASKEW_DEGREES) return null
  const distance = skew === null ? null : robustDistance(value, skew)
  if (distance !== null && Math.abs(distance) < OUTLIER) return null
  const direction = value > 0 ? 'clockwise' : 'anticlockwise'
  const usual = skew === null ? '' : `; the median page by ${decimal(Math.abs(skew.median))}°`
  return { value, distance, evidence: `Turned ${decimal(Math.abs(value))}° ${direction}${usual}.` }
}

function decimal(value: number): string {
  return value.toFixed(value < 1 ? 2 : 1)
}
