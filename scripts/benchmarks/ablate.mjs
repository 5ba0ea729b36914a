import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEngine } from './support/engine.mjs'
import { cli } from './support/measured.mjs'
import { gatherPages } from './support/pages.mjs'
import { PlainFailure } from '../support/say.mjs'

export const name = 'ablate'
export const description =
  'a channel switched off (of the bottleneck, or of --layer NAME), from request to reconstruction, over a warm engine'

const PAGES = 6
const REDRAWS = 100
const WARM_UP = 5

/** Trains briefly (how well does not matter for the time), then asks as the window does while channels are clicked. */
export async function run({ log, args = [] }) {
  const folder = mkdtempSync(join(tmpdir(), 'scorescope-ablate-'))
  try {
    const preset = args.includes('--study') ? 'study' : 'quick'
    const { run, source } = await trainBriefly(folder, { args, log, preset })
    const engine = await startEngine(join(folder, 'settings'))
    try {
      await engine.ask('project', 'open', { folder: join(folder, 'bench.scorescope') })
      const { layers } = await engine.ask('exploration', 'layers', { run })
      const layer = args.includes('--layer') ? args[args.indexOf('--layer') + 1] : 'bottleneck'
      const { channels } = layers.find(({ name }) => name === layer) ?? {}
      if (channels === undefined) throw new PlainFailure(`The ${preset} model has no layer ${layer}.`)
      const times = await redraw(engine, { run, layer, channels })
      return {
        settings: { preset, layer, redraws: REDRAWS, channels, corpus: source },
        figures: {
          medianMs: quantile(times, 0.5),
          p95Ms: quantile(times, 0.95),
          slowestMs: times.at(-1),
        },
        ratios: {},
      }
    } finally {
      await engine.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function trainBriefly(folder, { args, log, preset }) {
  const images = join(folder, 'images')
  const { source } = await gatherPages(images, args, PAGES)
  const project = join(folder, 'bench.scorescope')
  log('Importing, sampling and training briefly …')
  await cli(folder, 'import', project, images)
  await cli(folder, 'sample', project, '--seed', '1')
  const brief = ['--epochs', '1', '--limit', '4', '--batch', '2', '--split', 'crop', '--validation', '0.5']
  const { json } = await cli(folder, 'train', project, '--seed', '1', '--preset', preset, ...brief)
  return { run: json.run, source }
}

/** Milliseconds of each redraw, shortest first; every one switches off another channel of the same crop. */
async function redraw(engine, { run, layer, channels }) {
  const times = []
  for (let turn = -WARM_UP; turn < REDRAWS; turn += 1) {
    const channel = (turn + WARM_UP) % channels
    const startMs = performance.now()
    await engine.ask('exploration', 'reconstruct', {
      run,
      index: 0,
      channels: [{ layer, channel, scale: 0 }],
    })
    if (turn >= 0) times.push(performance.now() - startMs)
  }
  return times.sort((one, other) => one - other)
}

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
