import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openSources } from '../support/source-module.mjs'
import { STUDY_AT_224 } from '../support/step-timing.mjs'

export const name = 'memory'
export const description =
  "peak memory of training the study's model at 448 × 448, per sample, against tf.layers"

const PROBE = fileURLToPath(new URL('../support/memory-probe.mjs', import.meta.url))

export async function run({ log }) {
  const settings = { ...STUDY_AT_224, size: 448, batches: { scorescope: [1, 2, 4, 8], layers: [1, 2] } }
  const sources = await openSources()
  const { findNativeFolder } = await sources.load('src/main/compute/backend.ts')
  const found = findNativeFolder(process.env)
  await sources.close()
  if (found.problem) throw new Error(found.problem)
  const figures = {}
  for (const [side, batches] of Object.entries(settings.batches)) {
    figures[side] = {}
    for (const batch of batches) {
      log(`${side}: batch ${batch} …`)
      figures[side][`batch${batch}PeakBytes`] = await peak(side, { ...settings, batch }, found.folder)
    }
    const [first, last] = [batches[0], batches.at(-1)]
    const more = figures[side][`batch${last}PeakBytes`] - figures[side][`batch${first}PeakBytes`]
    figures[side].bytesPerSample = Math.round(more / (last - first))
  }
  return {
    settings,
    figures,
    ratios: { bytesPerSampleToLayers: figures.scorescope.bytesPerSample / figures.layers.bytesPerSample },
  }
}

async function peak(side, settings, nativeFolder) {
  const { stdout } = await promisify(execFile)(process.execPath, [PROBE, side, JSON.stringify(settings)], {
    env: { ...process.env, SCORESCOPE_NATIVE_FOLDER: nativeFolder, TF_CPU_ALLOCATOR_USE_BFC: '1' },
    maxBuffer: 1e8,
  })
  return Number(stdout.trim())
}
