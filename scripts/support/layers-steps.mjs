/** The study's autoencoder trained by tf.layers on the same native library, as TensorFlow.js means it to be used. */
import { createRequire } from 'node:module'
import util from 'node:util'
import { join } from 'node:path'
import { root } from './paths.mjs'

const require = createRequire(join(root, 'package.json'))

export async function openLayersSteps({ spec, size, batch, dropout, threads }) {
  process.env.TF_NUM_INTRAOP_THREADS = process.env.TF_NUM_INTEROP_THREADS = String(threads)
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  const tf = openTensorflow()
  const model = autoencoder(tf, { spec, size, dropout })
  model.compile({ optimizer: tf.train.adam(1e-3, 0.9, 0.999, 1e-7), loss: 'meanSquaredError' })
  const pixels = tf.randomUniform([batch, size, size, 1], 0, 1, 'float32', 1)
  await model.trainOnBatch(pixels, pixels)
  return {
    versions: { layers: tf.version['tfjs-layers'] },
    async time(steps) {
      const [wall, processor] = [performance.now(), process.cpuUsage()]
      for (let done = 0; done < steps; done += 1) await model.trainOnBatch(pixels, pixels)
      const { user, system } = process.cpuUsage(processor)
      return {
        wallSeconds: (performance.now() - wall) / 1000 / steps,
        processorSeconds: (user + system) / 1e6 / steps,
        peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      }
    },
    async close() {
      model.dispose()
    },
  }
}

/** What the package's own entry does, with the addon from our native folder instead of one inside the package. */
function openTensorflow() {
  // Node 23 took away what the package still calls.
  util.isNullOrUndefined ??= (value) => value === null || value === undefined
  util.isArray ??= Array.isArray
  const tf = require('@tensorflow/tfjs')
  const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js')
  require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js')
  const addon = { exports: {} }
  process.dlopen(addon, join(process.env.SCORESCOPE_NATIVE_FOLDER, 'tfjs_binding.node'))
  tf.enableProdMode()
  tf.registerBackend(
    'tensorflow',
    () => new NodeJSKernelBackend(addon.exports, '@tensorflow/tfjs-node-gpu'),
    3,
  )
  tf.setBackend('tensorflow')
  return tf
}

function autoencoder(tf, { spec, size, dropout }) {
  const blocks = spec.split(',').map((part) => part.split(/[x@]/).map(Number))
  let value = tf.input({ shape: [size, size, 1] })
  const pixels = value
  const convolve = ([convolutions, filters, kernelSize]) => {
    for (let layer = 0; layer < convolutions; layer += 1) {
      value = tf.layers.conv2d({ filters, kernelSize, padding: 'same', useBias: false }).apply(value)
      value = tf.layers.reLU().apply(tf.layers.batchNormalization().apply(value))
    }
  }
  for (const block of blocks) {
    convolve(block)
    value = tf.layers.maxPooling2d({ poolSize: 2 }).apply(value)
    value = tf.layers.dropout({ rate: dropout }).apply(value)
  }
  for (const block of [...blocks].reverse()) {
    value = tf.layers.upSampling2d({ size: [2, 2] }).apply(value)
    convolve(block)
    value = tf.layers.dropout({ rate: dropout }).apply(value)
  }
  const output = tf.layers.conv2d({ filters: 1, kernelSize: 3, padding: 'same', activation: 'sigmoid' })
  return tf.model({ inputs: pixels, outputs: output.apply(value) })
}
