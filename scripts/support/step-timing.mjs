/** Training steps timed against those of other libraries, turn by turn, so that a busy machine is busy for both. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from './paths.mjs'
import { openSources } from './source-module.mjs'

/** The study's architecture at half its side, as in the promise that is measured. */
export const STUDY_AT_224 = {
  spec: '3x16@5,3x32@3,3x64@3',
  size: 224,
  batch: 4,
  dropout: 0.25,
  threads: cpus().length,
}

/** Scorescope's own training step, in this process. */
export async function openOwnSteps({ spec, size, batch, dropout, threads }) {
  process.env.TF_NUM_INTRAOP_THREADS = process.env.TF_NUM_INTEROP_THREADS = String(threads)
  const sources = await openSources()
  const { loadBackend } = await sources.load('src/main/compute/backend.ts')
  const { NativeTrainer } = await sources.load('src/main/compute/native/native-trainer.ts')
  const { initialValues, trainingParameters } = await sources.load('src/main/compute/parameters.ts')
  const { peakMemoryBytes } = await sources.load('src/main/compute/peak-memory.ts')
  const { architectureFrom } = await sources.load('src/shared/domain/presets.ts')
  const backend = loadBackend({ environment: process.env, threads })
  if (backend.kind !== 'tensorflow') throw new Error(backend.report.origin)
  const architecture = architectureFrom({ spec, inputSize: size, dropout, head: null })
  const trainer = new NativeTrainer(backend.binding, architecture)
  trainer.assign(initialValues(trainingParameters(architecture), 1))
  const pixels = Uint8Array.from({ length: batch * size * size }, (_, index) => (index * 2654435761) >>> 24)
  let step = 0
  const train = () => {
    step += 1
    trainer.train(
      { pixels, labels: null },
      {
        dropoutSeed: [1, step * 6],
        share: 1,
        labelledShare: 0,
        statisticsRate: 0.1,
        update: { learningRate: 1e-3, step },
      },
    )
  }
  train()
  return {
    versions: backend.report.versions,
    time(steps) {
      const [wall, processor] = [performance.now(), process.cpuUsage()]
      for (let done = 0; done < steps; done += 1) train()
      const { user, system } = process.cpuUsage(processor)
      return {
        wallSeconds: (performance.now() - wall) / 1000 / steps,
        processorSeconds: (user + system) / 1e6 / steps,
        peakMemoryBytes: peakMemoryBytes(),
      }
    },
    async close() {
      trainer.close()
      await sources.close()
    },
  }
}

/**
 * A peer in Python, or null where it cannot be started. `SCORESCOPE_PYTHON` names the interpreter.
 * @param {{preload?: string | null}} options preload: a library to load before all others, such as an allocator
 */
export async function openPythonSteps(
  script,
  { spec, size, batch, dropout, threads },
  { preload = null } = {},
) {
  const python = process.env.SCORESCOPE_PYTHON ?? 'python3'
  const args = ['-B', join(root, 'scripts', 'keras', script), spec, size, batch, dropout, threads].map(String)
  const env = preload === null ? process.env : { ...process.env, LD_PRELOAD: preload }
  const child = spawn(python, args, { stdio: ['pipe', 'pipe', 'ignore'], env })
  const gone = once(child, 'close').catch(() => undefined)
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const read = async () => {
    const { value, done } = await lines.next()
    return done ? null : JSON.parse(value)
  }
  const { ready, ...versions } = (await read()) ?? { ready: false }
  if (!ready) {
    await gone
    return null
  }
  return {
    versions,
    async time(steps) {
      child.stdin.write(`${steps}\n`)
      return read()
    },
    async close() {
      child.stdin.end()
      await gone
    },
  }
}

/**
 * Times each in turn, `rounds` times `steps` steps, and takes the median of its rounds.
 * @param {Record<string, {time: (steps: number) => any}>} sides
 */
export async function interleave(sides, { rounds, steps }) {
  const times = Object.fromEntries(Object.keys(sides).map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const [name, side] of Object.entries(sides)) times[name].push(await side.time(steps))
  return Object.fromEntries(
    Object.entries(times).map(([name, list]) => [
      name,
      {
        processorSecondsPerStep: median(list.map((time) => time.processorSeconds)),
        wallSecondsPerStep: median(list.map((time) => time.wallSeconds)),
        peakMemoryBytes: Math.max(...list.map((time) => time.peakMemoryBytes)),
      },
    ]),
  )
}

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
