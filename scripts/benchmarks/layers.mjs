import { join } from 'node:path'
import { openSources } from '../support/source-module.mjs'
import { openLayersSteps } from '../support/layers-steps.mjs'
import { interleave, openOwnSteps, STUDY_AT_224 } from '../support/step-timing.mjs'

export const name = 'layers'
export const description = "a training step of the study's model at 224 × 224 against tf.layers, turn by turn"

export async function run() {
  const settings = { ...STUDY_AT_224, rounds: 4, stepsPerRound: 2 }
  await nameNativeFolder()
  const own = await openOwnSteps(settings)
  const layers = await openLayersSteps(settings)
  const figures = await interleave(
    { scorescope: own, layers },
    { rounds: settings.rounds, steps: settings.stepsPerRound },
  )
  // One process holds both, so its peak says nothing about either: see the benchmark named memory.
  for (const side of Object.values(figures)) delete side.peakMemoryBytes
  await own.close()
  await layers.close()
  return {
    settings: { ...settings, ...own.versions, ...layers.versions },
    figures,
    ratios: {
      processorTimeToLayers:
        figures.scorescope.processorSecondsPerStep / figures.layers.processorSecondsPerStep,
      wallTimeToLayers: figures.scorescope.wallSecondsPerStep / figures.layers.wallSecondsPerStep,
    },
  }
}

async function nameNativeFolder() {
  const sources = await openSources()
  const { findNativeFolder } = await sources.load('src/main/compute/backend.ts')
  const found = findNativeFolder(process.env)
  await sources.close()
  if (found.problem) throw new Error(found.problem)
  process.env.SCORESCOPE_NATIVE_FOLDER = join(found.folder)
}
