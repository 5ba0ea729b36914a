/** A project of pages on white, grey, shaded and spotted paper, with regions, exclusions and a field, to be sampled. */
import type { RequestInput, RequestOutput } from '@shared/requests'
import { REQUESTS } from '@shared/requests'
import type { Forecast, SurveyReport } from '@shared/domain/sampling-rules'
import type { LocalApi } from '@shared/api'
import { createEditing } from '../../src/main/core/corpus/editing'
import { randomStream } from '../../src/main/core/sampling/random-stream'
import { calling, type CorpusProject, corpusProject } from './corpus-projects'
import { type GreyImage, pngOf, put, stavesPage } from './page-makers'

export type DrawChoices = RequestInput<'sampling', 'draw'>

export interface SamplingWorld extends CorpusProject {
  readonly catalogue: LocalApi['catalogue']
  /** Measures the pages as these rules need it. */
  survey(choices: DrawChoices): Promise<SurveyReport>
  forecast(choices: RequestInput<'sampling', 'forecast'>): Promise<Forecast>
}

/** The grey that the paper of a page has at a pixel, in [0,255], before grain. */
export type Paper = (x: number, y: number) => number

/** A page printed on such paper, with a little grain: paper and ink keep their share of the light. */
export function printedOn(paper: Paper, shape: { width: number; height: number; seed: number }): GreyImage {
  const page = stavesPage(shape)
  const grain = randomStream('grain', shape.seed)
  const pixels = page.pixels.map((grey, at) => {
    const light = paper(at % shape.width, Math.floor(at / shape.width))
    return Math.max(0, Math.min(255, Math.round((grey * light) / 255) + grain.upTo(4) - 2))
  })
  return { ...page, pixels }
}

const PAPERS: Readonly<Record<string, Paper>> = {
  white: () => 255,
  grey: () => 205,
  shaded: (x, y) => 235 - x / 8 - y / 10,
}

/** Three styles of two composers of one piece of three pages, each composer on paper of its own. Ids 1 to 18. */
export async function samplingWorld(shape = { width: 220, height: 300 }): Promise<SamplingWorld> {
  const test = await corpusProject()
  const { api: catalogue } = createEditing({ projects: test.projects.access, clock: test.clock })
  const papers = Object.entries(PAPERS)
  for (let at = 0; at < 18; at += 1) {
    const [composer, page] = [Math.floor(at / 3), (at % 3) + 1]
    const [, paper] = papers[composer % papers.length] ?? ['', () => 255]
    const place = `Style ${String(Math.floor(composer / 2) + 1)}/Composer ${String(composer + 1)}/Piece`
    // Every fifth page is mostly empty.
    const made = at % 5 === 4 ? { ...shape, height: 60 } : shape
    put(test.images, `${place}/${String(page)}.png`, await pngOf(printedOn(paper, { ...made, seed: at + 1 })))
  }
  await test.importFrom(test.images)
  for (const [at, [name]] of papers.entries()) {
    const pages = Array.from({ length: 18 }, (_, page) => page + 1).filter(
      (page) => Math.floor((page - 1) / 3) % papers.length === at,
    )
    await catalogue.setFields({ pages, fields: { 'scan source': name } }, calling)
  }
  return {
    ...test,
    catalogue,
    survey: async (choices) => {
      const key = REQUESTS.sampling.survey.parse(surveyKeyOf(choices))
      return await test.jobs.wait(await test.sampling.api.survey(key, calling))
    },
    forecast: async (choices) =>
      await test.sampling.api.forecast(REQUESTS.sampling.forecast.parse(choices), calling),
  }
}

/** What of the rules a survey depends on. */
export function surveyKeyOf(choices: DrawChoices): RequestOutput<'sampling', 'survey'> {
  const { seed, size, triesPerPage, background } = REQUESTS.sampling.draw.parse(choices)
  return { seed, size, triesPerPage, background }
}
