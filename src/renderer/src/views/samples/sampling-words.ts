/** Rules, refusals and forecasts in words. */
import { REFUSAL_WORDS } from '@shared/domain/refusal-words'
import type { SampleSet } from '@shared/domain/sample-set'
import {
  type Background,
  type Balance,
  type Forecast,
  type ForecastGroup,
  REFUSALS,
  type SamplingRules,
} from '@shared/domain/sampling-rules'
import type { ExportedTable } from '../../exports/table-file'
import { type PlaceVerdicts, verdictShares } from '../../pictures/place-verdicts'
import { acceptedShare } from '../../state/acceptance-forecast.svelte'
import type { SquareReading } from '../../state/acceptance-map.svelte'
import { countOf, formatCount } from '../../state/format'

export const BACKGROUND_WORDS: Readonly<Record<Background, string>> = {
  'as-is': 'as it is',
  paper: 'paper made white',
}

export const BALANCE_WORDS: Readonly<Record<Balance, string>> = {
  none: 'none',
  style: 'by style',
  composer: 'by composer',
}

export const RULE_HELP = {
  perPage:
    'How many crops each page gives. Every page counts the same, however much is printed on it, unless crops are balanced.',
  size: 'Side of the square crops in pixels of the page. Pages smaller than this give none, and are reported.',
  triesPerPage: 'After so many draws on one page, what was accepted is kept and the shortage is reported.',
  seed: 'Where chance starts. The same pages, rules and seed give the same crops, today and on another machine.',
  whiteness:
    'A crop whose mean pixel is above this is refused and drawn again: 0 is black, 1 is white. It measures the scanner as much as the music: on yellowed paper even an empty crop may stay below .9, on bleached paper a thin line of notes may not.',
  minimumInk:
    'A crop is refused when a smaller share of its pixels is ink, that is darker than its page’s own threshold. Unlike whiteness this does not depend on the tone of the paper. 0 refuses nothing.',
  margin:
    'Kept free along every edge of the page, as a share of its shorter side: shadows of the spine, edges of the scan, page numbers.',
  background:
    'As it is: the page’s grey as scanned. Paper made white: each page’s own paper is measured and brought to white before crops are judged and cut, so that yellowed and bleached scans are treated alike.',
  balance:
    'Makes every style or every composer give equally many crops: of the larger ones some are left away at random, by the seed.',
  where:
    'Only pages that this search finds, written as in the corpus: composer:Bach, “left hand”, -tag:arranged.',
} as const

/** Three digits without the leading zero, as the study writes them: ".934". */
export function formatMean(share: number): string {
  return share.toFixed(3).replace(/^0/, '')
}

/** A limit as it was set: ".9". */
export function formatLimit(limit: number): string {
  return String(limit).replace(/^0\./, '.')
}

/** "0.4 %", "12 %": one digit below ten. */
export function formatInk(share: number): string {
  const percent = share * 100
  return `${percent >= 9.95 || percent === 0 ? Math.round(percent) : percent.toFixed(1)} %`
}

/** One sentence on whether a square may be a crop, and why not. */
export function explainSquare({ refusal, whiteness, ink }: SquareReading, rules: SamplingRules): string {
  if (refusal === 'margin')
    return `It reaches into the margin of ${formatInk(rules.margin)} of the page’s shorter side.`
  if (refusal === 'region') return 'It touches a region of this page that is left out.'
  if (refusal === 'too-white')
    return `Mean pixel ${formatMean(whiteness)} is over the limit ${formatLimit(rules.whiteness)}: too white.`
  if (refusal === 'too-little-ink')
    return `Ink ${formatInk(ink)} is under the limit ${formatInk(rules.minimumInk)}: too little ink.`
  return 'It may be a crop.'
}

interface RuleRow {
  readonly name: string
  readonly value: string
}

/** The rules of a set as names and values; what refuses nothing is left out. */
export function ruleRows(set: SampleSet): readonly RuleRow[] {
  const optional = (kept: boolean, name: string, value: string): readonly RuleRow[] =>
    kept ? [{ name, value }] : []
  return [
    { name: 'Per page', value: formatCount(set.perPage) },
    { name: 'Size', value: `${set.size} × ${set.size} pixels` },
    { name: 'Whiteness', value: `at most ${formatLimit(set.whiteness)}` },
    ...optional(set.minimumInk > 0, 'Ink', `at least ${formatInk(set.minimumInk)}`),
    ...optional(set.margin > 0, 'Margin', `${formatInk(set.margin)} of the shorter side`),
    ...optional(set.background !== 'as-is', 'Background', BACKGROUND_WORDS[set.background]),
    ...optional(set.balance !== 'none', 'Balance', BALANCE_WORDS[set.balance]),
    ...optional(set.where !== undefined, 'Only pages', set.where ?? ''),
    { name: 'Tries', value: `${formatCount(set.triesPerPage)} per page` },
    { name: 'Seed', value: String(set.seed) },
  ]
}

/** What the rules come to, for the caption of a figure or table. */
export function ruleFacts(rules: SamplingRules): readonly (readonly [string, string])[] {
  return [
    ['crops per page', String(rules.perPage)],
    ['size', `${rules.size} pixels`],
    ['whiteness at most', formatLimit(rules.whiteness)],
    ['ink at least', formatInk(rules.minimumInk)],
    ['margin', formatInk(rules.margin)],
    ['background', BACKGROUND_WORDS[rules.background]],
    ['balance', BALANCE_WORDS[rules.balance]],
    ...(rules.where === undefined ? [] : [['pages', rules.where] as const]),
    ['tries per page', String(rules.triesPerPage)],
    ['seed', String(rules.seed)],
  ]
}

/** How much of a page is accepted and refused, for a caption. */
export function verdictFacts(verdicts: PlaceVerdicts | null): readonly (readonly [string, string])[] {
  const shares = verdicts === null ? null : verdictShares(verdicts)
  if (shares === null) return []
  const refused = REFUSALS.filter((refusal) => shares[refusal] > 0)
  return [
    ['accepted', formatInk(shares.accepted)],
    ...refused.map((refusal) => [REFUSAL_WORDS[refusal], formatInk(shares[refusal])] as const),
  ]
}

/** "Joseph Haydn: 97 % of 204 draws accepted; 170 crops of 34 pages, 2 of them short" */
export function describeGroup(group: ForecastGroup, by: string): string {
  const share = acceptedShare(group)
  const accepted =
    share === null ? 'nothing drawn' : `${formatInk(share)} of ${countOf(group.draws, 'draw')} accepted`
  const short = group.shortPages === 0 ? '' : `, ${formatCount(group.shortPages)} of them short`
  return `${groupName(group, by)}: ${accepted}; ${countOf(group.crops, 'crop')} of ${countOf(group.pages, 'page')}${short}`
}

export function groupName({ name }: Pick<ForecastGroup, 'name'>, by: string): string {
  return name === '' ? `no ${by} given` : name
}

export function forecastTable({ by, groups, total }: Forecast): ExportedTable {
  const row = (name: string, group: ForecastGroup): readonly (string | number | null)[] => [
    name,
    group.pages,
    group.draws,
    acceptedShare(group),
    ...REFUSALS.map((refusal) => group.refused[refusal]),
    group.crops,
    group.shortPages,
  ]
  return {
    columns: [
      by,
      'pages',
      'draws',
      'accepted',
      ...REFUSALS.map((refusal) => REFUSAL_WORDS[refusal]),
      'crops',
      'short pages',
    ],
    rows: [...groups.map((group) => row(groupName(group, by), group)), row('all', total)],
  }
}

const BAR_ENDS = [0.05, 0.1, 0.2, 0.5, 1] as const

/** Where the bars of some shares end, in [0,1]: round, and no further than is needed. */
export function barEnd(shares: readonly number[]): number {
  const largest = Math.max(0, ...shares)
  return BAR_ENDS.find((end) => end >= largest) ?? 1
}
