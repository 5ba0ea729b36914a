import { interleave, openOwnSteps, openPythonSteps, STUDY_AT_224 } from '../support/step-timing.mjs'

export const name = 'keras'
export const description = "a training step of the study's model at 224 × 224 against Keras 3, turn by turn"

/** Processor time, because other programs on the machine disturb wall-clock time more. */
export async function run({ log }) {
  const settings = { ...STUDY_AT_224, rounds: 6, stepsPerRound: 3 }
  const own = await openOwnSteps(settings)
  const keras = await openPythonSteps('step_time.py', settings)
  if (keras === null)
    log('Keras is skipped: no Python with keras and tensorflow was found; name one in SCORESCOPE_PYTHON.')
  const sides = keras === null ? { scorescope: own } : { scorescope: own, keras }
  const figures = await interleave(sides, { rounds: settings.rounds, steps: settings.stepsPerRound })
  await own.close()
  await keras?.close()
  return {
    settings: { ...settings, ...own.versions, ...keras?.versions },
    figures,
    ratios:
      keras === null
        ? {}
        : {
            processorTimeToKeras:
              figures.scorescope.processorSecondsPerStep / figures.keras.processorSecondsPerStep,
            wallTimeToKeras: figures.scorescope.wallSecondsPerStep / figures.keras.wallSecondsPerStep,
          },
  }
}
