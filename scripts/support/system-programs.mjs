import { existsSync } from 'node:fs'
import { capture, findProgram } from './child.mjs'
import { installSystemPackages } from './system-packages.mjs'

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Shared libraries that Electron's binary links, by the Debian package that brings each. */
const WINDOW_LIBRARIES = {
  'libgtk-3.so.0': 'libgtk-3-0',
  'libnss3.so': 'libnss3',
  'libasound.so.2': 'libasound2',
  'libgbm.so.1': 'libgbm1',
}

/** Chromium's path, or null: the one that SCORESCOPE_CHROMIUM names, else the system's. */
export async function findChromium() {
  const named = process.env.SCORESCOPE_CHROMIUM
  if (named) return existsSync(named) ? named : null
  for (const name of CHROMIUM_NAMES) {
    const found = await findProgram(name)
    if (found) return found
  }
  return null
}

/** Chromium's path, installed where that may be done. Throws a PlainFailure that says what to do. */
export async function ensureChromium() {
  const found = await findChromium()
  if (found) return found
  await installSystemPackages(['chromium'], 'Chromium, in which the window is tested, is missing')
  return findChromium()
}

/** Installs what Electron's window needs of the system: its libraries, and a display if there is none. */
export async function ensureWindowLibraries({ display }) {
  if (process.platform !== 'linux') return
  const missing = await missingLibraries()
  if (display && !process.env.DISPLAY && !(await findProgram('Xvfb'))) missing.push('xvfb', 'xauth')
  if (missing.length > 0)
    await installSystemPackages(missing, 'Parts of the system that a window needs are missing')
}

async function missingLibraries() {
  const cache = await capture('sh', ['-c', 'PATH=$PATH:/sbin:/usr/sbin ldconfig -p'])
  const wanted = Object.entries(WINDOW_LIBRARIES).filter(([library]) => !cache.stdout.includes(`${library} `))
  return Promise.all(wanted.map(([, name]) => debianName(name)))
}

/** Newer Debian and Ubuntu renamed libraries when time_t became 64 bits wide. */
async function debianName(name) {
  const renamed = await capture('apt-cache', ['show', `${name}t64`])
  return renamed.code === 0 && renamed.stdout.length > 0 ? `${name}t64` : name
}
