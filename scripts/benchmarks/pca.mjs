import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { openSources } from '../support/source-module.mjs'
import { cli } from './support/measured.mjs'
import { gatherPages } from './support/pages.mjs'

export const name = 'pca'
export const description = 'the PCA baseline of 1,000 crops at 112 × 112, fitted and scored on held-out crops'

const SETTINGS = {
  train: 1000,
  heldOut: 200,
  cropSize: 448,
  inputSize: 112,
  together: 16,
  perPage: 20,
  pages: 100,
}

/** Crops as an import and a drawing of samples give them; real pages where there are any. */
async function drawCrops(args, log, load) {
  const folder = mkdtempSync(join(tmpdir(), 'scorescope-pca-'))
  try {
    const images = join(folder, 'images')
    const { source } = await gatherPages(images, args, SETTINGS.pages)
    const project = join(folder, 'bench.scorescope')
    log('Importing pages and drawing samples …')
    await cli(folder, 'import', project, images)
    const drawing = [
      '--seed',
      '1',
      '--per-page',
      String(SETTINGS.perPage),
      '--size',
      String(SETTINGS.cropSize),
    ]
    const { json } = await cli(folder, 'sample', project, ...drawing)
    const { openSampleStore } = await load('src/main/storage/sample-store.ts')
    const { reduceByArea } = await load('src/shared/domain/reduction.ts')
    const store = openSampleStore(join(project, 'samples', `${json.sampleSet}.u8`))
    const crops = Array.from({ length: store.samples }, (_, index) =>
      reduceByArea(store.read([index]), SETTINGS),
    )
    store.close()
    return { source, crops }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function rowsOf(crops) {
  const length = SETTINGS.inputSize ** 2
  const bytes = new Uint8Array(crops.length * length)
  for (const [row, crop] of crops.entries()) bytes.set(crop, row * length)
  return { rows: crops.length, length, bytes }
}

async function timed(work) {
  const startMs = performance.now()
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return { result, wallSeconds: (performance.now() - startMs) / 1000, cpuSeconds: (user + system) / 1e6 }
}

/** Lets other work in as the engine does, and notes the most processor time of this thread between two such pauses. */
function watchedPause() {
  const threadMs = () => process.threadCpuUsage().user / 1000
  let lastMs = threadMs()
  const watch = { longestMs: 0, pause: null }
  watch.pause = async () => {
    watch.longestMs = Math.max(watch.longestMs, threadMs() - lastMs)
    await setImmediate()
    lastMs = threadMs()
  }
  return watch
}

export async function run({ log, args = [] }) {
  const { load, close } = await openSources()
  try {
    const { source, crops } = await drawCrops(args, log, load)
    const { fitPca } = await load('src/main/numerics/pca.ts')
    // Every sixth crop is held out, so that both sides have crops from everywhere.
    const heldOut = crops.filter((_, index) => index % 6 === 5).slice(0, SETTINGS.heldOut)
    const train = rowsOf(crops.filter((_, index) => index % 6 !== 5).slice(0, SETTINGS.train))
    const watch = watchedPause()
    log(`Fitting ${train.rows} crops …`)
    const fitted = await timed(() => fitPca(train, train.rows, watch.pause))
    log(`Scoring ${heldOut.length} held-out crops …`)
    let squaredError = 0
    const scored = await timed(async () => {
      for (let start = 0; start < heldOut.length; start += SETTINGS.together) {
        const some = rowsOf(heldOut.slice(start, start + SETTINGS.together))
        const painted = await fitted.result.reconstruct(some, watch.pause)
        for (let at = 0; at < painted.length; at += 1)
          squaredError += (painted[at] - some.bytes[at] / 255) ** 2
      }
    })
    return {
      settings: { ...SETTINGS, corpus: source, train: train.rows, heldOut: heldOut.length },
      figures: {
        components: fitted.result.components,
        fitWallSeconds: fitted.wallSeconds,
        fitCpuSeconds: fitted.cpuSeconds,
        scoreWallSeconds: scored.wallSeconds,
        scoreCpuSeconds: scored.cpuSeconds,
        longestWithoutPauseCpuMs: watch.longestMs,
        heldOutMse: squaredError / (heldOut.length * SETTINGS.inputSize ** 2),
      },
      ratios: { ofAMinute: (fitted.wallSeconds + scored.wallSeconds) / 60 },
    }
  } finally {
    await close()
  }
}
