import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCompute, startEngine } from './support/engine.mjs'
import { cli } from './support/measured.mjs'
import { gatherPages } from './support/pages.mjs'

export const name = 'features'
export const description =
  'the feature pass beside a bare forward pass over the same crops, and opening channel pages over an engine'

const PAGES = 40
const TURNS = 5
const LOOKS = 100
const WARM_UP = 5

/**
 * Trains briefly (how well does not matter for the time). `--study` for the study's model, `--all` for all pages.
 */
export async function run({ log, args = [] }) {
  const folder = mkdtempSync(join(tmpdir(), 'scorescope-features-'))
  try {
    const preset = args.includes('--study') ? 'study' : 'quick'
    const { run, source, pages } = await trainBriefly(folder, { args, log, preset })
    const project = join(folder, 'bench.scorescope')
    log('Passing over all crops, with statistics and without …')
    const passes = await compare(project, run)
    const engine = await startEngine(join(folder, 'settings'))
    try {
      await engine.ask('project', 'open', { folder: project })
      const { job } = await engine.ask('exploration', 'computeFeatures', { run })
      const report = await engine.ask('jobs', 'wait', { job })
      const features = await engine.ask('exploration', 'features', { run })
      const times = await openPages(engine, run, features)
      const { samples, channels, seconds } = report
      return {
        settings: { preset, corpus: source, pages, samples, channels, looks: LOOKS },
        figures: {
          forwardSeconds: passes.forwardSeconds,
          passSeconds: passes.passSeconds,
          jobSeconds: seconds,
          channelPageMedianMs: quantile(times, 0.5),
          channelPageP95Ms: quantile(times, 0.95),
        },
        ratios: { forward: passes.passSeconds / passes.forwardSeconds },
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
  const { source, pages } = await gatherPages(images, args, args.includes('--all') ? Infinity : PAGES)
  const project = join(folder, 'bench.scorescope')
  log('Importing, sampling and training briefly …')
  await cli(folder, 'import', project, images)
  await cli(folder, 'sample', project, '--seed', '1')
  const brief = ['--epochs', '1', '--limit', '4', '--batch', '2', '--split', 'crop', '--validation', '0.5']
  const { json } = await cli(folder, 'train', project, '--seed', '1', '--preset', preset, ...brief)
  return { run: json.run, source, pages: pages.length }
}

/** Seconds of each, in turn, in one process and in the same batches; the quickest is the least disturbed. */
async function compare(project, run) {
  const runFolder = join(project, 'runs', run)
  const plan = JSON.parse(readFileSync(join(runFolder, 'plan.json'), 'utf8'))
  const { id, samples } = plan.sampleSet
  const indices = Array.from({ length: samples }, (_, index) => index)
  const model = { plan, runFolder, sampleFile: join(project, 'samples', `${id}.u8`) }
  const compute = await startCompute()
  // Switching off no channel at all is one pass to the output and nothing else.
  const forward = (some) =>
    compute.ask('model', 'ablate', { ...model, indices: some, layer: 'bottleneck', channels: [] })
  const pass = (some) =>
    compute.ask('model', 'featurePass', { ...model, indices: some, top: 16, bands: 5, picks: 6 })
  const times = { forward: [], pass: [] }
  try {
    await forward(indices.slice(0, 64))
    await pass(indices.slice(0, 64))
    for (let turn = 0; turn < TURNS; turn += 1) {
      times.forward.push(await timed(() => forward(indices)))
      times.pass.push(await timed(() => pass(indices)))
    }
  } finally {
    await compute.stop()
  }
  return { forwardSeconds: Math.min(...times.forward), passSeconds: Math.min(...times.pass) }
}

async function timed(work) {
  const startMs = performance.now()
  await work()
  return (performance.now() - startMs) / 1000
}

/** Milliseconds of each channel page, shortest first, in an order that jumps from layer to layer. */
async function openPages(engine, run, features) {
  const times = []
  for (let turn = -WARM_UP; turn < LOOKS; turn += 1) {
    const { layer, channel } = features[((turn + WARM_UP) * 37) % features.length]
    const startMs = performance.now()
    await engine.ask('exploration', 'channel', { run, layer, channel })
    if (turn >= 0) times.push(performance.now() - startMs)
  }
  return times.sort((one, other) => one - other)
}

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
