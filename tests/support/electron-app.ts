/** The built app in a real Electron, as a user starts it. */
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { _electron, errors, type ElectronApplication, type Page } from 'playwright-core'
import { electronForTests } from './electron-runtime'
import { root } from './engine-process'

const found = electronForTests()

/** Why no journey can be made in Electron here, or null. */
export const electronProblem: string | null = 'reason' in found ? found.reason : null

export interface DesktopApp {
  readonly app: ElectronApplication
  readonly page: Page
  /** Everything that the page asked for. */
  readonly requests: readonly string[]
  /** What the app wrote, its refusals included. */
  readonly output: () => string
}

export interface DesktopOptions {
  /** For the Electron of the test and the app's settings; see `electronTree`. */
  readonly folder: string
  readonly args?: readonly string[]
}

export async function launchDesktop({ folder, args = [] }: DesktopOptions): Promise<DesktopApp> {
  let output = ''
  const app = await attach({
    executablePath: electronTree(folder),
    // Root has no sandbox of Chromium's; CI often is root.
    args: ['--no-sandbox', '--disable-gpu', ...args],
    env: { ...environment(), SCORESCOPE_SETTINGS_FOLDER: join(folder, 'settings') },
  })
  for (const stream of [app.process().stdout, app.process().stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = `${output}${text}`.slice(-100_000)
    })
  const requests: string[] = []
  app.context().on('request', (request) => requests.push(request.url()))
  const page = await app.firstWindow()
  return { app, page, requests, output: () => output }
}

type LaunchOptions = NonNullable<Parameters<typeof _electron.launch>[0]>

/**
 * Playwright now and then misses the window of this old Electron when it attaches on a busy machine, and then waits for
 * ever: the app is ended and started again. What the app itself does wrong shows at the last try, too.
 */
async function attach(options: LaunchOptions, triesLeft = 2): Promise<ElectronApplication> {
  try {
    return await _electron.launch({ ...options, timeout: 90_000 })
  } catch (error) {
    if (triesLeft === 0 || !(error instanceof errors.TimeoutError)) throw error
    console.log(`Playwright could not attach to Electron within 90 s; ${triesLeft} more tries.`)
    return attach(options, triesLeft - 1)
  }
}

/**
 * An Electron of the test's own that starts this checkout: it looks for its app beside its executable, so the
 * executable is copied and the rest is linked. A whole Electron would take the checkout as an argument instead.
 */
function electronTree(folder: string): string {
  if ('reason' in found) throw new Error(found.reason)
  const tree = join(folder, 'electron')
  const executable = join(tree, basename(found.path))
  try {
    mkdirSync(tree)
  } catch {
    return executable
  }
  for (const name of readdirSync(found.folder)) {
    if (name === basename(found.path) || name === 'resources') continue
    symlinkSync(join(found.folder, name), join(tree, name))
  }
  cpSync(found.path, executable)
  mkdirSync(join(tree, 'resources'))
  symlinkSync(root, join(tree, 'resources', 'app'))
  return executable
}

function environment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return Object.fromEntries(entries)
}
