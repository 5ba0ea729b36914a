/** Forecasts on a real corpus against what drawing then does. */
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { REQUESTS, type RequestInput } from '@shared/requests'
import { calling, corpusProject } from '../support/corpus-projects'

const corpus = fileURLToPath(new URL('../../../shared/corpus', import.meta.url))
/** A few composers in every test run, all 373 pages in the hard one. */
const FOLDERS =
  process.env['SCORESCOPE_HARD'] === '1'
    ? ['Baroque', 'Classical', 'Folk', 'Medieval', 'Rag & Popular', 'Renaissance', 'Romantic']
    : ['Baroque/Arcangelo Corelli', "Folk/Aird's Airs", 'Rag & Popular/Lead sheets']

const RULES: readonly Omit<RequestInput<'sampling', 'draw'>, 'seed'>[] = [
  {},
  { whiteness: 0.93, margin: 0.06, perPage: 3, balance: 'composer' },
  { whiteness: 1, minimumInk: 0.07, background: 'paper', balance: 'style' },
]

describe.skipIf(!existsSync(corpus))('forecasts on the real corpus', () => {
  it('are what drawing then does', { timeout: 600_000 }, async () => {
    const test = await corpusProject()
    for (const folder of FOLDERS)
      cpSync(join(corpus, ...folder.split('/')), join(test.images, ...folder.split('/')), { recursive: true })
    await test.importFrom(test.images)
    for (const change of RULES) {
      const rules = REQUESTS.sampling.draw.parse({ seed: 1, triesPerPage: 200, ...change })
      const { seed, size, triesPerPage, background } = rules
      await test.jobs.wait(await test.sampling.api.survey({ seed, size, triesPerPage, background }, calling))
      const { total, pages, surveyed } = await test.sampling.api.forecast(
        { ...rules, by: 'composer' },
        calling,
      )
      const report = await test.draw(rules)
      expect(surveyed).toBe(pages)
      expect({ ...total.refused, crops: total.crops, short: total.shortPages }).toEqual({
        ...report.refusals,
        crops: report.samples,
        short: report.shortages.length,
      })
      expect(total.draws).toBeGreaterThanOrEqual(report.samples + report.refusedDraws)
    }
  })
})
