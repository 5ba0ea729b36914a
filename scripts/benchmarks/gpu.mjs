import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { capture, findProgram } from '../support/child.mjs'
import { nodeBinary, nodeEnvironment } from '../support/node-binary.mjs'
import { PlainFailure } from '../support/say.mjs'
import { openSources } from '../support/source-module.mjs'
import { median, STUDY_AT_224 } from '../support/step-timing.mjs'

export const name = 'gpu'
export const description =
  "the study's step on a GPU in float32 and mixed precision: time, how busy the GPU is, gradients against the processor"

const PROBE = fileURLToPath(new URL('../support/gpu-probe.mjs', import.meta.url))
const SETTINGS = { spec: STUDY_AT_224.spec, size: 448, batch: 8, dropout: 0.25, rounds: 10, stepsPerRound: 5 }
/** Gradients are compared on a smaller input, so that the processor is done in seconds. */
const PARITY = { ...SETTINGS, size: 64, batch: 2, dropout: 0, rounds: 0, stepsPerRound: 0, gradients: true }

/** Each side in a process of its own: devices are chosen when TensorFlow is loaded. */
export async function run({ log }) {
  const reason = await whyNoGpu()
  if (reason !== null) {
    log(`There is no GPU to measure here: ${reason}`)
    return { settings: SETTINGS, figures: { gpu: 'none' }, ratios: {} }
  }
  const sides = {}
  for (const precision of ['float32', 'mixed']) {
    log(`${precision} …`)
    const busy = await watchBusyShare()
    const { times, device, peakMemoryBytes } = await probe({ ...SETTINGS, precision })
    const share = await busy.stop()
    const secondsPerStep = median(times)
    sides[precision] = { device, secondsPerStep, busyShare: share, peakMemoryBytes }
  }
  log('gradients on GPU and processor …')
  const onProcessor = await probe({ ...PARITY, precision: 'float32' }, { CUDA_VISIBLE_DEVICES: '-1' })
  for (const precision of ['float32', 'mixed']) {
    const onGpu = await probe({ ...PARITY, precision })
    sides[precision].gradientDistance = distance(onGpu.gradients, onProcessor.gradients)
  }
  return {
    settings: { ...SETTINGS, parity: PARITY },
    figures: sides,
    ratios: { mixedToFloat32: sides.mixed.secondsPerStep / sides.float32.secondsPerStep },
  }
}

/** A sentence, or null where TensorFlow computes on a GPU. */
async function whyNoGpu() {
  const sources = await openSources()
  try {
    const { findNativeFolder } = await sources.load('src/main/compute/backend.ts')
    const found = findNativeFolder(process.env)
    if (found.problem) return found.problem
  } finally {
    await sources.close()
  }
  const { report } = await probe({ describe: true })
  return report.gpu.used ? null : report.gpu.reason
}

async function probe(settings, environment = {}) {
  const result = await capture(nodeBinary(), [PROBE, JSON.stringify(settings)], {
    env: nodeEnvironment(environment),
  })
  const last = result.stdout.trim().split('\n').at(-1)
  if (result.code === 0 && last) return JSON.parse(last)
  throw new PlainFailure(
    `The measuring process ended (${result.code}): ${result.stderr.trim().split('\n').at(-1)}`,
  )
}

/** Largest of the layers' distances: length of the difference over the length of the processor's gradient. */
function distance(gradients, expected) {
  const length = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  const each = Object.entries(expected).map(
    ([layer, values]) =>
      length(values.map((value, at) => value - gradients[layer][at])) / Math.max(length(values), 1e-12),
  )
  return Math.max(...each)
}

/**
 * Samples, once a second, the share of time in which the GPU computed; NaN where nvidia-smi cannot tell.
 * @returns {Promise<{stop(): Promise<number>}>}
 */
async function watchBusyShare() {
  if (!(await findProgram('nvidia-smi'))) return { stop: () => Promise.resolve(NaN) }
  const query = ['--query-gpu=utilization.gpu', '--format=csv,noheader,nounits', '--loop=1']
  const child = spawn('nvidia-smi', query, { stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  child.on('error', () => undefined)
  const closed = new Promise((resolve) => child.once('close', resolve))
  return {
    async stop() {
      child.kill()
      await closed
      return busyShareOf(text)
    },
  }
}

/** Mean of the samples in which it worked at all: before and after, the process loads and ends. */
export function busyShareOf(text) {
  const samples = text
    .split('\n')
    .map(Number.parseFloat)
    .filter((value) => value > 0)
  if (samples.length === 0) return NaN
  return samples.reduce((sum, value) => sum + value, 0) / samples.length / 100
}
