import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PlainFailure } from '../support/say.mjs'
import { startEngine } from './support/engine.mjs'
import { cli } from './support/measured.mjs'
import { gatherPages } from './support/pages.mjs'
import { quantiles } from './support/quantiles.mjs'

export const name = 'acceptance'
export const description = 'how soon acceptance maps and forecasts answer while limits are moved'

const SETTINGS = { pages: 400, mappedPages: 60, seed: 1, rounds: 5 }
/** What is asked of a page in turn: when it is opened, and when it is looked at with other choices. */
const LOOKS = {
  opened: {},
  otherSize: { size: 256 },
  paper: { background: 'paper' },
  paperOtherSize: { background: 'paper', size: 256 },
}
const RULES = [
  {},
  { whiteness: 0.85 },
  { whiteness: 0.8, margin: 0.05 },
  { whiteness: 1, minimumInk: 0.06 },
  { balance: 'style' },
  { whiteness: 0.1 },
]

export async function run({ log, args = [] }) {
  const folder = mkdtempSync(join(tmpdir(), 'scorescope-acceptance-'))
  try {
    const images = join(folder, 'images')
    const { source, pages } = await gatherPages(images, args, SETTINGS.pages)
    const project = join(folder, 'bench.scorescope')
    log(`Importing ${pages.length} pages …`)
    await cli(folder, 'import', project, images)
    const engine = await startEngine(join(folder, 'settings'))
    try {
      await engine.ask('project', 'open', { folder: project })
      const { items } = await engine.ask('corpus', 'pages', {})
      const maps = await mapPages(engine, everySo(items, SETTINGS.mappedPages), log)
      const surveySeconds = await survey(engine, log)
      const forecast = await forecasts(engine)
      const megapixels = items.map(({ width, height }) => (width * height) / 1e6).sort((a, b) => a - b)
      return {
        settings: {
          ...SETTINGS,
          pages: pages.length,
          corpus: source,
          medianMegapixels: megapixels[Math.floor(megapixels.length / 2)],
          mostMegapixels: megapixels.at(-1),
        },
        figures: { ...maps, surveySecondsPerPage: surveySeconds / items.length, forecast },
        ratios: {},
      }
    } finally {
      await engine.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function everySo(items, most) {
  const step = Math.max(1, items.length / most)
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
}

async function mapPages(engine, pages, log) {
  log(`Mapping ${pages.length} pages …`)
  const times = Object.fromEntries(Object.keys(LOOKS).map((look) => [look, []]))
  for (const { id } of pages)
    for (const [look, choices] of Object.entries(LOOKS))
      times[look].push(await timed(() => engine.ask('sampling', 'field', { page: id, ...choices })))
  return Object.fromEntries(Object.entries(times).map(([look, list]) => [look, quantiles(list)]))
}

async function survey(engine, log) {
  log('Measuring the squares of all pages …')
  const startMs = performance.now()
  const { job } = await engine.ask('sampling', 'survey', { seed: SETTINGS.seed })
  const { surveyed, pages } = await engine.ask('jobs', 'wait', { job })
  if (surveyed !== pages) throw new PlainFailure(`Only ${surveyed} of ${pages} pages could be measured.`)
  return (performance.now() - startMs) / 1000
}

async function forecasts(engine) {
  const times = []
  for (let round = 0; round < SETTINGS.rounds; round += 1)
    for (const rules of RULES)
      times.push(
        await timed(() =>
          engine.ask('sampling', 'forecast', { seed: SETTINGS.seed, by: 'composer', ...rules }),
        ),
      )
  return quantiles(times)
}

async function timed(action) {
  const startMs = performance.now()
  await action()
  return performance.now() - startMs
}
