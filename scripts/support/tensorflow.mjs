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
import { dirname, join } from 'node:path'
import { buildAddon, findCompiler, verifyAddon } from './addon.mjs'
import { capture, isRunning } from './child.mjs'
import { obtainLibrary } from './library-source.mjs'
import {
  ADDON_NAME,
  RECORD_NAME,
  TENSORFLOW_VERSION,
  addonVersion,
  nativeFolder,
  nativeStatus,
  sha256,
} from './native-folder.mjs'
import { PlainFailure, say } from './say.mjs'
import { installSystemPackages } from './system-packages.mjs'

const NEEDED_BYTES = 1_300_000_000
const INCOMING = '.incoming-'
const PATIENCE_MS = 600_000

/**
 * Makes the native parts whole in their folder: library, addon, record. Everything happens in a temporary
 * folder beside it, which then takes its place in one rename, so that the folder is whole or absent.
 * @returns {Promise<{folder: string, record: object, fresh: boolean}>}
 */
export async function setUpTensorFlow({ again = false } = {}) {
  const folder = nativeFolder()
  const status = nativeStatus(folder)
  if (status.ready && !again) return { folder, record: status.record, fresh: false }
  if (existsSync(join(folder, RECORD_NAME)) && !status.ready)
    say(`Setting up TensorFlow again: ${status.reason}.`)
  if (process.platform === 'win32')
    throw new PlainFailure(
      'The native TensorFlow addon cannot be built on Windows yet: train on Linux or macOS.',
    )
  const compiler = await ensureCompiler()
  const parent = dirname(folder)
  await ensureSpace(parent)
  sweep(parent)
  const incoming = join(parent, `${INCOMING}${process.pid}`)
  const whole = join(incoming, 'whole')
  try {
    mkdirSync(whole, { recursive: true })
    const record = await assemble({ compiler, whole, incoming })
    replaceFolder(whole, folder)
    say(`TensorFlow ${record.tensorflow} is ready in ${folder}`)
    return { folder, record, fresh: true }
  } catch (error) {
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

async function assemble({ compiler, whole, incoming }) {
  const library = await obtainLibrary({
    folder: whole,
    headers: join(incoming, 'include'),
    incoming: join(incoming, 'wheel'),
  })
  say(`Building the TensorFlow addon with ${compiler} …`)
  await buildAddon({ compiler, folder: whole, ...library })
  const proof = await verifyAddon(whole)
  if (proof.version !== TENSORFLOW_VERSION && !process.env.SCORESCOPE_NATIVE_FOLDER)
    throw new PlainFailure(
      `The library is TensorFlow ${proof.version}, but Scorescope is tested with ${TENSORFLOW_VERSION}: to use it all the same, name a folder for it in SCORESCOPE_NATIVE_FOLDER.`,
    )
  const sizes = library.libraries.map((name) => [name, statSync(join(whole, name)).size])
  const record = {
    tensorflow: proof.version,
    source: library.source,
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

async function ensureSpace(parent) {
  mkdirSync(parent, { recursive: true })
  const { bavail, bsize } = await statfs(parent)
  if (bavail * bsize < NEEDED_BYTES)
    throw new PlainFailure(
      `The disk is nearly full: setting up TensorFlow needs ${(NEEDED_BYTES / 1e9).toFixed(1)} GB in ${parent}, which has ${((bavail * bsize) / 1e9).toFixed(1)} GB free.`,
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
