import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { capture } from './child.mjs'
import { nodeBinary, nodeEnvironment } from './node-binary.mjs'
import { root } from './paths.mjs'
import { say } from './say.mjs'

const packageFolder = join(root, 'node_modules', 'electron')
const PROBE_MS = 6_000
const DOWNLOAD_MS = 600_000

/**
 * Electron's own binary for the desktop window: installed, or named by ELECTRON_OVERRIDE_DIST_PATH, or
 * downloaded now where the network lets it.
 * @returns {Promise<{path: string} | {reason: string}>}
 */
export async function obtainElectron() {
  const found = installedElectron()
  if (found) return { path: found }
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH)
    return {
      reason: `ELECTRON_OVERRIDE_DIST_PATH names ${process.env.ELECTRON_OVERRIDE_DIST_PATH}, where no Electron is`,
    }
  if (!existsSync(packageFolder)) return { reason: 'the npm package electron is not installed' }
  const version = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version
  if (!(await canReach(downloadAddress(version))))
    return {
      reason: `Electron ${version} is not installed and its download server cannot be reached from here`,
    }
  say(`Fetching Electron ${version} (about 120 MB), once …`)
  const result = await capture(nodeBinary(), [join(packageFolder, 'install.js')], {
    timeout: DOWNLOAD_MS,
    env: nodeEnvironment(),
  })
  const path = installedElectron()
  return path
    ? { path }
    : { reason: `Electron ${version} could not be downloaded (${lastError(result.stderr)})` }
}

function installedElectron() {
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH || join(packageFolder, 'dist')
  const name =
    { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform] ?? 'electron'
  return existsSync(join(dist, name)) ? join(dist, name) : null
}

const downloadAddress = (version) => {
  const mirror = process.env.ELECTRON_MIRROR ?? 'https://github.com/electron/electron/releases/download/'
  return `${mirror}v${version}/SHASUMS256.txt`
}

/** Asked by a child in Node 24, which knows the proxy of the environment. */
async function canReach(address) {
  const ask = `fetch(process.argv[1], { method: 'HEAD', signal: AbortSignal.timeout(${PROBE_MS}) })
    .then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))`
  const env = nodeEnvironment({ NODE_USE_ENV_PROXY: '1' })
  return (await capture(nodeBinary(), ['-e', ask, address], { env, timeout: PROBE_MS + 2_000 })).code === 0
}

const lastError = (text) =>
  text
    .split('\n')
    .find((line) => /error/i.test(line))
    ?.trim() ?? 'no reason given'

/** Why no window can open here, or null where one can. */
export function displayProblem() {
  if (process.platform !== 'linux') return null
  if (process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return null
  return 'there is no display here (DISPLAY and WAYLAND_DISPLAY are unset)'
}
