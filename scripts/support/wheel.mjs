import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { capture, findProgram } from './child.mjs'
import { LIBRARY_NAMES, TENSORFLOW_VERSION, WHEELS, platformKey } from './native-folder.mjs'
import { PlainFailure, megabytes, progressLine, say } from './say.mjs'
import { extractMember, readZipDirectory } from './zip-reader.mjs'

/** Header folders that the addon's sources reach, and no more: the wheel carries 13,000 headers. */
const HEADER_PREFIXES = [
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/ctstring',
  'tensorflow/include/tsl/platform/ctstring',
  'tensorflow/include/xla/tsl/c/',
]
const NOTICES = 'tensorflow/THIRD_PARTY_NOTICES.txt'

/** A Python that has pip, as a command, or null. */
export async function findPip() {
  for (const python of ['python3', 'python']) {
    if ((await findProgram(python)) && (await capture(python, ['-m', 'pip', '--version'])).code === 0)
      return python
  }
  return null
}

/**
 * Fetches a wheel with pip into `folder` and gives its path: this platform's TensorFlow unless another is named.
 * @param {{wheel?: {package: string, version?: string, platform: string, sizeBytes: number}, signal?: AbortSignal}} [options]
 */
export async function downloadWheel(python, folder, { wheel = WHEELS[platformKey], signal } = {}) {
  mkdirSync(folder, { recursive: true })
  const line = progressLine()
  const whole = megabytes(wheel.sizeBytes)
  say(`Fetching ${wheel.package} ${versionOf(wheel)} (${whole}) with pip …`)
  const timer = setInterval(() => line.show(`  ${megabytes(folderBytes(folder))} of ${whole}`), 250)
  const result = await capture(python, pipArguments(wheel, folder), {
    env: { ...process.env, TMPDIR: folder },
    signal,
  })
  clearInterval(timer)
  line.end()
  signal?.throwIfAborted()
  const file = readdirSync(folder).find((name) => name.endsWith('.whl'))
  if (result.code === 0 && file) return join(folder, file)
  throw new PlainFailure(pipFailure(`${result.stdout}\n${result.stderr}`, wheel))
}

const versionOf = (wheel) => wheel.version ?? TENSORFLOW_VERSION

function pipArguments(wheel, folder) {
  const target = [
    '--platform',
    wheel.platform,
    '--implementation',
    'cp',
    '--python-version',
    '3.11',
    '--abi',
    'cp311',
  ]
  const quiet = ['--disable-pip-version-check', '--no-input', '--progress-bar', 'off', '--retries', '1']
  return [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--no-cache-dir',
    '--only-binary',
    ':all:',
    ...quiet,
    ...target,
  ].concat(['--dest', folder, `${wheel.package}==${versionOf(wheel)}`])
}

function pipFailure(output, wheel) {
  const what = `${wheel.package} ${versionOf(wheel)}`
  if (/No space left on device/i.test(output))
    return `The disk is full: there is no room for ${what} (${megabytes(wheel.sizeBytes)}).`
  if (
    /NewConnectionError|ConnectTimeout|Name or service|resolution|Connection refused|unreachable|ProxyError|SSLError|timed out/i.test(
      output,
    )
  )
    return `pip cannot reach its package index to fetch ${what}: check the network, the proxy or pip's index-url.`
  if (/No matching distribution|Could not find a version/i.test(output))
    return `pip's package index does not offer ${what} for ${wheel.platform}.`
  const last =
    output
      .split('\n')
      .filter((text) => /error/i.test(text))
      .at(-1) ?? output.trim().split('\n').at(-1)
  return `pip could not fetch ${what}: ${last?.trim()}`
}

function folderBytes(folder) {
  let total = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    try {
      if (entry.isFile()) total += statSync(join(entry.parentPath ?? entry.path, entry.name)).size
    } catch {
      // pip moves its temporary files while we look: a file that has gone counts nothing.
    }
  }
  return total
}

/** Refuses a wheel whose SHA-256 is not the pinned one. */
export async function checkWheel(file, { wheel = WHEELS[platformKey], signal } = {}) {
  const expected = wheel.sha256
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, { signal })
  const found = hash.digest('hex')
  if (found !== expected)
    throw new PlainFailure(
      `${basename(file)} is not the file that Scorescope expects (SHA-256 ${found.slice(0, 16)}…, expected ${expected.slice(0, 16)}…): it was refused. Fetch it again, or look at where pip gets it.`,
    )
  return found
}

/**
 * Unpacks the two libraries into `folder` and the headers into `headers`, each compared with the wheel's
 * own RECORD of hashes.
 */
export async function unpackWheel({ file, folder, headers, signal }) {
  const names = LIBRARY_NAMES[0]
  const inFolder = (name) => names.includes(basename(name)) || name === NOTICES
  await unpackMembers({
    file,
    folder,
    scratch: headers,
    signal,
    placeOf: (name) => {
      if (!wanted(name, names)) return null
      return inFolder(name)
        ? join(folder, basename(name))
        : join(headers, name.replace('tensorflow/include/', ''))
    },
  })
  return names
}

/** Members larger than this show how far they are. */
const SHOWN_BYTES = 5_000_000

/**
 * Unpacks members of a wheel, each compared with the wheel's own RECORD of hashes.
 * @param {{file: string, folder: string, scratch: string, placeOf: (name: string) => string | null, signal?: AbortSignal}} options
 *   `placeOf` says where below `folder` a member goes, null for nowhere
 * @returns {Promise<string[]>} those places
 */
export async function unpackMembers({ file, folder, scratch, placeOf, signal }) {
  const members = await readZipDirectory(file)
  const recordName = [...members.keys()].find((name) => name.endsWith('.dist-info/RECORD'))
  if (!recordName) throw new PlainFailure(`${basename(file)} is not a wheel: it has no RECORD.`)
  const recordFile = join(scratch, 'RECORD')
  await extractMember({ file, member: members.get(recordName), target: recordFile, signal })
  const recorded = recordedHashes(readFileSync(recordFile, 'utf8'))
  const line = progressLine()
  const places = []
  for (const [name, member] of members) {
    const place = placeOf(name)
    if (place === null) continue
    const size = megabytes(member.sizeBytes)
    const onBytes = (bytes) =>
      member.sizeBytes > SHOWN_BYTES &&
      line.show(`  unpacking ${basename(name)}: ${megabytes(bytes)} of ${size}`)
    const found = await extractMember({ file, member, target: resolve(folder, place), onBytes, signal })
    if (recorded.get(name) !== found)
      throw new PlainFailure(
        `${basename(name)} inside ${basename(file)} is damaged (its checksum is wrong): fetch the wheel again.`,
      )
    places.push(place)
  }
  line.end()
  return places
}

const wanted = (path, libraries) =>
  !path.endsWith('/') &&
  (libraries.some((name) => path === `tensorflow/${name}`) ||
    path === NOTICES ||
    HEADER_PREFIXES.some((prefix) => path.startsWith(prefix)))

const recordedHashes = (text) =>
  new Map(
    text.split('\n').flatMap((line) => {
      const match = /^(.*),sha256=([\w-]+)=*,\d*\s*$/.exec(line)
      return match ? [[match[1], match[2]]] : []
    }),
  )
