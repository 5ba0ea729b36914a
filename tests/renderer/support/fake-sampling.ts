/** Sampling over a fake engine's pages: fields are made up, forecasts count them with the contract's own rules. */
import type { LocalApi } from '@shared/api'
import type { Page } from '@shared/domain/page'
import { NO_REFUSALS } from '@shared/domain/refusal-words'
import type { SampleSet } from '@shared/domain/sample-set'
import {
  type AcceptanceField,
  type Forecast,
  type ForecastGroup,
  type Refusal,
  refusalOf,
  type SamplingRules,
  type SurveyReport,
} from '@shared/domain/sampling-rules'
import { AppError } from '@shared/errors'
import { fakeSampleReport } from './fake-corpus'
import type { FakeEngine } from './fake-engine'
import { fakeLeaks } from './fake-evaluation'

export class FakeSampling {
  /** Pages that are surveyed, whatever for; tests may set it. */
  surveyed = 0
}

/** White at the top, dark at the bottom; darker by the page's number, so that pages differ. */
export function fakeField(
  page: Page,
  {
    size,
    background,
    places,
    regions,
  }: Pick<AcceptanceField, 'size' | 'background' | 'regions'> & { readonly places: number },
): AcceptanceField {
  const step = Math.max(1, Math.ceil((Math.max(page.width, page.height) - size) / (places - 1)))
  const along = (length: number): readonly number[] =>
    length < size
      ? []
      : Array.from({ length: Math.floor((length - size) / step) + 1 }, (_, place) => place * step)
  const [xs, ys] = [along(page.width), along(page.height)]
  const count = xs.length * ys.length
  const whiteness = new Float32Array(count)
  const ink = new Float32Array(count)
  for (let place = 0; place < count; place += 1) {
    const down = Math.floor(place / xs.length) / Math.max(1, ys.length - 1)
    whiteness[place] = 0.97 - 0.2 * down - 0.01 * (page.id % 4)
    ink[place] = 1 - (whiteness[place] ?? 0)
  }
  const { width, height } = page
  return {
    page: page.id,
    size,
    background,
    width,
    height,
    regions,
    xs,
    ys,
    whiteness,
    ink,
    inkThreshold: 128,
    paper: 240,
  }
}

export function samplingApi(engine: FakeEngine): LocalApi['sampling'] {
  const setOf = (sampleSet: number): SampleSet => {
    const found = engine.sets.find((known) => known.id === sampleSet)
    if (found === undefined) throw AppError.of('sampling/set-unknown', { sampleSet })
    return found
  }
  return {
    ...studioVerbs(engine),
    compare: ({ one, other }) => compare(engine, setOf(one), setOf(other)),
    sets: () => engine.sets,
    report: ({ sampleSet }) => fakeSampleReport(setOf(sampleSet), engine.pages),
    samples: ({ sampleSet, page, offset, limit }) => {
      setOf(sampleSet)
      const found = engine.samples.filter((sample) => page === undefined || sample.page === page)
      return { total: found.length, items: found.slice(offset, offset + limit) }
    },
    crop: ({ sampleSet, index }) => {
      setOf(sampleSet)
      const found = engine.samples[index]
      if (found === undefined)
        throw AppError.of('sampling/index-unknown', { index, samples: engine.samples.length })
      return found
    },
    staffSpaces: ({ sampleSet }) => {
      const { pages } = setOf(sampleSet)
      return { measured: pages, pages, median: 14, low: 12, high: 16 }
    },
    leaks: ({ sampleSet, by, seed }) => fakeLeaks(by, { samples: setOf(sampleSet).samples, seed }),
  }
}

function studioVerbs(
  engine: FakeEngine,
): Pick<LocalApi['sampling'], 'draw' | 'field' | 'survey' | 'surveyState' | 'forecast'> {
  const { sampling } = engine
  const surveyReport = (key: Omit<SurveyReport, 'surveyed' | 'pages' | 'unreadable'>): SurveyReport => ({
    ...key,
    surveyed: sampling.surveyed,
    pages: engine.pages.length,
    unreadable: [],
  })
  return {
    draw: () => {
      if (engine.pages.length === 0) throw AppError.of('sampling/no-pages', {})
      return { job: engine.startJob('sample', 'Drawing samples').job, kind: 'sample' }
    },
    field: ({ page, ...rest }) => {
      const found = engine.pages.find((known) => known.id === page)
      if (found === undefined) throw AppError.of('corpus/page-unknown', { page })
      return fakeField(found, { ...rest, regions: engine.regions.get(page) ?? [] })
    },
    survey: () => ({ job: engine.startJob('survey', 'Measuring pages').job, kind: 'survey' }),
    surveyState: surveyReport,
    forecast: (rules) => forecast(engine, rules),
  }
}

function forecast(engine: FakeEngine, { by, ...rules }: SamplingRules & { readonly by: string }): Forecast {
  const pages = engine.selectPages({ query: rules.where }).slice(0, engine.sampling.surveyed)
  const valueOf = (page: Page): string =>
    by === 'style' || by === 'composer' || by === 'piece' ? page[by] : (page.fields[by] ?? '')
  const groups = [...Map.groupBy(pages, valueOf)]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([name, ofGroup]) => groupOf(name, ofGroup, rules))
  return {
    pages: engine.pages.length,
    surveyed: engine.sampling.surveyed,
    excludedPages: engine.pages.filter(({ excluded }) => excluded !== null).length,
    total: groupOf('', pages, rules),
    by,
    groups,
  }
}

/** As if every place of the field had been drawn once. */
function groupOf(name: string, pages: readonly Page[], rules: SamplingRules): ForecastGroup {
  const refused: Record<Refusal, number> = { ...NO_REFUSALS }
  let [draws, crops] = [0, 0]
  const short: number[] = []
  for (const page of pages) {
    const field = fakeField(page, { ...rules, regions: [], places: 12 })
    let accepted = 0
    for (const [place, whiteness] of field.whiteness.entries()) {
      const x = field.xs[place % field.xs.length] ?? 0
      const y = field.ys[Math.floor(place / field.xs.length)] ?? 0
      const refusal = refusalOf({ x, y, whiteness, ink: field.ink[place] ?? 0 }, rules, field)
      if (refusal === null) accepted += 1
      else refused[refusal] += 1
    }
    draws += field.whiteness.length
    crops += Math.min(rules.perPage, accepted)
    if (accepted < rules.perPage) short.push(page.id)
  }
  return { name, pages: pages.length, draws, refused, crops, shortPages: short.length, short }
}

function compare(
  engine: FakeEngine,
  one: SampleSet,
  other: SampleSet,
): ReturnType<LocalApi['sampling']['compare']> {
  const composers = [...Map.groupBy(engine.samples, ({ composer }) => composer)]
  return {
    differences: [
      { rule: 'whiteness limit', one: String(one.whiteness), other: String(other.whiteness) },
      { rule: 'seed', one: String(one.seed), other: String(other.seed) },
    ].filter((difference) => difference.one !== difference.other),
    crops: { one: one.samples, other: other.samples, shared: 12 },
    pages: { one: one.pages, other: other.pages, shared: 110 },
    changedPages: 1,
    composers: composers.map(([composer, samples]) => ({
      style: samples[0]?.style ?? '',
      composer,
      one: samples.length,
      other: samples.length - 3,
      shared: 2,
    })),
    whiteness: { one: 0.83, other: 0.81 },
  }
}
