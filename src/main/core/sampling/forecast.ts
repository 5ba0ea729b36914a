/** What drawing would give, from a survey: the same draws, judged by the same rules in the same order. */
import { addRefusals, NO_REFUSALS } from '@shared/domain/refusal-words'
import {
  type Forecast,
  type ForecastGroup,
  type SamplingRules,
  SHORT_PAGES_NAMED,
} from '@shared/domain/sampling-rules'
import type { PageToSample } from '../ports'
import { keptCrops } from './balance'
import { pagesToDraw } from './draw'
import { drawPageCrops, holdsCrop, type PageCrops } from './page-crops'
import type { SampledCorpus } from './sampled-corpus'
import type { SurveyFile } from './survey-file'

export interface ForecastRequest extends SamplingRules {
  /** style, composer, piece, or a field of pages. */
  readonly by: string
}

interface ForecastPage {
  readonly page: PageToSample
  readonly result: PageCrops
  /** Crops that stay after balancing. */
  readonly kept: number
}

/**
 * @param survey with the key of these rules; null where there is none
 * @throws AppError sampling/no-pages, sampling/none-found, sampling/all-excluded, corpus/query-invalid
 */
export function forecastDraws(
  request: ForecastRequest,
  corpus: SampledCorpus,
  survey: SurveyFile | null,
): Forecast {
  const { pages, excluded } = pagesToDraw(corpus, request)
  const nameOf = namesBy(request.by, corpus)
  const walked = pages.flatMap((page) => {
    const result = forecastPage(page, request, survey)
    return result === null ? [] : [{ page, result, crops: result.crops.length }]
  })
  const kept = keptCrops(walked, request.balance, request.seed)
  const forecast = walked.map(({ page, result }, at) => ({ page, result, kept: kept[at] ?? 0 }))
  const groups = [...Map.groupBy(forecast, ({ page }) => nameOf(page))]
    .map(([name, members]) => summarise(name, members, request))
    .sort((a, b) => NAMES.compare(a.name, b.name))
  return {
    pages: pages.length,
    surveyed: forecast.length,
    excludedPages: excluded.length,
    total: summarise('', forecast, request),
    by: request.by,
    groups,
  }
}

const NAMES = new Intl.Collator('en', { numeric: true })

function namesBy(by: string, corpus: SampledCorpus): (page: PageToSample) => string {
  const level = by.toLowerCase()
  if (level === 'style' || level === 'composer' || level === 'piece') return (page) => page[level]
  const values = corpus.fieldValues(by)
  return ({ id }) => values.get(id) ?? ''
}

/** Null of a page that was not surveyed. A page that cannot hold a crop needs no survey. */
function forecastPage(page: PageToSample, rules: SamplingRules, survey: SurveyFile | null): PageCrops | null {
  const squares = holdsCrop(page, rules.size) ? (survey?.read(page.sha256) ?? null) : NOTHING
  if (squares === null) return null
  const area = rules.size * rules.size
  return drawPageCrops(page, rules, (draw) => ({
    x: squares.xs[draw - 1] ?? 0,
    y: squares.ys[draw - 1] ?? 0,
    whiteness: (squares.grey[draw - 1] ?? 0) / (area * 255),
    ink: (squares.ink[draw - 1] ?? 0) / area,
  }))
}

const NOTHING = { xs: [], ys: [], grey: [], ink: [] } as const

function summarise(name: string, pages: readonly ForecastPage[], { perPage }: SamplingRules): ForecastGroup {
  const short = pages.filter(({ result }) => result.crops.length < perPage)
  return {
    name,
    pages: pages.length,
    draws: pages.reduce((sum, { result }) => sum + result.draws, 0),
    refused: pages.reduce((sum, { result }) => addRefusals(sum, result.refused), NO_REFUSALS),
    crops: pages.reduce((sum, { kept }) => sum + kept, 0),
    shortPages: short.length,
    short: short.slice(0, SHORT_PAGES_NAMED).map(({ page }) => page.id),
  }
}
