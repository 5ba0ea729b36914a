import { interleave, openOwnSteps, openPythonSteps, STUDY_AT_224 } from '../support/step-timing.mjs'

export const name = 'torch'
export const description = "a training step of the study's model at 224 × 224 against PyTorch, turn by turn"

export async function run({ log }) {
  const settings = { ...STUDY_AT_224, rounds: 6, stepsPerRound: 3 }
  const own = await openOwnSteps(settings)
  const torch = await openPythonSteps('torch_step_time.py', settings)
  if (torch === null)
    log('PyTorch is skipped: no Python with torch was found; name one in SCORESCOPE_PYTHON.')
  const sides = torch === null ? { scorescope: own } : { scorescope: own, torch }
  const figures = await interleave(sides, { rounds: settings.rounds, steps: settings.stepsPerRound })
  await own.close()
  await torch?.close()
  return {
    settings: { ...settings, ...own.versions, ...torch?.versions },
    figures,
    ratios:
      torch === null
        ? {}
        : {
            processorTimeToTorch:
              figures.scorescope.processorSecondsPerStep / figures.torch.processorSecondsPerStep,
            wallTimeToTorch: figures.scorescope.wallSecondsPerStep / figures.torch.wallSecondsPerStep,
          },
  }
}
