import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { buildAddon, findCompiler, verifyAddon } from './addon.mjs'
import { cancellable } from './cancellation.mjs'
import { capture, isRunning } from './child.mjs'
import { CUDA_WHEELS } from './cuda-wheels.mjs'
import { driverProblem } from './graphics-driver.mjs'
import { obtainGpuLibrary, obtainLibrary } from './library-source.mjs'
import {
  ADDON_NAME,
  GPU_WHEELS,
  RECORD_NAME,
  TENSORFLOW_VERSION,
  addonVersion,
  nativeFolder,
  nativeStatus,
  platformKey,
  sha256,
} from './native-folder.mjs'
import { PlainFailure, say } from './say.mjs'
import { installSystemPackages } from './system-packages.mjs'

const INCOMING = '.incoming-'
const PATIENCE_MS = 600_000

/**
 * Makes the native parts whole in their folder: library, addon, record. Everything happens in a temporary
 * folder beside it, which then takes its place in one rename, so that the folder is whole or absent, and what was set
 * up before works on until then.
 * @param {{again?: boolean, build?: 'cpu' | 'gpu' | null, force?: boolean}} [options] `build`: null keeps to the one that
 *   is set up, the CPU's at first; `force`: set the GPU build up where no driver for it is found
 * @returns {Promise<{folder: string, record: object, fresh: boolean}>}
 */
export async function setUpTensorFlow({ again = false, build = null, force = false } = {}) {
  const folder = nativeFolder()
  const status = nativeStatus(folder)
  const present = buildOf(folder)
  const wanted = build ?? present ?? 'cpu'
  if (status.ready && !again && present === wanted) return { folder, record: status.record, fresh: false }
  const costs = wanted === 'gpu' ? await gpuCosts(force) : CPU_COSTS
  if (existsSync(join(folder, RECORD_NAME)) && !status.ready)
    say(`Setting up TensorFlow again: ${status.reason}.`)
  if (process.platform === 'win32')
    throw new PlainFailure(
      'The native TensorFlow addon cannot be built on Windows yet: train on Linux or macOS.',
    )
  const compiler = await ensureCompiler()
  const parent = dirname(folder)
  await ensureSpace(parent, costs)
  if (wanted === 'gpu') say(announceGpu(costs, parent))
  sweep(parent)
  const incoming = join(parent, `${INCOMING}${process.pid}`)
  const whole = join(incoming, 'whole')
  try {
    mkdirSync(whole, { recursive: true })
    const record = await cancellable((signal) =>
      assemble({ compiler, whole, incoming, build: wanted, signal }),
    )
    replaceFolder(whole, folder)
    say(`TensorFlow ${record.tensorflow} is ready in ${folder}`)
    return { folder, record, fresh: true }
  } catch (error) {
    if (error.name === 'AbortError') throw new PlainFailure('Set-up was cancelled: nothing was changed.')
    throw error.code === 'ENOSPC'
      ? new PlainFailure(`The disk is full: TensorFlow could not be set up in ${parent}.`)
      : error
  } finally {
    rmSync(incoming, { recursive: true, force: true })
  }
}

/**
 * Sets TensorFlow up where it can be; where it cannot, says why and what follows from it. A patient caller
 * does not try again within ten minutes of a failure, which can take a minute of waiting for a network.
 * @param {{again?: boolean, patient?: boolean}} [options]
 * @returns {Promise<{folder: string, record: object, fresh: boolean} | null>}
 */
export async function offerTensorFlow({ again = false, patient = false } = {}) {
  const failureFile = `${nativeFolder()}.failure`
  try {
    const recent = patient && !nativeStatus().ready ? recentFailure(failureFile) : null
    if (recent) throw new PlainFailure(`${recent} (\`npm run setup\` tries again)`)
    const done = await setUpTensorFlow({ again })
    rmSync(failureFile, { force: true })
    return done
  } catch (error) {
    if (!(error instanceof PlainFailure)) throw error
    say(error.message)
    say('Scorescope will use the pure JavaScript engine, which is slow: choose the quick preset.')
    if (!error.message.endsWith('tries again)')) recordFailure(failureFile, error.message)
    return null
  }
}

function recentFailure(file) {
  const found = statSync(file, { throwIfNoEntry: false })
  return found && Date.now() - found.mtimeMs < PATIENCE_MS ? readFileSync(file, 'utf8') : null
}

function recordFailure(file, message) {
  try {
    writeFileSync(file, message)
  } catch {
    // A cache that cannot be written is told by the failure itself; without this note we only try again sooner.
  }
}

async function assemble({ compiler, whole, incoming, build, signal }) {
  const obtain = build === 'gpu' ? obtainGpuLibrary : obtainLibrary
  const { others = [], ...library } = await obtain({
    folder: whole,
    headers: join(incoming, 'include'),
    incoming: join(incoming, 'wheel'),
    signal,
  })
  say(`Building the TensorFlow addon with ${compiler} …`)
  await buildAddon({ compiler, folder: whole, ...library, signal })
  const proof = await verifyAddon(whole)
  if (proof.version !== TENSORFLOW_VERSION && !process.env.SCORESCOPE_NATIVE_FOLDER)
    throw new PlainFailure(
      `The library is TensorFlow ${proof.version}, but Scorescope is tested with ${TENSORFLOW_VERSION}: to use it all the same, name a folder for it in SCORESCOPE_NATIVE_FOLDER.`,
    )
  signal.throwIfAborted()
  // Libraries of a folder that the user named are linked beside the addon.
  const folder = library.libraryFolder.startsWith(whole) ? library.libraryFolder : whole
  const paths = [...library.libraries.map((name) => relative(whole, join(folder, name))), ...others]
  const sizes = paths.map((path) => [path, statSync(join(whole, path)).size])
  const record = {
    tensorflow: proof.version,
    source: library.source,
    build,
    wheelSha256: library.wheelSha256,
    libraries: Object.fromEntries(sizes),
    addonVersion: addonVersion(),
    addonSha256: sha256(readFileSync(join(whole, ADDON_NAME))),
    builtWith: (await capture(compiler, ['--version'])).stdout.split('\n')[0],
    verifiedWith: `Node ${proof.node}`,
    verifiedAt: new Date().toISOString(),
    gpu: proof.gpu,
  }
  writeFileSync(join(whole, RECORD_NAME), `${JSON.stringify(record, null, 2)}\n`)
  return record
}

async function ensureCompiler() {
  const found = await findCompiler()
  if (found) return found
  if (process.platform === 'darwin')
    throw new PlainFailure(
      'A C++ compiler is missing, which builds the TensorFlow addon: run `xcode-select --install`.',
    )
  await installSystemPackages(['g++'], 'A C++ compiler, which builds the TensorFlow addon, is missing')
  return 'g++'
}

/** Wheel and what is taken out of it, for a moment both. */
const CPU_COSTS = { fetchedBytes: 280_000_000, keptBytes: 860_000_000, neededBytes: 1_300_000_000 }
/** For the addon's build and for headers. */
const SPARE_BYTES = 200_000_000

/** The build that is set up in a folder, whole or not; null where none is. */
function buildOf(folder) {
  const file = join(folder, RECORD_NAME)
  if (!existsSync(file)) return null
  try {
    return JSON.parse(readFileSync(file, 'utf8')).build === 'gpu' ? 'gpu' : 'cpu'
  } catch {
    // A record that cannot be read is told by nativeStatus.
    return null
  }
}

/** What the GPU build costs. Refuses it where it could not be used, unless it is forced. */
export async function gpuCosts(force, { key = platformKey, problem = driverProblem } = {}) {
  const wheel = GPU_WHEELS[key]
  if (!wheel)
    throw new PlainFailure(
      `TensorFlow ${TENSORFLOW_VERSION} uses GPUs on Linux x64 only, and this is ${key}: the CPU build does the same work.`,
    )
  const wheels = [wheel, ...CUDA_WHEELS]
  const sum = (of) => wheels.reduce((total, one) => total + one[of], 0)
  const [fetchedBytes, keptBytes] = [sum('sizeBytes'), sum('unpackedBytes')]
  const largest = Math.max(...wheels.map(({ sizeBytes }) => sizeBytes))
  const obstacle = await problem()
  if (obstacle !== null && !force)
    throw new PlainFailure(
      `The GPU build cannot be used here (${obstacle}): set the driver up first, or add --force to fetch it all the same (${gigabytes(fetchedBytes)}).`,
    )
  if (obstacle !== null) say(`Until that is changed, training stays on the processor: ${obstacle}.`)
  return { fetchedBytes, keptBytes, neededBytes: keptBytes + largest + SPARE_BYTES }
}

const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`

const announceGpu = ({ fetchedBytes, keptBytes }, parent) =>
  `TensorFlow's GPU build and ${CUDA_WHEELS.length} CUDA libraries: ${gigabytes(fetchedBytes)} to fetch, ${gigabytes(keptBytes)} kept in ${parent}. Ctrl-C leaves what is set up as it is.`

async function ensureSpace(parent, { neededBytes }) {
  mkdirSync(parent, { recursive: true })
  const { bavail, bsize } = await statfs(parent)
  if (bavail * bsize < neededBytes)
    throw new PlainFailure(
      `The disk is nearly full: setting up TensorFlow needs ${gigabytes(neededBytes)} in ${parent}, which has ${gigabytes(bavail * bsize)} free.`,
    )
}

/** Removes what interrupted set-ups have left behind, told by the process id in the folder's name. */
function sweep(parent) {
  for (const name of readdirSync(parent)) {
    if (name.startsWith(INCOMING) && !isRunning(Number(name.slice(INCOMING.length))))
      rmSync(join(parent, name), { recursive: true, force: true })
  }
}

/** A full folder cannot be renamed over another: the old one steps aside first. */
function replaceFolder(from, to) {
  const aside = `${from}-old`
  if (existsSync(to)) renameSync(to, aside)
  renameSync(from, to)
}
