/** The app as `npm run package -- --dir` packs it, in a place from which this checkout cannot be found. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { copyFileSync, linkSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { chromium, type Page } from 'playwright-core'
import { packedExecutable } from '../../scripts/support/packed-app.mjs'
import { root, until } from './engine-process'

const run = promisify(execFile)
/** Longer than the app waits for its engine. */
const QUIT_SECONDS = 30

export interface PackedApp {
  /** Electron with the app in it. */
  readonly executable: string
  /** The folder of what is packed beside Electron. */
  readonly resources: string
  /** All that its processes know: empty folders for caches and settings, the system's programs, a display. */
  readonly environment: Readonly<Record<string, string>>
}

/** Packs what has changed since it was last packed, and puts it below the folder. @throws when it cannot be packed */
export async function putPackedApp(folder: string): Promise<PackedApp> {
  const script = join(root, 'scripts', 'package.mjs')
  await run(process.execPath, [script, '--dir', '--if-stale'])
  const app = join(folder, 'app')
  linkFolder(dirname(packedExecutable), app)
  return {
    executable: join(app, 'scorescope'),
    resources: join(app, 'resources'),
    environment: environmentIn(folder),
  }
}

/** The same files under other names, because a gigabyte is not copied for a test; copied where another disk is. */
function linkFolder(from: string, to: string): void {
  mkdirSync(to)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) linkFolder(source, target)
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else linkFile(source, target)
  }
}

function linkFile(source: string, target: string): void {
  try {
    linkSync(source, target)
  } catch {
    copyFileSync(source, target)
  }
}

function environmentIn(folder: string): Record<string, string> {
  const folders = { HOME: 'home', XDG_CACHE_HOME: 'cache', XDG_CONFIG_HOME: 'config', XDG_DATA_HOME: 'data' }
  const environment: Record<string, string> = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' }
  for (const [name, below] of Object.entries(folders)) {
    environment[name] = join(folder, below)
    mkdirSync(join(folder, below))
  }
  const known = { ...process.env }
  known['XAUTHORITY'] ??= join(homedir(), '.Xauthority')
  for (const name of ['DISPLAY', 'XAUTHORITY', 'WAYLAND_DISPLAY', 'XDG_RUNTIME_DIR'])
    if (known[name] !== undefined) environment[name] = known[name]
  return environment
}

/** Runs the packed command line. @returns what it printed as JSON @throws when it fails */
export async function runPackedCommand(
  { resources, environment }: PackedApp,
  ...args: readonly string[]
): Promise<unknown> {
  const command = join(resources, 'bin', 'scorescope')
  const { stdout } = await run(command, [...args, '--json'], { cwd: resources, env: environment })
  return JSON.parse(stdout)
}

export interface PackedWindow {
  readonly process: ChildProcess
  readonly page: Page
  /** Everything that the page asked for. */
  readonly requests: readonly string[]
  /** Asks the app to quit. @returns its exit code, once it is gone */
  quit(): Promise<number | null>
}

/** Its fuses let nobody inspect its main process, so the page is reached as a debugger of Chromium reaches it. */
export async function openPackedWindow(
  { executable, environment }: PackedApp,
  project: string,
): Promise<PackedWindow> {
  // Root has no sandbox of Chromium's; CI often is root.
  const flags = ['--no-sandbox', '--disable-gpu', '--remote-debugging-port=0']
  const app = spawn(executable, [...flags, project], {
    cwd: dirname(executable),
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => app.once('exit', resolve))
  try {
    // Electron has one browsing context, and takes no settings of it from outside.
    const browser = await chromium.connectOverCDP(await debuggerOf(app), { noDefaults: true })
    const [context] = browser.contexts()
    if (context === undefined) throw new Error('The packed app has no browsing context.')
    const requests: string[] = []
    context.on('request', (request) => requests.push(request.url()))
    const page = context.pages()[0] ?? (await context.waitForEvent('page'))
    const quit = async (): Promise<number | null> => {
      await browser.close()
      app.kill('SIGTERM')
      const timer = setTimeout(() => app.kill('SIGKILL'), QUIT_SECONDS * 1000)
      return ended.finally(() => clearTimeout(timer))
    }
    return { process: app, page, requests, quit }
  } catch (error) {
    app.kill('SIGKILL')
    throw error
  }
}

/** The address for debuggers, once the app has a page: before that, Electron does not answer them. */
async function debuggerOf(app: ChildProcess): Promise<string> {
  const address = await new Promise<string>((resolve, reject) => {
    let said = ''
    app.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-20_000)
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    })
    app.once('error', reject)
    app.once('exit', (code, signal) => reject(new Error(`The packed app ended (${code ?? signal}): ${said}`)))
  })
  const targets = new URL('/json/list', address.replace(/^ws:/, 'http:'))
  await until(
    async () =>
      ((await (await fetch(targets)).json()) as { type: string }[]).some(({ type }) => type === 'page'),
    'the packed app has a page',
  )
  return address
}
