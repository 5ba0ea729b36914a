import { existsSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { openSources } from '../support/source-module.mjs'
import { median } from '../support/step-timing.mjs'
import { startCompute } from './support/engine.mjs'

export const name = 'first-step'
export const description =
  "from nothing to the end of the first training step of the study's model at 224 × 224"

const SETTINGS = {
  spec: '3x16@5,3x32@3,3x64@3',
  size: 224,
  batch: 4,
  dropout: 0.25,
  threads: cpus().length,
  times: 5,
}

/**
 * The built compute process as the engine starts it, several times, each phase waited for; then the same phases in this
 * process, where those inside the second can be told apart. Without XLA.
 */
export async function run({ log }) {
  const sources = await openSources()
  const { createYardstick } = await sources.load('src/main/core/system/yardstick.ts')
  const { spec, size, batch, dropout } = SETTINGS
  const yardstick = createYardstick({ spec, inputSize: size, dropout, microBatch: batch, steps: 0 })
  const found = []
  try {
    for (let time = 1; time <= SETTINGS.times; time += 1) {
      found.push(await timeOnce(yardstick))
      log(`${time} of ${SETTINGS.times}: ${found.at(-1).wholeSeconds.toFixed(2)} s`)
    }
  } finally {
    yardstick.remove()
  }
  const figures = Object.fromEntries(
    Object.keys(found[0]).map((phase) => [phase, median(found.map((times) => times[phase]))]),
  )
  figures.quickestWholeSeconds = Math.min(...found.map(({ wholeSeconds }) => wholeSeconds))
  figures.processorSecondsByPhase = await phasesInside(sources)
  await sources.close()
  return { settings: SETTINGS, figures, ratios: {} }
}

async function timeOnce({ plan, sampleFile }) {
  const { threads } = SETTINGS
  const startMs = performance.now()
  const since = () => (performance.now() - startMs) / 1000
  const compute = await startCompute({
    TF_NUM_INTRAOP_THREADS: String(threads),
    OMP_NUM_THREADS: String(threads),
  })
  try {
    const startSeconds = since()
    const report = await compute.ask('device', 'describe')
    const librarySeconds = since() - startSeconds
    const request = { plan: { ...plan, threads }, sampleFile, steps: 0 }
    const { firstStepSeconds } = await compute.ask('training', 'measure', request)
    const wholeSeconds = since()
    if (report.backend !== 'tensorflow') throw new Error(report.origin)
    return {
      wholeSeconds,
      processorSeconds: processorSecondsOf(compute.pid),
      startSeconds,
      librarySeconds,
      graphAndSessionSeconds: wholeSeconds - startSeconds - librarySeconds - firstStepSeconds,
      firstStepSeconds,
    }
  } finally {
    await compute.stop()
  }
}

/** What a process used so far, all its threads: in hundredths of a second on Linux, elsewhere not told. */
function processorSecondsOf(pid) {
  const file = `/proc/${pid}/stat`
  if (!existsSync(file)) return NaN
  const fields = readFileSync(file, 'utf8').split(') ').at(-1).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Processor time, because a busy machine disturbs it less. */
async function phasesInside(sources) {
  const { spec, size, batch, dropout, threads } = SETTINGS
  const { loadBackend } = await sources.load('src/main/compute/backend.ts')
  const { buildTrainingGraph } = await sources.load('src/main/compute/graph/training-graph.ts')
  const { Session } = await sources.load('src/main/compute/native/session.ts')
  const { initialValues, trainingParameters } = await sources.load('src/main/compute/parameters.ts')
  const { NativeTrainer } = await sources.load('src/main/compute/native/native-trainer.ts')
  const { architectureFrom } = await sources.load('src/shared/domain/presets.ts')
  const architecture = architectureFrom({ spec, inputSize: size, dropout, head: null })
  const phases = {}
  const timed = (phase, work) => {
    const before = process.cpuUsage()
    const result = work()
    const { user, system } = process.cpuUsage(before)
    phases[phase] = (user + system) / 1e6
    return result
  }
  const { binding } = timed('library', () => loadBackend({ environment: process.env, threads }))
  const graph = timed('graph', () => buildTrainingGraph(architecture))
  const session = timed('session', () => Session.open(binding, graph.bytes))
  session.close()
  const trainer = new NativeTrainer(binding, architecture)
  const values = timed('firstWeights', () => initialValues(trainingParameters(architecture), 1))
  timed('assignment', () => trainer.assign(values))
  const pixels = Uint8Array.from(
    { length: batch * size * size },
    (_, index) => Math.imul(index, 2654435761) >>> 24,
  )
  const step = (number) =>
    trainer.train(
      { pixels, labels: null },
      {
        dropoutSeed: [1, number * 6],
        share: 1,
        labelledShare: 0,
        statisticsRate: 0.1,
        update: { learningRate: 1e-3, step: number },
      },
    )
  timed('firstStep', () => step(1))
  timed('secondStep', () => step(2))
  trainer.close()
  return phases
}
