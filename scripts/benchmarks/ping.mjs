import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startEngine } from './support/engine.mjs'
import { cli } from './support/measured.mjs'
import { gatherPages } from './support/pages.mjs'
import { quantiles } from './support/quantiles.mjs'
import { startQuickTraining } from './support/quick-training.mjs'

export const name = 'ping'
export const description =
  'how soon the engine answers while a quick training uses every core, and while pages are measured'

const SETTINGS = { pages: 100, everyMs: 20, idleSeconds: 5, measuringSeconds: 8, trainingSeconds: 30 }

/** What is asked at every tick: nothing much, and all pages of the corpus. */
const QUESTIONS = {
  ping: (engine) => engine.ask('system', 'ping', { echo: 1 }),
  pages: (engine) => engine.ask('corpus', 'pages', {}),
}

export async function run({ log, args = [] }) {
  const folder = mkdtempSync(join(tmpdir(), 'scorescope-ping-'))
  try {
    const images = join(folder, 'images')
    const { source, pages } = await gatherPages(images, args, SETTINGS.pages)
    const project = join(folder, 'bench.scorescope')
    log('Importing and sampling …')
    await cli(folder, 'import', project, images)
    await cli(folder, 'sample', project, '--seed', '1')
    const engine = await startEngine(join(folder, 'settings'))
    try {
      await engine.ask('project', 'open', { folder: project })
      const idle = await askFor(engine, SETTINGS.idleSeconds)
      log('Asking while pages are measured …')
      const whileChecking = await askDuring(engine, ['health', 'check', {}])
      const whileSurveying = await askDuring(engine, ['sampling', 'survey', { seed: 1 }])
      const training = await startQuickTraining(engine)
      log(`Asking for ${SETTINGS.trainingSeconds} s while it trains …`)
      const steps = await training.steps()
      const whileTraining = await askFor(engine, SETTINGS.trainingSeconds)
      const trained = (await training.steps()) - steps
      await training.cancel()
      return {
        settings: { ...SETTINGS, pages: pages.length, corpus: source, stepsMeanwhile: trained },
        figures: { idle, whileChecking, whileSurveying, whileTraining },
        ratios: { pingP99OverIdle: whileTraining.ping.p99Ms / idle.ping.p99Ms },
      }
    } finally {
      await engine.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Asks while a job that measures pages runs, which is then cancelled. */
async function askDuring(engine, [noun, verb, request]) {
  const { job } = await engine.ask(noun, verb, request)
  const figures = await askFor(engine, SETTINGS.measuringSeconds)
  await engine.ask('jobs', 'cancel', { job })
  return figures
}

/** Asks at every tick, answered or not, so that one slow answer does not spare the others. */
async function askFor(engine, seconds) {
  const times = Object.fromEntries(Object.keys(QUESTIONS).map((name) => [name, []]))
  const asked = []
  const endMs = performance.now() + seconds * 1000
  while (performance.now() < endMs) {
    for (const [name, question] of Object.entries(QUESTIONS)) {
      const startMs = performance.now()
      asked.push(question(engine).then(() => times[name].push(performance.now() - startMs)))
    }
    await wait(SETTINGS.everyMs)
  }
  await Promise.all(asked)
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, quantiles(list)]))
}
