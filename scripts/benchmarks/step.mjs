import { median, openOwnSteps, STUDY_AT_224 } from '../support/step-timing.mjs'

export const name = 'step'
export const description = 'one training step of each preset'

/** Of each, a few steps at its own input size; samples per second is what a forecast is made of. */
export async function run({ log }) {
  const { PRESETS } = await loadPresets()
  const figures = {}
  for (const [preset, { spec, inputSize, dropout, microBatch }] of Object.entries(PRESETS)) {
    log(`${preset} …`)
    const settings = { spec, size: inputSize, batch: microBatch, dropout, threads: STUDY_AT_224.threads }
    const own = await openOwnSteps(settings)
    const times = Array.from({ length: 3 }, () => own.time(1))
    await own.close()
    const processorSeconds = median(times.map((time) => time.processorSeconds))
    const wallSeconds = median(times.map((time) => time.wallSeconds))
    figures[preset] = {
      samples: microBatch,
      processorSeconds,
      wallSeconds,
      samplesPerSecond: microBatch / wallSeconds,
    }
  }
  return { settings: { threads: STUDY_AT_224.threads, presets: PRESETS }, figures, ratios: {} }
}

async function loadPresets() {
  const { openSources } = await import('../support/source-module.mjs')
  const sources = await openSources()
  const presets = await sources.load('src/shared/domain/presets.ts')
  await sources.close()
  return presets
}
