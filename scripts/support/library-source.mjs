import { existsSync, realpathSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { addCudaLibraries, metadataOf, pinnedFor, requirementsOf } from './cuda.mjs'
import { GPU_WHEELS, LIBRARY_NAMES, TENSORFLOW_VERSION, WHEELS, platformKey } from './native-folder.mjs'
import { PlainFailure, say } from './say.mjs'
import { installSystemPackages } from './system-packages.mjs'
import { checkWheel, downloadWheel, findPip, unpackWheel } from './wheel.mjs'

const OFFICIAL = 'https://www.tensorflow.org/install/lang_c'

/**
 * Puts the TensorFlow library for the addon into `folder` and its headers into `headers`, from what the user
 * named in SCORESCOPE_LIBTENSORFLOW (a folder or a wheel), else from the wheel that pip fetches.
 * @returns {Promise<{source: string, libraries: string[], libraryFolder: string, headers: string, wheelSha256: string|null}>}
 */
export async function obtainLibrary({ folder, headers, incoming, signal }) {
  const named = process.env.SCORESCOPE_LIBTENSORFLOW
  if (named && !named.endsWith('.whl')) return linkFolder(resolve(named), folder)
  if (!WHEELS[platformKey])
    throw new PlainFailure(
      `No wheel of TensorFlow ${TENSORFLOW_VERSION} carries its C library for ${platformKey}: unpack the official C library (${OFFICIAL}) and name its folder in SCORESCOPE_LIBTENSORFLOW.`,
    )
  const file = named
    ? existing(resolve(named))
    : await downloadWheel(await requirePip(), incoming, { signal })
  const wheelSha256 = await checkWheel(file, { signal })
  const libraries = await unpackWheel({ file, folder, headers, signal })
  return { source: named ? 'named-wheel' : 'pip', libraries, libraryFolder: folder, headers, wheelSha256 }
}

/**
 * Puts the GPU build of TensorFlow and the CUDA libraries that it names into `folder`, as they lie beside one another in
 * Python: each finds the next by the paths that are written into it.
 * @returns {ReturnType<typeof obtainLibrary>}, with `others`: the CUDA libraries, below `folder`
 */
export async function obtainGpuLibrary({ folder, headers, incoming, signal }) {
  const wheel = GPU_WHEELS[platformKey]
  const python = await requirePip()
  const named = process.env.SCORESCOPE_LIBTENSORFLOW
  const file = named?.endsWith('.whl')
    ? existing(resolve(named))
    : await downloadWheel(python, incoming, { wheel, signal })
  const wheelSha256 = await checkWheel(file, { wheel, signal })
  const wheels = pinnedFor(requirementsOf(await metadataOf(file, incoming)))
  const libraryFolder = join(folder, 'tensorflow')
  const libraries = await unpackWheel({ file, folder: libraryFolder, headers, signal })
  if (!named) rmSync(file)
  const others = await addCudaLibraries({ python, wheels, folder, incoming, signal })
  const source = `${wheel.package} with CUDA`
  return { source, libraries, libraryFolder, headers, wheelSha256, others }
}

async function requirePip() {
  let python = await findPip()
  if (!python) {
    await installSystemPackages(['python3-pip'], 'pip, which fetches TensorFlow, is missing')
    python = await findPip()
  }
  if (!python) throw new PlainFailure('pip is still missing after installing python3-pip.')
  return python
}

function existing(file) {
  if (existsSync(file) && statSync(file).isFile()) return file
  throw new PlainFailure(`SCORESCOPE_LIBTENSORFLOW names ${file}, which is not there.`)
}

/** A folder of the user's is linked, not copied: it stays theirs, and may lean on libraries beside it. */
function linkFolder(named, folder) {
  for (const path of [named, join(named, 'lib'), join(named, 'tensorflow')]) {
    for (const names of LIBRARY_NAMES) {
      if (!names.every((name) => existsSync(join(path, name)))) continue
      const headers = [join(path, 'include'), join(dirname(path), 'include')].find((candidate) =>
        existsSync(join(candidate, 'tensorflow', 'c', 'c_api.h')),
      )
      if (!headers)
        throw new PlainFailure(`${path} has TensorFlow's libraries but no include/tensorflow/c beside them.`)
      for (const name of names) symlinkSync(realpathSync(join(path, name)), join(folder, name))
      say(`Using ${basename(names[0])} from ${path}`)
      return { source: path, libraries: names, libraryFolder: path, headers, wheelSha256: null }
    }
  }
  throw new PlainFailure(
    `SCORESCOPE_LIBTENSORFLOW names ${named}, where ${LIBRARY_NAMES[0][0]} is not to be found: name the folder that holds it.`,
  )
}
