import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { RECORD_NAME, nativeFolder, nativeStatus } from './native-folder.mjs'
import { nodeBinary } from './node-binary.mjs'
import { root } from './paths.mjs'
import { say } from './say.mjs'
import { copyPackages, notices, packagesFor } from './shipped-packages.mjs'

/** What stays outside the bundles (see `external` in electron.vite.config.ts). */
const ENGINE_PACKAGES = ['better-sqlite3', 'sharp', '@hyzyla/pdfium', 'verovio', '@tensorflow/tfjs']
const ENGINE_ENTRIES = ['engine', 'compute', 'decode', 'cli', 'serve']

/**
 * Lays out what the installer holds in `folder` (docs/packaging.md): app/ for the asar, and engine/, node/,
 * native/, renderer/ to lie beside it.
 */
export function stageInstaller(folder) {
  rmSync(folder, { recursive: true, force: true })
  stageApp(join(folder, 'app'))
  stageEngine(join(folder, 'engine'))
  cpSync(join(root, 'out', 'renderer'), join(folder, 'renderer'), { recursive: true })
  stageNode(join(folder, 'node', 'bin'))
  stageNative(join(folder, 'native'))
  stageCommand(join(folder, 'bin'))
  stageNotices(folder)
}

function stageApp(folder) {
  copyBuilt(join(folder, 'out', 'main'), ['index'])
  cpSync(join(root, 'out', 'preload'), join(folder, 'out', 'preload'), { recursive: true })
  cpSync(join(root, 'out', 'renderer'), join(folder, 'out', 'renderer'), { recursive: true })
  const { name, productName, version, description, license, author, main } = manifest()
  const kept = { name, productName, version, description, license, author, main }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(kept, null, 2)}\n`)
}

function stageEngine(folder) {
  copyBuilt(folder, ENGINE_ENTRIES)
  copyPackages(packagesFor(ENGINE_PACKAGES), folder)
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ name: manifest().name, version: manifest().version })}\n`,
  )
}

/** Entries with the chunks that they share. */
function copyBuilt(folder, entries) {
  mkdirSync(folder, { recursive: true })
  const built = join(root, 'out', 'main')
  for (const entry of entries) cpSync(join(built, `${entry}.cjs`), join(folder, `${entry}.cjs`))
  for (const name of readdirSync(built, { withFileTypes: true }))
    if (name.isDirectory()) cpSync(join(built, name.name), join(folder, name.name), { recursive: true })
}

function stageNode(folder) {
  mkdirSync(folder, { recursive: true })
  const target = join(folder, process.platform === 'win32' ? 'node.exe' : 'node')
  cpSync(nodeBinary(), target, { dereference: true })
  chmodSync(target, 0o755)
}

function stageNative(folder) {
  const status = nativeStatus()
  if (!status.ready) {
    say(`The package will hold no native TensorFlow (${status.reason}): it trains in pure JavaScript.`)
    return
  }
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(nativeFolder()))
    cpSync(join(nativeFolder(), name), join(folder, name), { dereference: true, recursive: true })
  if (!existsSync(join(folder, RECORD_NAME))) throw new Error(`${RECORD_NAME} was not copied`)
}

/** The command line of an installed Scorescope: the shipped Node on cli.cjs. */
function stageCommand(folder) {
  mkdirSync(folder, { recursive: true })
  if (process.platform === 'win32') {
    const line = '@"%~dp0..\\node\\bin\\node.exe" "%~dp0..\\engine\\cli.cjs" %*'
    writeFileSync(join(folder, 'scorescope.cmd'), `${line}\r\n`)
    return
  }
  const lines = [
    '#!/bin/sh',
    'resources=$(dirname "$(dirname "$(readlink -f "$0")")")',
    'exec "$resources/node/bin/node" "$resources/engine/cli.cjs" "$@"',
  ]
  writeFileSync(join(folder, 'scorescope'), `${lines.join('\n')}\n`, { mode: 0o755 })
}

function stageNotices(folder) {
  const bundled = Object.keys(manifest().dependencies)
  const inTheWindow = [
    'svelte',
    'bits-ui',
    '@lucide/svelte',
    'openseadragon',
    'vega',
    'vega-lite',
    'vega-interpreter',
    'virtua',
  ]
  const text = notices(packagesFor([...bundled, ...inTheWindow]))
  const overview = readFileSync(join(root, 'resources', 'third-party.md'), 'utf8')
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), `${overview}\n${'='.repeat(80)}\n\n${text}`)
}

const manifest = () => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
