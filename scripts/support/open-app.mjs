import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findProgram, passThrough } from './child.mjs'
import { displayProblem, obtainElectron } from './electron.mjs'
import { nodeBinary, nodeEnvironment } from './node-binary.mjs'
import { root } from './paths.mjs'
import { say } from './say.mjs'

/** An Electron that ends sooner than this, and badly, never showed its window. */
const STARTED_MS = 6_000

/**
 * Opens the app and stays until it ends: in its window where Electron and a display can be had, else says why
 * not in one line and serves the same app to a browser.
 * @param {{project?: string, browser?: boolean, open?: boolean}} options `browser` asks for the browser at once
 * @returns {Promise<number>} the exit code
 */
export async function openApp({ project, browser = false, open = true } = {}) {
  const reason = browser ? null : (displayProblem() ?? (await openWindow(project)))
  if (typeof reason === 'number') return reason
  if (reason) say(`No desktop window: ${reason}. Opening Scorescope in the browser instead.`)
  return serve({ project, open })
}

/** @returns {Promise<number | string>} the window's exit code, or why it did not open */
async function openWindow(project) {
  const electron = await obtainElectron()
  if ('reason' in electron) return electron.reason
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0
  if (asRoot) say('Running as root: Chromium refuses its own sandbox, so the window runs without it.')
  const args = [...(asRoot ? ['--no-sandbox'] : []), root, ...(project ? [project] : [])]
  const startedMs = Date.now()
  const code = await passThrough(electron.path, args, { env: nodeEnvironment(), cwd: root })
  if (code !== 0 && Date.now() - startedMs < STARTED_MS) return `Electron ended at once with code ${code}`
  return code
}

function serve({ project, open }) {
  const args = [join(root, 'out', 'main', 'serve.cjs'), ...(project ? [project] : [])]
  const child = spawn(nodeBinary(), args, { stdio: ['inherit', 'pipe', 'inherit'], env: nodeEnvironment() })
  const forward = (signal) => child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward)
  createInterface({ input: child.stdout }).on('line', (line) => {
    const url = addressIn(line)
    if (!url) return
    say('Open this address in a browser; it works on this machine only, until Ctrl-C:')
    process.stdout.write(`${url}\n`)
    if (open) void openBrowser(url)
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 0))
  })
}

function addressIn(line) {
  try {
    return JSON.parse(line).url ?? null
  } catch {
    return null
  }
}

/** Opens the person's own browser; where there is none, the address has been printed. */
async function openBrowser(url) {
  if (displayProblem()) return
  const opener = { darwin: ['open', url], win32: ['cmd', '/c', 'start', '', url] }[process.platform] ?? [
    'xdg-open',
    url,
  ]
  if (process.platform === 'linux' && !(await findProgram(opener[0]))) return
  spawn(opener[0], opener.slice(1), { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}
