import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { CUDA_WHEELS } from './cuda-wheels.mjs'
import { PlainFailure, say } from './say.mjs'
import { checkWheel, downloadWheel, unpackMembers } from './wheel.mjs'
import { extractMember, readZipDirectory } from './zip-reader.mjs'

/** Libraries that TensorFlow never loads: other interfaces of the same, tools for profiling. */
const UNUSED = /nvblas|cusolverMg|cufftw|\.alt\.|libcheckpoint|libnvperf|libpcsampling/
const WANTED = [
  /^nvidia\/\w+\/lib\/[^/]+\.so[^/]*$/,
  // What XLA compiles with.
  /^nvidia\/cuda_nvcc\/bin\/ptxas$/,
  /^nvidia\/cuda_nvcc\/nvvm\/libdevice\/[^/]+\.bc$/,
]
const LICENCE = /\.dist-info\/(?:licenses\/)?Licen[cs]e[^/]*$/i

/** Where a member of NVIDIA's wheels goes, below the native folder; null for what is not needed. */
export function placeOfMember(name, packageName) {
  if (LICENCE.test(name)) return `nvidia/licences/${packageName}.txt`
  return WANTED.some((pattern) => pattern.test(name)) && !UNUSED.test(name) ? name : null
}

/**
 * What a wheel's METADATA asks for under an extra: "nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"".
 * @returns {{package: string, bounds: {comparison: string, version: string}[]}[]}
 */
export function requirementsOf(metadata, extra = 'and-cuda') {
  return metadata.split('\n').flatMap((line) => {
    const match = /^Requires-Dist:\s*([\w.-]+)\s*([^;]*);(.*)$/.exec(line.trim())
    if (match === null || !new RegExp(`extra == ["']${extra}["']`).test(match[3])) return []
    const bounds = [...match[2].matchAll(/(<=|>=|==|!=|<|>)\s*([\d.]+)/g)]
    return [
      {
        package: match[1].toLowerCase().replaceAll('_', '-'),
        bounds: bounds.map(([, comparison, version]) => ({ comparison, version })),
      },
    ]
  })
}

/** Compares versions number by number; what is missing counts as 0. */
function compareVersions(one, other) {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number))
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return Math.sign(difference)
  }
  return 0
}

const HOLDS = {
  '<': (sign) => sign < 0,
  '<=': (sign) => sign <= 0,
  '>': (sign) => sign > 0,
  '>=': (sign) => sign >= 0,
  '==': (sign) => sign === 0,
  '!=': (sign) => sign !== 0,
}

/**
 * The pinned wheel for each requirement. Refuses what is not pinned, or pinned in a version that is not asked for.
 * @returns {typeof CUDA_WHEELS}
 */
export function pinnedFor(requirements, pinned = CUDA_WHEELS) {
  if (requirements.length === 0)
    throw new PlainFailure("TensorFlow's GPU wheel names no CUDA libraries: it was refused.")
  return requirements.map((required) => {
    const found = pinned.find((wheel) => wheel.package === required.package)
    const fits =
      found !== undefined &&
      required.bounds.every(({ comparison, version }) =>
        HOLDS[comparison](compareVersions(found.version, version)),
      )
    if (fits) return found
    const bounds = required.bounds.map(({ comparison, version }) => comparison + version).join(',')
    const has = found === undefined ? 'none' : found.version
    throw new PlainFailure(
      `TensorFlow's GPU wheel asks for ${required.package}${bounds}, and Scorescope knows the checksum of ${has}: update Scorescope.`,
    )
  })
}

/** The METADATA of a wheel, as text. `folder` is for passing through. */
export async function metadataOf(file, folder) {
  const members = await readZipDirectory(file)
  const name = [...members.keys()].find((path) => path.endsWith('.dist-info/METADATA'))
  if (!name) throw new PlainFailure(`${basename(file)} is not a wheel: it has no METADATA.`)
  const target = join(folder, 'METADATA')
  await extractMember({ file, member: members.get(name), target })
  return readFileSync(target, 'utf8')
}

/**
 * Fetches, checks and unpacks NVIDIA's libraries one after the other, so that only one wheel lies on the disk at a time.
 * They keep their places relative to TensorFlow's libraries, where those and they themselves look for them.
 * @param {{python: string, wheels: typeof CUDA_WHEELS, folder: string, incoming: string, signal?: AbortSignal}} options
 * @returns {Promise<string[]>} paths below `folder`
 */
export async function addCudaLibraries({ python, wheels, folder, incoming, signal }) {
  const added = []
  for (const [index, wheel] of wheels.entries()) {
    const place = join(incoming, wheel.package)
    mkdirSync(place, { recursive: true })
    say(`CUDA library ${index + 1} of ${wheels.length}`)
    const file = await downloadWheel(python, place, { wheel, signal })
    await checkWheel(file, { wheel, signal })
    added.push(...(await unpackCudaWheel({ file, wheel, folder, incoming: place, signal })))
    rmSync(place, { recursive: true, force: true })
  }
  return added
}

/** Unpacks one of them. @returns {Promise<string[]>} paths below `folder` */
export async function unpackCudaWheel({ file, wheel, folder, incoming, signal }) {
  const placeOf = (name) => placeOfMember(name, wheel.package)
  const places = await unpackMembers({ file, folder, scratch: incoming, placeOf, signal })
  for (const place of places.filter((name) => name.includes('/bin/'))) chmodSync(join(folder, place), 0o755)
  return places
}
