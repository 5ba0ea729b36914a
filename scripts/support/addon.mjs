import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { capture, findProgram } from './child.mjs'
import { ADDON_NAME, addonSources } from './native-folder.mjs'
import { nodeBinary } from './node-binary.mjs'
import { root } from './paths.mjs'
import { PlainFailure } from './say.mjs'

/** The C++ compiler that CXX names, or the first one found; null where there is none. */
export async function findCompiler() {
  for (const name of [process.env.CXX, 'g++', 'clang++', 'c++'])
    if (name && (await findProgram(name))) return name
  return null
}

/**
 * Compiles `@tensorflow/tfjs-node-gpu`'s own sources into `folder`. The addon speaks Node-API, so the headers
 * of the package node-api-headers do for every Node.
 * @param {{compiler: string, folder: string, headers: string, libraries: string[], libraryFolder: string, signal?: AbortSignal}} options
 */
export async function buildAddon({ compiler, folder, headers, libraries, libraryFolder, signal }) {
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(addonSources, 'binding', name))
  if (!existsSync(sources[0]))
    throw new PlainFailure(
      `@tensorflow/tfjs-node-gpu is not installed: run \`npm install\` in ${root} first.`,
    )
  const include = [nodeApiHeaders(), headers, addonSources].map((path) => `-I${path}`)
  // Its messages name source files: those of the package, not of the machine that builds an installer.
  const names = `-ffile-prefix-map=${root}=`
  const shape = ['-O2', '-s', '-fPIC', '-std=c++17', '-DNAPI_VERSION=8', names]
  const link = libraries.map((name) => join(libraryFolder, name))
  const target = ['-o', join(folder, ADDON_NAME)]
  const args = [...shape, ...linkStyle(folder, libraryFolder), ...include, ...sources]
  const result = await capture(compiler, [...args, ...link, ...target], { signal })
  signal?.throwIfAborted()
  if (result.code === 0) return
  if (/No space left on device/i.test(result.stderr))
    throw new PlainFailure(`The disk is full: the addon could not be written to ${folder}.`)
  const first = result.stderr.split('\n').find((text) => /error/i.test(text)) ?? result.stderr.trim()
  throw new PlainFailure(`${compiler} could not build the TensorFlow addon: ${first.trim()}`)
}

/** Where the addon looks for its libraries: beside or below itself, or in the folder that the user named. */
function linkStyle(folder, libraryFolder) {
  const inside = relative(folder, libraryFolder)
  const own = process.platform === 'darwin' ? '@loader_path' : '$ORIGIN'
  const place = inside.startsWith('..') || isAbsolute(inside) ? libraryFolder : join(own, inside)
  const shape = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']
  return [...shape, `-Wl,-rpath,${place}`]
}

function nodeApiHeaders() {
  const require = createRequire(join(root, 'package.json'))
  return join(dirname(require.resolve('node-api-headers/package.json')), 'include')
}

/** Run in a child: load the addon, multiply two matrices, print the version, the devices and the product. */
const PROOF = `
const os = require('node:os')
const loaded = { exports: {} }
process.dlopen(loaded, process.argv[1], os.constants.dlopen.RTLD_NOW)
const tf = loaded.exports
const flag = (name) => ({ name, type: tf.TF_ATTR_BOOL, value: false })
const type = { name: 'T', type: tf.TF_ATTR_TYPE, value: tf.TF_FLOAT }
const x = tf.createTensor([2, 2], tf.TF_FLOAT, new Float32Array([1, 2, 3, 4]))
const [y] = tf.executeOp('MatMul', [flag('transpose_a'), flag('transpose_b'), type], [x, x], 1)
const product = [...tf.tensorDataSync(y.id)]
console.log(JSON.stringify({ version: tf.TF_Version, gpu: tf.isUsingGpuDevice(), product, node: process.version }))
`

/**
 * Proves the addon by running an operation in a child process with the Node that Scorescope uses.
 * @returns {Promise<{version: string, gpu: boolean, node: string}>}
 */
export async function verifyAddon(folder) {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', NODE_OPTIONS: '' }
  const result = await capture(nodeBinary(), ['-e', PROOF, join(folder, ADDON_NAME)], { env })
  const failed = (why) => new PlainFailure(`The TensorFlow addon was built but does not work: ${why}`)
  if (result.code !== 0) {
    const reason =
      result.stderr.split('\n').find((text) => /error/i.test(text)) ?? `it ended with ${result.code}`
    throw failed(reason.trim())
  }
  const proof = JSON.parse(result.stdout.trim().split('\n').at(-1))
  if (proof.product.join() !== '7,10,15,22')
    throw failed(`[[1,2],[3,4]]² came out as ${proof.product.join(' ')}.`)
  return proof
}
