import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { capture, isRunning } from './child.mjs'
import { nodeBinary, nodeEnvironment } from './node-binary.mjs'
import { root } from './paths.mjs'
import { PlainFailure, say } from './say.mjs'

/** What each target is built from, and a file that it gives. */
const TARGETS = {
  main: { sources: ['src/main', 'src/shared'], gives: 'out/main/cli.cjs' },
  preload: { sources: ['src/preload', 'src/shared'], gives: 'out/preload/index.cjs' },
  renderer: { sources: ['src/renderer', 'src/shared'], gives: 'out/renderer/index.html' },
}
const SETTINGS = ['package-lock.json', 'electron.vite.config.ts', 'tsconfig.base.json']
const LOCK_WAIT_MS = 180_000

/**
 * Builds the targets whose sources have changed, told by their content, and nothing otherwise (about 50 ms).
 * Two processes that want the same build wait for one another.
 * @param {('main'|'preload'|'renderer')[]} wanted
 */
export async function ensureBuilt(wanted = Object.keys(TARGETS)) {
  if (staleTargets(wanted).length === 0) return
  const release = await takeLock(join(root, 'out', '.building'))
  try {
    const stale = staleTargets(wanted)
    if (stale.length > 0) await build(stale)
  } finally {
    release()
  }
}

const staleTargets = (wanted) =>
  wanted.filter((name) => {
    const stamp = stampFile(name)
    return (
      !existsSync(stamp) ||
      !existsSync(join(root, TARGETS[name].gives)) ||
      readFileSync(stamp, 'utf8') !== fingerprint(name)
    )
  })

async function build(targets) {
  say(`Building Scorescope (${targets.join(', ')}) …`)
  const fingerprints = targets.map(fingerprint)
  const program = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const args = [program, 'build', '--config', 'scripts/support/build-targets.config.ts', '--logLevel', 'warn']
  const env = nodeEnvironment({
    SCORESCOPE_BUILD_TARGETS: targets.join(','),
    NODE_ENV: 'production',
    NO_COLOR: '1',
  })
  const result = await capture(nodeBinary(), args, { cwd: root, env })
  if (result.code !== 0)
    throw new PlainFailure(`Scorescope could not be built:\n${reasons(`${result.stdout}${result.stderr}`)}`)
  targets.forEach((name, index) => writeFileSync(stampFile(name), fingerprints[index]))
}

/** What went wrong, without the bundler's own stack. */
const reasons = (output) =>
  output
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at /.test(line))
    .join('\n')

const stampFile = (name) => join(root, 'out', `.${name}.stamp`)

function fingerprint(name) {
  const hash = createHash('sha256')
  const files = [...SETTINGS, ...TARGETS[name].sources.flatMap(filesBelow)].sort()
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0')
  return hash.digest('hex')
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length))
}

/** A file that exists while one process builds; one left by a process that has died is taken over. */
async function takeLock(file) {
  mkdirSync(join(file, '..'), { recursive: true })
  const untilMs = Date.now() + LOCK_WAIT_MS
  while (Date.now() < untilMs) {
    try {
      const handle = openSync(file, 'wx')
      writeFileSync(handle, String(process.pid))
      closeSync(handle)
      return () => rmSync(file, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (!isRunning(lockOwner(file))) rmSync(file, { force: true })
    else await sleep(150)
  }
  throw new PlainFailure(
    `Another build has held ${file} for three minutes: delete that file if none is running.`,
  )
}

function lockOwner(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || process.pid
  } catch {
    return process.pid
  }
}
