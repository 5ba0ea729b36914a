import { existsSync, realpathSync, statSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { LIBRARY_NAMES, TENSORFLOW_VERSION, WHEELS, platformKey } from './native-folder.mjs'
import { PlainFailure, say } from './say.mjs'
import { installSystemPackages } from './system-packages.mjs'
import { checkWheel, downloadWheel, findPip, unpackWheel } from './wheel.mjs'

const OFFICIAL = 'https://www.tensorflow.org/install/lang_c'

/**
 * Puts the TensorFlow library for the addon into `folder` and its headers into `headers`, from what the user
 * named in SCORESCOPE_LIBTENSORFLOW (a folder or a wheel), else from the wheel that pip fetches.
 * @returns {Promise<{source: string, libraries: string[], libraryFolder: string, headers: string, wheelSha256: string|null}>}
 */
export async function obtainLibrary({ folder, headers, incoming }) {
  const named = process.env.SCORESCOPE_LIBTENSORFLOW
  if (named && !named.endsWith('.whl')) return linkFolder(resolve(named), folder)
  if (!WHEELS[platformKey])
    throw new PlainFailure(
      `No wheel of TensorFlow ${TENSORFLOW_VERSION} carries its C library for ${platformKey}: unpack the official C library (${OFFICIAL}) and name its folder in SCORESCOPE_LIBTENSORFLOW.`,
    )
  const file = named ? existing(resolve(named)) : await fetchWheel(incoming)
  const wheelSha256 = await checkWheel(file)
  const libraries = await unpackWheel({ file, folder, headers })
  return { source: named ? 'named-wheel' : 'pip', libraries, libraryFolder: folder, headers, wheelSha256 }
}

async function fetchWheel(incoming) {
  let python = await findPip()
  if (!python) {
    await installSystemPackages(['python3-pip'], 'pip, which fetches TensorFlow, is missing')
    python = await findPip()
  }
  if (!python) throw new PlainFailure('pip is still missing after installing python3-pip.')
  return downloadWheel(python, incoming)
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
