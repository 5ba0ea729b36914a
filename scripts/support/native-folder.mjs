import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { cacheFolder, root } from './paths.mjs'

/** The TensorFlow that Scorescope is built and tested with. */
export const TENSORFLOW_VERSION = '2.21.0'

/**
 * The wheels that carry TensorFlow's C library, one per platform, with the SHA-256 that each must have.
 * Every wheel is the one for CPython 3.11, whichever Python fetches it: only its C library is used.
 */
export const WHEELS = {
  'linux-x64': {
    package: 'tensorflow-cpu',
    platform: 'manylinux_2_27_x86_64',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    sizeBytes: 273_829_956,
  },
  'linux-arm64': {
    package: 'tensorflow',
    platform: 'manylinux_2_27_aarch64',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    sizeBytes: 281_800_000,
  },
  'darwin-arm64': {
    package: 'tensorflow',
    platform: 'macosx_12_0_arm64',
    sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
    sizeBytes: 223_400_000,
  },
}

/** The wheel with GPU support, of the same version and C library; it names the CUDA libraries that it needs. */
export const GPU_WHEELS = {
  'linux-x64': {
    package: 'tensorflow',
    platform: 'manylinux_2_27_x86_64',
    sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
    sizeBytes: 572_440_367,
    unpackedBytes: 1_259_021_080,
  },
}

export const platformKey = `${process.platform}-${process.arch}`

/** File names of the shared libraries, the C API first: a wheel's, then those of the official C archive. */
export const LIBRARY_NAMES =
  process.platform === 'darwin'
    ? [
        ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'],
        ['libtensorflow.2.dylib', 'libtensorflow_framework.2.dylib'],
      ]
    : [
        ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
        ['libtensorflow.so.2', 'libtensorflow_framework.so.2'],
      ]

export const ADDON_NAME = 'tfjs_binding.node'
export const RECORD_NAME = 'native.json'

/** Where the native parts live once they are set up: outside node_modules, so that `npm ci` keeps them. */
export function nativeFolder(env = process.env) {
  if (env.SCORESCOPE_NATIVE_FOLDER) return resolve(env.SCORESCOPE_NATIVE_FOLDER)
  return join(cacheFolder(env), 'native', `tensorflow-${TENSORFLOW_VERSION}-${platformKey}`)
}

/** The folder of the addon's C++ sources, inside node_modules. */
export const addonSources = join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu')

/**
 * What is set up, in milliseconds: the record is read, sizes are compared, the addon is hashed (80 kB).
 * @returns {{ready: true, record: object} | {ready: false, reason: string}}
 */
export function nativeStatus(folder = nativeFolder()) {
  const recordFile = join(folder, RECORD_NAME)
  if (!existsSync(recordFile)) return { ready: false, reason: 'TensorFlow is not set up yet' }
  try {
    const record = JSON.parse(readFileSync(recordFile, 'utf8'))
    for (const [name, sizeBytes] of Object.entries(record.libraries)) {
      if (statSync(join(folder, name)).size !== sizeBytes)
        return { ready: false, reason: `${name} has changed since it was set up` }
    }
    if (sha256(readFileSync(join(folder, ADDON_NAME))) !== record.addonSha256)
      return { ready: false, reason: `${ADDON_NAME} has changed since it was built` }
    if (existsSync(addonSources) && record.addonVersion !== addonVersion())
      return {
        ready: false,
        reason: `the addon was built from version ${record.addonVersion} of its sources`,
      }
    return { ready: true, record }
  } catch (error) {
    return { ready: false, reason: `what is set up in ${folder} cannot be read (${error.message})` }
  }
}

export const addonVersion = () => JSON.parse(readFileSync(join(addonSources, 'package.json'), 'utf8')).version

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')
