import { cpSync, existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { root } from './paths.mjs'

const here = `${process.platform}-${process.arch}`

/** What of a large package is needed at run time; all others ship whole, but for maps, types and readings. */
const KEPT = {
  'better-sqlite3': [/^package\.json$/, /^LICENSE/, /^lib\//, new RegExp(`^prebuilds/${here}\\.node$`)],
  '@hyzyla/pdfium': [/^package\.json$/, /^LICENSE/, /^dist\/(index\.cjs|pdfium\.wasm)$/],
  verovio: [
    /^package\.json$/,
    /^README/,
    /^dist\/verovio(-module)?\.[cm]js$/,
    /^dist\/verovio-toolkit-wasm\.js$/,
  ],
}
const TENSORFLOW_SCRIPT = [/^package\.json$/, /^LICENSE/, /^dist\/tf[\w-]*\.node\.js$/]
/** Named as dependencies of TensorFlow.js and better-sqlite3, but loaded by none of the files that ship. */
const NOT_LOADED =
  /^(core-js|regenerator-runtime|yargs|argparse|chalk|node-addon-api|@types\/.*|@webgpu\/types)$/
const NEVER = /\.(map|ts|mts|cts|md|markdown|flow|cc|h|gyp)$|(^|\/)(test|tests|docs?|example|examples)\//i

/**
 * The installed packages that `names` need at run time, themselves included, as folders below the checkout.
 * Optional ones that are not installed (those of other platforms) are left out.
 * @param {string[]} names
 * @returns {{name: string, version: string, licence: string, folder: string}[]}
 */
export function packagesFor(names) {
  const found = new Map()
  const visit = (name, from) => {
    const folder = locate(name, from)
    if (!folder || found.has(folder)) return
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    found.set(folder, {
      name,
      version: manifest.version,
      licence: manifest.license ?? 'see its folder',
      folder,
    })
    const needed = { ...manifest.dependencies, ...manifest.optionalDependencies }
    for (const child of Object.keys(needed)) if (!NOT_LOADED.test(child)) visit(child, folder)
  }
  for (const name of names) visit(name, root)
  return [...found.values()].sort((one, other) => one.name.localeCompare(other.name))
}

function locate(name, from) {
  for (let folder = realpathSync(from); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate)
    if (folder === dirname(folder)) return null
  }
}

/** Copies packages into `target`/node_modules, where they lie in the checkout's. */
export function copyPackages(packages, target) {
  const installed = realpathSync(join(root, 'node_modules'))
  for (const { name, folder } of packages) {
    const kept = KEPT[name] ?? (name.startsWith('@tensorflow/') ? TENSORFLOW_SCRIPT : null)
    for (const file of filesOf(folder)) {
      const wanted = kept ? kept.some((pattern) => pattern.test(file)) : !NEVER.test(file)
      if (wanted) cpSync(join(folder, file), join(target, 'node_modules', relative(installed, folder), file))
    }
  }
}

/** A package's own files, without those of packages nested in it. */
const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      relative(folder, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join('/'),
    )
    .filter((file) => !file.startsWith('node_modules/'))

/** Names, versions, licences and licence texts, one package after another. */
export function notices(packages) {
  const texts = packages.map(({ name, version, licence, folder }) => {
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry))
    const text = file
      ? readFileSync(join(folder, file), 'utf8').trim()
      : '(The package carries no licence text.)'
    return `${name} ${version} (${licence})\n\n${text}\n`
  })
  return texts.join(`\n${'='.repeat(80)}\n\n`)
}
