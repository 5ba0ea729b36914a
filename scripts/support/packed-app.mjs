import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RECORD_NAME, nativeFolder } from './native-folder.mjs'
import { root } from './paths.mjs'

/** The folder that electron-builder makes for Linux, and the app's executable in it. */
const packedFolder = join(
  root,
  'dist',
  process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`,
)
export const packedExecutable = join(packedFolder, 'scorescope')

const STAMP = join(root, 'dist', '.packed.stamp')
const BUILDS = ['main', 'preload', 'renderer'].map((name) => `out/.${name}.stamp`)
const RECIPE = [
  'electron-builder.yml',
  'package.json',
  'scripts/package.mjs',
  ...['electron', 'electron-runtime', 'packed-app', 'shipped-packages', 'stage'].map(
    (name) => `scripts/support/${name}.mjs`,
  ),
]

/** What the packed app is made from, told by content, once everything is built. */
export function packedFingerprint() {
  const resources = readdirSync(join(root, 'resources')).map((name) => `resources/${name}`)
  const files = [...BUILDS, ...RECIPE, ...resources].map((name) => join(root, name))
  const hash = createHash('sha256')
  for (const file of [...files, join(nativeFolder(), RECORD_NAME)])
    hash.update(existsSync(file) ? readFileSync(file) : 'none').update('\0')
  return hash.digest('hex')
}

/** Whether the packed app is made from that. Linux only: elsewhere it is packed anew. */
export function isPacked(fingerprint) {
  if (process.platform !== 'linux' || !existsSync(packedExecutable)) return false
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint
}

/** Before packing: what is there is whole no longer. */
export const forgetPacked = () => rmSync(STAMP, { force: true })

export const rememberPacked = (fingerprint) => writeFileSync(STAMP, fingerprint)
