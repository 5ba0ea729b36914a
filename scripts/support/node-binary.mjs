import { existsSync, lstatSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join, relative } from 'node:path'
import { root } from './paths.mjs'
import { PlainFailure } from './say.mjs'

const executable = process.platform === 'win32' ? 'node.exe' : 'node'
const commands = join(root, 'node_modules', '.bin')

/**
 * The Node 24 that runs Scorescope's own code, whichever Node npm was started with: from the npm package of
 * this platform, else this process if it is new enough.
 */
export function nodeBinary() {
  const packaged = packagedNode()
  if (packaged) return packaged
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  throw new PlainFailure(
    `Node 24 is missing (this is Node ${process.versions.node}): run \`npm install\` in ${root}, or start it with Node 24.`,
  )
}

/** The environment for project code: Node 24 first on PATH, for programs that start `node` by name. */
export function nodeEnvironment(extra = {}) {
  const PATH = [dirname(nodeBinary()), commands, process.env.PATH ?? ''].join(delimiter)
  return { ...process.env, PATH, ...extra }
}

/**
 * `node_modules/.bin/node` lets `npx vitest` and the like run on Node 24 too. npm links it or not, by chance:
 * the packages of the other platforms, which it skips, have a program of the same name.
 */
export function linkNodeCommand() {
  const packaged = packagedNode()
  const link = join(commands, 'node')
  if (process.platform === 'win32' || !packaged || existsSync(link)) return
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link)
  symlinkSync(relative(commands, packaged), link)
}

function packagedNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const require = createRequire(join(root, 'package.json'))
  for (const name of [`node-${system}-${process.arch}`, `node-bin-${system}-${process.arch}`]) {
    try {
      const file = join(dirname(require.resolve(`${name}/package.json`)), 'bin', executable)
      if (existsSync(file)) return file
    } catch {
      // Not installed: these packages are optional, one per platform.
    }
  }
  return null
}
