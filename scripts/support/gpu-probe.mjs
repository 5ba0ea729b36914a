// Trains the model that the argument describes on the device that the environment leaves, and prints what it measured
// as one line of JSON. With {describe: true} it only says what is there.
import { openSources } from './source-module.mjs'

const settings = JSON.parse(process.argv[2])
const sources = await openSources()
const { loadBackend } = await sources.load('src/main/compute/backend.ts')
const backend = loadBackend({ environment: process.env, threads: null })
const result = settings.describe ? { report: backend.report } : await measure()
await sources.close()
process.stdout.write(`${JSON.stringify(result)}\n`)

/** Dark lines and spots on light paper: unlike noise, something that a model can learn. */
function staves(count, size) {
  return Uint8Array.from({ length: count * size * size }, (_, index) => {
    const [x, row] = [index % size, Math.floor(index / size)]
    const spot = Math.imul((row >> 2) * 97 + (x >> 2), 2654435761) >>> 28 === 0
    return row % 12 < 2 || spot ? 20 : 245
  })
}

async function measure() {
  if (backend.kind !== 'tensorflow') throw new Error(backend.report.origin)
  const { NativeTrainer } = await sources.load('src/main/compute/native/native-trainer.ts')
  const { initialValues, trainingParameters } = await sources.load('src/main/compute/parameters.ts')
  const { peakMemoryBytes } = await sources.load('src/main/compute/peak-memory.ts')
  const { architectureFrom } = await sources.load('src/shared/domain/presets.ts')
  const { spec, size, batch, dropout, precision, rounds, stepsPerRound } = settings
  const architecture = architectureFrom({ spec, inputSize: size, dropout, head: null })
  const trainer = new NativeTrainer(backend.binding, architecture, precision)
  trainer.assign(initialValues(trainingParameters(architecture), 1))
  const pixels = staves(batch, size)
  const given = { pixels, labels: null }
  const update = (step) => ({
    dropoutSeed: [1, step * 6],
    share: 1,
    labelledShare: 0,
    statisticsRate: 0.1,
    update: { learningRate: 1e-3, step },
  })
  const found = settings.gradients ? trainer.gradients(given, update(1)) : new Map()
  let step = 0
  const timed = (steps) => {
    const startMs = performance.now()
    for (let done = 0; done < steps; done += 1) trainer.train(given, update((step += 1)))
    return (performance.now() - startMs) / 1000 / steps
  }
  // Kernels are chosen, and compiled, during the first steps.
  if (rounds > 0) timed(3)
  const times = Array.from({ length: rounds }, () => timed(stepsPerRound))
  trainer.close()
  const gradients = Object.fromEntries([...found].map(([layer, list]) => [layer, Array.from(list)]))
  return { times, gradients, device: backend.report.device, peakMemoryBytes: peakMemoryBytes() }
}
