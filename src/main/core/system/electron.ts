/** Whether the desktop window can open here, found out without opening one. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { DoctorReport } from '@shared/domain/system'

type Environment = Readonly<Record<string, string | undefined>>
type ElectronReport = DoctorReport['electron']

const require = createRequire(import.meta.url)
const LISTING_MS = 10_000

export async function findElectron(environment: Environment): Promise<ElectronReport> {
  // Set by the window for its engine.
  const running = environment['SCORESCOPE_ELECTRON']
  if (running !== undefined) return { available: true, version: running, reason: 'it runs this window' }
  const found = findExecutable(environment)
  if (found.executable === null) return { available: false, version: found.version, reason: found.reason }
  const obstacle = displayObstacle(environment) ?? (await missingLibraries(found.executable))
  const reason = obstacle ?? `found at ${found.executable}`
  return { available: obstacle === null, version: found.version, reason }
}

type Found =
  | { readonly executable: string; readonly version: string | null }
  | { readonly executable: null; readonly version: string | null; readonly reason: string }

/** In a checkout the `electron` package, whose binary comes separately; in an installation the app beside its resources. */
function findExecutable(environment: Environment): Found {
  const packageFile = electronPackage()
  if (packageFile === null) return findInstalledApp()
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }
  const dist = environment['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(dirname(packageFile), 'dist')
  const executable = join(dist, executableName())
  if (existsSync(executable)) return { executable, version: versionOf(dist) ?? version }
  return { executable: null, version, reason: `Electron's binary was not downloaded to ${dist}` }
}

function electronPackage(): string | null {
  try {
    return require.resolve('electron/package.json')
  } catch {
    return null
  }
}

/** `<app>/resources/engine/cli.cjs` runs; the window's executable is in `<app>`. */
function findInstalledApp(): Found {
  const application = join(dirname(process.argv[1] ?? '.'), '..', '..')
  const name = process.platform === 'win32' ? 'Scorescope.exe' : 'scorescope'
  const candidates = [join(application, name), join(application, 'MacOS', 'Scorescope')]
  const executable = candidates.find((candidate) => existsSync(candidate))
  if (executable === undefined)
    return { executable: null, version: null, reason: 'neither Electron nor the installed app was found' }
  return { executable, version: versionOf(application) }
}

function executableName(): string {
  if (process.platform === 'win32') return 'electron.exe'
  return process.platform === 'darwin' ? join('Electron.app', 'Contents', 'MacOS', 'Electron') : 'electron'
}

/** Electron's distributions carry their version in a file of that name. */
function versionOf(dist: string): string | null {
  const file = join(dist, 'version')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/, '') : null
}

function displayObstacle(environment: Environment): string | null {
  if (process.platform !== 'linux') return null
  const display = environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY'] ?? ''
  return display === '' ? 'there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set' : null
}

/** On Linux, libraries of the system that the binary needs and that are not installed. */
async function missingLibraries(executable: string): Promise<string | null> {
  if (process.platform !== 'linux') return null
  try {
    const { stdout } = await promisify(execFile)('ldd', [executable], { timeout: LISTING_MS })
    const missing = stdout
      .split('\n')
      .filter((line) => line.includes('not found'))
      .map((line) => line.trim().split(' ')[0])
    return missing.length === 0 ? null : `these system libraries are missing: ${missing.join(', ')}`
  } catch {
    // Without ldd nothing can be said beforehand.
    return null
  }
}
